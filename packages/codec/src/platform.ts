import { VarveError } from './errors.ts'

/** What this package uses of the web platform, typed here so that no platform's types are needed to build it. */
interface Platform {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
  readonly TextDecoder: new (
    label: string,
    options: { fatal: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string }
  readonly TransformStream: new (transformer: Transformer<never, unknown>) => unknown
  readonly ReadableStream: new <Item>(source: Source<Item>, strategy: { highWaterMark: number }) => object
  readonly WritableStream: new <Item>(sink: Sink<Item>) => object
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown }
  readonly WebAssembly: WebAssemblyPlatform
}

/** WebAssembly, as far as a kernel needs it. A memory is counted in pages of 64 KiB. */
export interface WebAssemblyPlatform {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: { env: { memory: object } }) => { readonly exports: unknown }
}

/** What a transform stream is made of. */
export interface Transformer<Input, Output> {
  start?(controller: TransformController<Output>): void
  transform(chunk: Input, controller: TransformController<Output>): void
  flush?(controller: TransformController<Output>): void
}

export interface TransformController<Output> {
  enqueue(chunk: Output): void
}

/** What a readable stream is made of. */
export interface Source<Item> {
  start(controller: SourceController<Item>): void
  pull(): void
  cancel(reason: unknown): void
}

export interface SourceController<Item> {
  /** Below zero while something that was enqueued waits to be read, if the high water mark is zero. */
  readonly desiredSize: number | null
  enqueue(item: Item): void
  close(): void
  error(reason: unknown): void
}

/** What a writable stream is made of. */
export interface Sink<Item> {
  start(controller: SinkController): void
  write(item: Item): Promise<void>
  close(): Promise<void>
  abort(reason: unknown): void
}

export interface SinkController {
  readonly signal: { addEventListener(type: 'abort', listener: () => void): void }
  error(reason: unknown): void
}

/** A global that the platform may lack, looked up when it is needed. */
export function optionalGlobal<Name extends keyof Platform>(name: Name): Platform[Name] | undefined {
  return (globalThis as unknown as Partial<Platform>)[name]
}

/** A global of the platform, looked up when it is needed. Throws `UNSUPPORTED`, with `advice`, where there is none. */
export function platformGlobal<Name extends keyof Platform>(name: Name, advice: string): Platform[Name] {
  const found = optionalGlobal(name)
  if (found !== undefined) return found
  throw new VarveError('UNSUPPORTED', `this platform has no ${name}: ${advice}`, { missing: name })
}

/** Random bytes fit for keys. Throws `UNSUPPORTED` where there is no Web Crypto. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  platformGlobal('crypto', 'give a salt and a logId').getRandomValues(bytes)
  return bytes
}
