import nodeFileSystem from 'node:fs'

/** What this package asks about a file. */
export interface FileFacts {
  readonly size: number
  readonly dev: number
  readonly ino: number
  readonly mtimeMs: number
  isFile(): boolean
}

/**
 * The part of `node:fs` that this package uses, and the seam through which tests give it a disk that fails, or that
 * of another platform. Methods behave, throw and call back as those of Node.
 */
export interface NodeFs {
  readonly constants: { readonly O_RDWR: number; readonly O_DSYNC?: number }
  openSync(path: string, flags: string | number): number
  closeSync(fd: number): void
  readSync(fd: number, target: Uint8Array<ArrayBuffer>, offset: number, length: number, position: number): number
  writeSync(fd: number, source: Uint8Array<ArrayBuffer>, offset: number, length: number, position: number): number
  write(
    fd: number,
    source: Uint8Array<ArrayBuffer>,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, count: number) => void,
  ): void
  fsyncSync(fd: number): void
  fsync(fd: number, done: (error: Error | null) => void): void
  fdatasyncSync(fd: number): void
  fdatasync(fd: number, done: (error: Error | null) => void): void
  ftruncateSync(fd: number, size: number): void
  fstatSync(fd: number): FileFacts
  statSync(path: string): FileFacts
  readdirSync(
    path: string,
    options: { readonly withFileTypes: true },
  ): readonly { readonly name: string; isFile(): boolean; isSymbolicLink(): boolean }[]
  mkdirSync(path: string, options: { readonly recursive: true }): string | undefined
  renameSync(from: string, to: string): void
  unlinkSync(path: string): void
  linkSync(existing: string, path: string): void
  readFileSync(path: string, encoding: 'utf8'): string
  readlinkSync(path: string): string
  watch(
    path: string,
    options: { readonly persistent: boolean },
    listener: (event: string, name: string | null) => void,
  ): { close(): void; on(event: 'error', listener: (error: Error) => void): unknown }
}

/** The file system of this process. */
export const realFs: NodeFs = nodeFileSystem
