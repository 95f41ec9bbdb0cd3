import { VarveError } from '@varve/codec'
import type { LogFile } from '@varve/storage'
import type { FileContent } from '../disk/content.ts'
import { sectorBytes } from '../disk/sector.ts'
import type { FileOwner } from './effect.ts'

/** A nonsensical count, near to what a browser was seen to return for a failed read. */
const wrongCount = 32_758

/** A handle on one simulated file. */
export class SimulatedFile implements LogFile {
  readonly name: string
  readonly #storage: FileOwner
  readonly #content: FileContent
  readonly #writable: boolean
  #closed = false

  constructor(storage: FileOwner, name: string, content: FileContent, writable: boolean) {
    this.#storage = storage
    this.name = name
    this.#content = content
    this.#writable = writable
  }

  size(): number {
    this.#mustBeOpen()
    const size = (): number => this.#content.size
    return this.#storage.perform({ kind: 'size', name: this.name }, { all: size })
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#mustBeOpen()
    mustBeOffset(position)
    const content = this.#content
    const read = (): number => {
      if (content.isReadable(position, target.length)) return content.read(target, position)
      throw new VarveError('IO', 'the device cannot read a sector', { file: this.name, position })
    }
    const astray = {
      'short-read': () => content.read(target.subarray(0, Math.floor(target.length / 2)), position),
      'wrong-count': () => wrongCount,
      'misdirected-read': () => content.read(target, Math.max(0, position - sectorBytes)),
    }
    const operation = { kind: 'read', name: this.name, position, size: target.length } as const
    return this.#storage.perform(operation, { all: read, astray })
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable(position)
    const { disk } = this.#storage
    const write = (bytes: Uint8Array<ArrayBuffer>, at: number): void => { this.#content.write(bytes, at, disk.stamp()) }
    const operation = { kind: 'write', name: this.name, bytes: source, position } as const
    this.#storage.change(operation, () => { write(source, position) }, {
      'misdirected-write': () => { write(source, position + sectorBytes) },
    })
  }

  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable(position)
    const { disk } = this.#storage
    const write = (at: number): void => { this.#content.writeDurable(source, at, disk.stamp()) }
    const operation = { kind: 'writeDurable', name: this.name, bytes: source, position } as const
    this.#storage.change(operation, () => { write(position) }, {
      'misdirected-write': () => { write(position + sectorBytes) },
    })
  }

  sync(): void {
    this.#mustBeOpen()
    this.#storage.change({ kind: 'sync', name: this.name }, () => {
      this.#storage.syncContent(this.#content, this.name)
    })
  }

  resize(size: number): void {
    this.#mustBeWritable(size)
    const { disk } = this.#storage
    this.#storage.change({ kind: 'resize', name: this.name, size }, () => { this.#content.resize(size, disk.stamp()) })
  }

  reserve(size: number): void {
    this.#mustBeWritable(size)
    const { disk } = this.#storage
    this.#storage.change({ kind: 'reserve', name: this.name, size }, () => { this.#content.grow(size, disk.stamp()) })
  }

  close(): void {
    if (!this.#closed) this.#storage.mustLive()
    this.#closed = true
    this.#storage.openFiles.delete(this)
  }

  #mustBeOpen(): void {
    this.#storage.mustLive()
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
export function plainFile(file: SimulatedFile): LogFile {
  return {
    size: () => file.size(),
    read: (target, position) => file.read(target, position),
    write: (source, position) => { file.write(source, position) },
    sync: () => { file.sync() },
    resize: (size) => { file.resize(size) },
    close: () => { file.close() },
  }
}
