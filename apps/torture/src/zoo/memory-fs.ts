import type { FileFacts, NodeFs } from '@varve/storage-node'

interface Inode {
  bytes: Uint8Array<ArrayBuffer>
}

/** One flat directory that several processes share; descriptors are numbered for all of them together. */
export class MemoryFs implements NodeFs {
  readonly constants = { O_RDWR: 2 }
  readonly #directory: string
  readonly #hasLinks: boolean
  readonly #files = new Map<string, Inode>()
  readonly #open = new Map<number, Inode | undefined>()
  #lastFd = 2

  /** @param directory Absolute path. */
  constructor(directory: string, hasLinks: boolean) {
    this.#directory = directory
    this.#hasLinks = hasLinks
  }

  get names(): string[] {
    return [...this.#files.keys()].sort()
  }

  put(name: string, text: string): void {
    this.#files.set(name, { bytes: new TextEncoder().encode(text) })
  }

  openSync(path: string, flags: string | number): number {
    this.#lastFd += 1
    if (!path.startsWith(`${this.#directory}/`)) {
      this.#open.set(this.#lastFd, undefined)
      return this.#lastFd
    }
    const name = this.#nameOf(path)
    const there = this.#files.get(name)
    if (flags === 'wx' && there !== undefined) throw errno('EEXIST')
    if ((flags === 'r' || flags === 'r+') && there === undefined) throw errno('ENOENT')
    const inode = there ?? { bytes: new Uint8Array(0) }
    if (flags === 'w') inode.bytes = new Uint8Array(0)
    this.#files.set(name, inode)
    this.#open.set(this.#lastFd, inode)
    return this.#lastFd
  }

  closeSync(fd: number): void {
    this.#open.delete(fd)
  }

  readSync(fd: number, target: Uint8Array<ArrayBuffer>, offset: number, length: number, position: number): number {
    const part = this.#inode(fd).bytes.subarray(position, position + length)
    target.set(part, offset)
    return part.length
  }

  writeSync(fd: number, source: Uint8Array<ArrayBuffer>, offset: number, length: number, position: number): number {
    const inode = this.#inode(fd)
    const bytes = new Uint8Array(Math.max(inode.bytes.length, position + length))
    bytes.set(inode.bytes)
    bytes.set(source.subarray(offset, offset + length), position)
    inode.bytes = bytes
    return length
  }

  fsyncSync(): void {}

  fdatasyncSync(): void {}

  fstatSync(fd: number): FileFacts {
    return factsOf(this.#open.get(fd))
  }

  statSync(path: string): FileFacts {
    return factsOf(this.#files.get(this.#nameOf(path)))
  }

  readdirSync(): readonly { readonly name: string; isFile(): boolean; isSymbolicLink(): boolean }[] {
    return this.names.map((name) => ({ name, isFile: () => true, isSymbolicLink: () => false }))
  }

  mkdirSync(): undefined {}

  unlinkSync(path: string): void {
    if (!this.#files.delete(this.#nameOf(path))) throw errno('ENOENT')
  }

  linkSync(existing: string, path: string): void {
    if (!this.#hasLinks) throw errno('EPERM')
    const inode = this.#files.get(this.#nameOf(existing))
    if (inode === undefined) throw errno('ENOENT')
    if (this.#files.has(this.#nameOf(path))) throw errno('EEXIST')
    this.#files.set(this.#nameOf(path), inode)
  }

  renameSync(from: string, to: string): void {
    const inode = this.#files.get(this.#nameOf(from))
    if (inode === undefined) throw errno('ENOENT')
    this.#files.delete(this.#nameOf(from))
    this.#files.set(this.#nameOf(to), inode)
  }

  /** There is no /proc here: who lives is asked of the system. */
  readFileSync(): string {
    throw errno('ENOENT')
  }

  readlinkSync(): string {
    throw errno('ENOENT')
  }

  ftruncateSync(): void {
    throw errno('ENOSYS')
  }

  write(): void {
    throw errno('ENOSYS')
  }

  fsync(): void {
    throw errno('ENOSYS')
  }

  fdatasync(): void {
    throw errno('ENOSYS')
  }

  watch(): never {
    throw errno('ENOSYS')
  }

  #nameOf(path: string): string {
    return path.slice(this.#directory.length + 1)
  }

  #inode(fd: number): Inode {
    const inode = this.#open.get(fd)
    if (inode === undefined) throw errno('EBADF')
    return inode
  }
}

/** An error as Node throws it. */
export function errno(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function factsOf(inode: Inode | undefined): FileFacts {
  return { size: inode?.bytes.length ?? 0, dev: 1, ino: 1, mtimeMs: 0, isFile: () => inode !== undefined }
}

/** The same file system as one process uses it: `before` is called before every call that others could see or undo. */
export function usedBy(fs: MemoryFs, before: () => void): NodeFs {
  const used: Record<string, unknown> = { constants: fs.constants }
  for (const name of Object.getOwnPropertyNames(MemoryFs.prototype)) {
    const call: unknown = Reflect.get(fs, name)
    if (typeof call !== 'function' || name === 'constructor') continue
    used[name] = (...values: unknown[]): unknown => {
      if (!unseen.has(name)) before()
      return Reflect.apply(call, fs, values) as unknown
    }
  }
  return used as unknown as NodeFs
}

/** Calls that neither change nor show what the processes share. */
const unseen: ReadonlySet<string> = new Set([
  'readFileSync',
  'readlinkSync',
  'closeSync',
  'mkdirSync',
  'fstatSync',
  'statSync',
  'fsyncSync',
  'fdatasyncSync',
])
