import { VarveError } from '@varve/codec'
import type { LogFile } from '@varve/storage'
import type { CrashContent } from './crash-content.ts'
import type { CrashOperation } from './crash-operation.ts'

/** What a handle needs of the storage that opened it. */
export interface CrashFileOwner {
  readonly openFiles: Set<CrashFile>
  /** Throws when it is this look's turn to go wrong. */
  look(name: string): void
  /** Throws when the process has ended or the storage was closed. */
  mustLive(): void
  change(operation: CrashOperation, effect: () => void, partly?: (landedBytes: number) => void): void
}

/** A handle on one file. */
export class CrashFile implements LogFile {
  readonly name: string
  readonly #owner: CrashFileOwner
  readonly #content: CrashContent
  readonly #writable: boolean
  #closed = false

  constructor(owner: CrashFileOwner, name: string, content: CrashContent, writable: boolean) {
    this.#owner = owner
    this.name = name
    this.#content = content
    this.#writable = writable
  }

  size(): number {
    this.#mustBeOpen()
    this.#owner.look(this.name)
    return this.#content.size
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#mustBeOpen()
    mustBeOffset(position)
    this.#owner.look(this.name)
    return this.#content.read(target, position)
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable(position)
    const write = (bytes: Uint8Array<ArrayBuffer>): void => { this.#content.write(bytes, position) }
    const operation = { kind: 'write', name: this.name, bytes: source, position } as const
    this.#owner.change(operation, () => { write(source) }, (landed) => { write(source.subarray(0, landed)) })
  }

  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable(position)
    const operation = { kind: 'writeDurable', name: this.name, bytes: source, position } as const
    const effect = (): void => { this.#content.writeDurable(source, position) }
    // What lands of a durable write that was interrupted is not durable yet.
    const partly = (landed: number): void => { this.#content.write(source.subarray(0, landed), position) }
    this.#owner.change(operation, effect, partly)
  }

  sync(): void {
    this.#mustBeOpen()
    this.#owner.change({ kind: 'sync', name: this.name }, () => { this.#content.sync() })
  }

  resize(size: number): void {
    this.#mustBeWritable(size)
    this.#owner.change({ kind: 'resize', name: this.name, size }, () => { this.#content.resize(size) })
  }

  reserve(size: number): void {
    this.#mustBeWritable(size)
    const partly = (landed: number): void => { this.#content.grow(Math.min(size, this.#content.size + landed)) }
    this.#owner.change({ kind: 'reserve', name: this.name, size }, () => { this.#content.grow(size) }, partly)
  }

  close(): void {
    if (!this.#closed) this.#owner.mustLive()
    this.#closed = true
    this.#owner.openFiles.delete(this)
  }

  #mustBeOpen(): void {
    this.#owner.mustLive()
    if (this.#closed) throw new VarveError('CLOSED', `${this.name} was closed`, { file: this.name })
  }

  #mustBeWritable(offset: number): void {
    this.#mustBeOpen()
    mustBeOffset(offset)
    if (!this.#writable) throw new VarveError('READ_ONLY', `${this.name} was opened for reading`, { file: this.name })
  }
}

function mustBeOffset(offset: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0) return
  throw new VarveError('INVALID_ARGUMENT', `${offset} is no offset`, { offset })
}

/** A file that can only do what every storage must. */
export function plainFile(file: CrashFile): LogFile {
  return {
    size: () => file.size(),
    read: (target, position) => file.read(target, position),
    write: (source, position) => { file.write(source, position) },
    sync: () => { file.sync() },
    resize: (size) => { file.resize(size) },
    close: () => { file.close() },
  }
}
