import { VarveError } from '@varve/codec'
import { checkFileName, type LogFile, type LogStorage, type OpenMode, type StorageLock } from '@varve/storage'
import type { CrashContent, FailedSync } from './crash-content.ts'
import { CrashDisk } from './crash-disk.ts'
import { CrashFile, plainFile } from './crash-file.ts'
import type { CrashOperation } from './crash-operation.ts'

/** Thrown by the operation that did not happen, and by every one after it. */
export class CrashSignal extends Error {
  override readonly name = 'CrashSignal'
}

/** What an operation does instead of what it was asked for. */
export type CrashFault =
  /** Throws `IO`; a write or reservation lands as many of its bytes. */
  | { readonly kind: 'io'; readonly landedBytes: number }
  /** Throws `IO` although everything was done. */
  | { readonly kind: 'io-although-done' }
  /** Throws `NO_SPACE`; as many bytes land. */
  | { readonly kind: 'no-space'; readonly landedBytes: number }
  | { readonly kind: 'failed-sync'; readonly outcome: FailedSync }
  /** Ends the process; a write lands as many of its bytes. */
  | { readonly kind: 'crash'; readonly landedBytes: number }

export interface CrashStorageOptions {
  /** Asked before each operation, which counts from 0; what it returns happens instead of the operation. */
  readonly before?: (operation: CrashOperation, number: number) => CrashFault | undefined
  /** Asked before each listing, opening of what is there, look at a size, and read; true makes it fail with `IO`. */
  readonly beforeLook?: (name: string, number: number) => boolean
  /** Whether files have `writeDurable` and `reserve`; both are optional in the contract. Default true. */
  readonly extras?: boolean
}

/**
 * A storage whose disk knows what is durable and what is not, so that every state which a crash may leave can be made
 * from it. Synchronous; all promises of the contract are kept but those that `before` breaks.
 */
export class CrashStorage implements LogStorage {
  readonly capabilities = { synchronous: true, contents: 'device', names: 'device', lock: 'process' } as const
  readonly disk: CrashDisk
  operations = 0
  looks = 0
  crashed = false
  readonly openFiles: Set<CrashFile> = new Set<CrashFile>()
  readonly #options: CrashStorageOptions
  #lock: { readonly holder: string } | undefined
  #closed = false

  constructor(disk: CrashDisk = new CrashDisk(), options: CrashStorageOptions = {}) {
    this.disk = disk
    this.#options = options
  }

  get extras(): boolean {
    return this.#options.extras ?? true
  }

  list(): readonly string[] {
    this.look('')
    return [...this.disk.names.keys()]
  }

  open(name: string, mode: OpenMode): LogFile {
    this.look(name)
    checkFileName(name)
    const there = this.disk.names.get(name)
    if (mode === 'create' && there !== undefined) throw new VarveError('EXISTS', `${name} is there`, { file: name })
    if (mode !== 'create' && there === undefined) throw new VarveError('NOT_FOUND', `no ${name}`, { file: name })
    if (there === undefined) this.change({ kind: 'create', name }, () => { this.disk.create(name) })
    const file = new CrashFile(this, name, this.disk.names.get(name) as CrashContent, mode !== 'read')
    this.openFiles.add(file)
    return this.extras ? file : plainFile(file)
  }

  rename(from: string, to: string): void {
    this.#mustBeClosed(from)
    this.#mustBeClosed(to)
    if (!this.disk.names.has(from)) throw new VarveError('NOT_FOUND', `no ${from}`, { file: from })
    this.change({ kind: 'rename', name: from }, () => { this.disk.rename(from, to) })
  }

  remove(name: string): void {
    this.#mustBeClosed(name)
    if (!this.disk.names.has(name)) throw new VarveError('NOT_FOUND', `no ${name}`, { file: name })
    this.change({ kind: 'remove', name }, () => { this.disk.remove(name) })
  }

  syncNames(): void {
    this.change({ kind: 'syncNames', name: '' }, () => { this.disk.syncNames() })
  }

  lock(): StorageLock {
    this.mustLive()
    const { disk } = this
    const taken = writers.get(disk)
    if (taken !== undefined) {
      throw new VarveError('LOCKED', `${taken} writes to this disk`, { holder: taken })
    }
    disk.generation += 1
    const { generation } = disk
    const lock = { holder: `writer ${generation}` }
    this.#lock = lock
    writers.set(disk, lock.holder)
    const release = (): void => {
      if (this.crashed) throw new CrashSignal('the process has ended')
      if (writers.get(disk) === lock.holder) writers.delete(disk)
    }
    return { ...lock, generation, release }
  }

  close(): void {
    if (this.#lock !== undefined && writers.get(this.disk) === this.#lock.holder) writers.delete(this.disk)
    this.openFiles.clear()
    this.#closed = true
  }

  /** Does `operation` through `effect`, unless it is this one's turn to go wrong. */
  change(operation: CrashOperation, effect: () => void, partly?: (landedBytes: number) => void): void {
    this.mustLive()
    const fault = this.#options.before?.(operation, this.operations)
    this.operations += 1
    if (fault === undefined) effect()
    else this.#fail(fault, operation, effect, partly)
  }

  /** Counts an operation that changes nothing, and throws if it is this one's turn to go wrong. */
  look(name: string): void {
    this.mustLive()
    this.looks += 1
    if (this.#options.beforeLook?.(name, this.looks - 1) === true) {
      throw new VarveError('IO', 'it cannot be read', { file: name })
    }
  }

  mustLive(): void {
    if (this.crashed) throw new CrashSignal('the process has ended')
    if (this.#closed) throw new VarveError('CLOSED', 'the storage was closed')
  }

  #fail(
    fault: CrashFault,
    operation: CrashOperation,
    effect: () => void,
    partly?: (landedBytes: number) => void,
  ): never {
    const context = { file: operation.name }
    if ('landedBytes' in fault) partly?.(fault.landedBytes)
    if (fault.kind === 'io-although-done') effect()
    if (fault.kind === 'failed-sync') this.disk.names.get(operation.name)?.failSync(fault.outcome)
    if (fault.kind === 'no-space') throw new VarveError('NO_SPACE', `${operation.kind}: no space left`, context)
    if (fault.kind !== 'crash') throw new VarveError('IO', `${operation.kind} failed`, context)
    this.crashed = true
    throw new CrashSignal(`the process ended before ${operation.kind} ${operation.name}`)
  }

  #mustBeClosed(name: string): void {
    this.mustLive()
    checkFileName(name)
    for (const file of this.openFiles) {
      if (file.name === name) throw new VarveError('INVALID_ARGUMENT', `${name} is open`, { file: name })
    }
  }
}

/** Who writes to a disk: several storages may share one, as processes do. */
const writers = new WeakMap<CrashDisk, string>()
