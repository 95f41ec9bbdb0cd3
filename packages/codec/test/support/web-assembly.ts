import type { WebAssemblyPlatform } from '../../src/platform.ts'

interface Part {
  readonly name: string
  readonly kind: string
}

/** A memory as a test sees it. */
export interface NativeMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface NativeWebAssembly extends WebAssemblyPlatform {
  readonly Module: WebAssemblyPlatform['Module'] & {
    imports(module: object): readonly (Part & { readonly module: string })[]
    exports(module: object): readonly Part[]
  }
  readonly Memory: new (pages: { initial: number; maximum: number }) => NativeMemory
  readonly CompileError: new (message: string) => Error
  readonly LinkError: new (message: string) => Error
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
}

/** What the runtime has, typed as far as tests need it: the types of Node leave it out. */
export const native = (globalThis as unknown as { readonly WebAssembly: NativeWebAssembly }).WebAssembly
