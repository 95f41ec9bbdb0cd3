import { VarveError } from '@varve/codec'
import type { LogFile } from '@varve/storage'
import type { MemoryContent } from './content.ts'

/** What a handle needs of the storage that opened it. */
export interface MemoryFileOwner {
  /** Whether the storage was closed, which closes its files too. */
  readonly closed: boolean
  /** Something in the file changed. */
  changed(): void
  /** The handle was closed. */
  released(file: MemoryFile): void
}

/** A handle on one file. Content belongs to the disk: every handle on a file sees the same bytes at once. */
export class MemoryFile implements LogFile {
  readonly name: string
  readonly #content: MemoryContent
  readonly #writable: boolean
  readonly #owner: MemoryFileOwner
  #closed = false

  constructor(name: string, content: MemoryContent, writable: boolean, owner: MemoryFileOwner) {
    this.name = name
    this.#content = content
    this.#writable = writable
    this.#owner = owner
  }

  size(): number {
    this.#mustBeOpen()
    return this.#content.size
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#mustBeOpen()
    this.#mustBeOffset('position', position)
    return this.#content.read(target, position)
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('position', position)
    this.#content.write(source, position)
    this.#owner.changed()
  }

  /** Memory is as durable as it gets as soon as it is written: until the process ends. */
  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.write(source, position)
  }

  /** Nothing is dear in memory. */
  writeLater(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.write(source, position)
  }

  sync(): void {
    this.#mustBeOpen()
  }

  resize(size: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    this.#content.resize(size)
    this.#owner.changed()
  }

  reserve(size: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    this.#content.grow(size)
    this.#owner.changed()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#owner.released(this)
  }

  #mustBeOpen(): void {
    if (!this.#closed && !this.#owner.closed) return
    throw new VarveError('CLOSED', `the file ${this.name} was closed: open it again`, { file: this.name })
  }

  #mustBeWritable(): void {
    this.#mustBeOpen()
    if (this.#writable) return
    throw new VarveError('READ_ONLY', `${this.name} was opened for reading: open it as 'existing'`, { file: this.name })
  }

  #mustBeOffset(what: 'position' | 'size', value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) return
    throw new VarveError('INVALID_ARGUMENT', `${what} must be a safe integer from 0 on, not ${value}`, {
      file: this.name,
      [what]: value,
    })
  }
}
