import { VarveError } from '@varve/codec'
import {
  checkFileName,
  type LogFile,
  type LogStorage,
  type OpenMode,
  type StorageCapabilities,
  type StorageLock,
} from '@varve/storage'
import type { FailedSync, FileContent } from '../disk/content.ts'
import { Disk } from '../disk/disk.ts'
import type { Effect, FileOwner } from './effect.ts'
import type { CallFault, Happening } from './faults.ts'
import { land } from './landing.ts'
import type { Operation } from './operation.ts'
import { plainFile, SimulatedFile } from './simulated-file.ts'

/** Thrown by the operation at which a process ends, and by every one after it. */
export class CrashSignal extends Error {
  override readonly name = 'CrashSignal'
}

export interface SimulatedStorageOptions {
  /** Asked before each operation; what it returns happens in its place. */
  readonly before?: (operation: Operation) => Happening | undefined
  /** Whether files have `writeDurable` and `reserve`; both are optional in the contract. Default true. */
  readonly extras?: boolean
  readonly names?: StorageCapabilities['names']
  /** Whether a holder of the lock is believed to be dead, and taken over from; it may wake up again. Default false. */
  readonly takesOver?: boolean
}

/** What became of the bytes of a sync that failed. */
const failedSyncs: Partial<Record<Happening['kind'], FailedSync>> = {
  'sync-fails-clean': 'clean',
  'sync-fails-reverted': 'reverts',
  'sync-fails-dirty': 'dirty',
}

/**
 * A storage whose disk knows what is durable and what is not, so that every state which a crash may leave can be made
 * from it. It returns plain values and keeps every promise of the contract but those that `before` breaks.
 */
export class SimulatedStorage implements LogStorage {
  readonly capabilities: StorageCapabilities
  readonly disk: Disk
  /** Whether the process that used this storage has ended. */
  crashed = false
  /** Open handles, so that a test can tell who left one open. */
  readonly openFiles: FileOwner['openFiles'] = new Set()
  readonly #options: SimulatedStorageOptions
  /** Files whose last sync lied, and whose next one will throw. */
  readonly #lateErrors = new Set<FileContent>()
  #holder: string | undefined
  #closed = false

  constructor(disk: Disk = new Disk(), options: SimulatedStorageOptions = {}) {
    this.disk = disk
    this.#options = options
    this.capabilities = { synchronous: true, contents: 'device', names: options.names ?? 'device', lock: 'process' }
  }

  list(): readonly string[] {
    return this.perform({ kind: 'list', name: '' }, { all: () => [...this.disk.names.keys()] })
  }

  open(name: string, mode: OpenMode): LogFile {
    this.mustLive()
    checkFileName(name)
    const there = this.disk.names.get(name)
    if (mode === 'create' && there !== undefined) throw new VarveError('EXISTS', `${name} is there`, { file: name })
    if (mode !== 'create' && there === undefined) throw new VarveError('NOT_FOUND', `no ${name}`, { file: name })
    const find = (): FileContent => there ?? this.disk.create(name)
    const content = this.perform({ kind: there === undefined ? 'create' : 'open', name }, { all: find })
    const file = new SimulatedFile(this, name, content, mode !== 'read')
    this.openFiles.add(file)
    return (this.#options.extras ?? true) ? file : plainFile(file)
  }

  rename(from: string, to: string): void {
    this.#mustBeClosed(from)
    this.#mustBeClosed(to)
    if (!this.disk.names.has(from)) throw new VarveError('NOT_FOUND', `no ${from}`, { file: from })
    this.change({ kind: 'rename', name: from, to }, () => { this.disk.rename(from, to) })
  }

  remove(name: string): void {
    this.#mustBeClosed(name)
    if (!this.disk.names.has(name)) throw new VarveError('NOT_FOUND', `no ${name}`, { file: name })
    this.change({ kind: 'remove', name }, () => { this.disk.remove(name) })
  }

  syncNames(): void {
    const settle = (): void => { if (this.capabilities.names !== 'eventual') this.disk.syncNames() }
    this.change({ kind: 'syncNames', name: '' }, settle)
  }

  /** Makes names durable that a sync of names does not: time has passed. */
  settleNames(): void {
    this.disk.syncNames()
  }

  lock(): StorageLock {
    return this.perform({ kind: 'lock', name: '' }, { all: () => this.#lock() })
  }

  close(): void {
    if (this.#holder !== undefined && writers.get(this.disk) === this.#holder) writers.delete(this.disk)
    this.openFiles.clear()
    this.#closed = true
  }

  /** An operation that changes something and returns nothing. */
  change(operation: Operation, all: () => void, astray: Effect<void>['astray'] = {}): void {
    // What is lied about returns as if it had been done.
    const lies = { 'sync-late': () => {}, 'sync-lies': () => {}, 'names-lie': () => {} }
    this.perform(operation, { all, astray: { ...lies, ...astray } })
  }

  /** Does `operation` through `effect`, unless something else happens. */
  perform<T>(operation: Operation, effect: Effect<T>): T {
    this.mustLive()
    const happening = this.#options.before?.(operation)
    return happening === undefined ? effect.all() : this.#instead(operation, happening, effect)
  }

  /** Syncs a file, or throws what its last sync kept to itself. */
  syncContent(content: FileContent, name: string): void {
    if (this.#lateErrors.delete(content)) throw new VarveError('IO', `an earlier sync failed`, { file: name })
    content.sync()
  }

  #instead<T>(operation: Operation, { kind, landed }: Happening, effect: Effect<T>): T {
    const context = { file: operation.name }
    land(this.disk, operation, landed)
    const content = this.disk.names.get(operation.name)
    switch (kind) {
      case 'crash':
        this.crashed = true
        throw new CrashSignal(`the process ended before ${operation.kind} ${operation.name}`)
      case 'io-although-done':
        effect.all()
        throw new VarveError('IO', `${operation.kind} failed`, context)
      case 'no-space':
        throw new VarveError('NO_SPACE', `${operation.kind}: no space left`, context)
      case 'too-many-files':
        throw new VarveError('IO', 'too many open files', context)
      case 'sync-late':
        content?.failSync('clean')
        if (content !== undefined) this.#lateErrors.add(content)
        return this.#astray(kind, effect)
      case 'sync-lies':
        if (operation.kind === 'writeDurable') land(this.disk, operation, 'all')
        return this.#astray(kind, effect)
      case 'names-lie':
      case 'misdirected-write':
      case 'misdirected-read':
      case 'short-read':
      case 'wrong-count':
        return this.#astray(kind, effect)
      case 'io':
      case 'read-error':
      case 'sync-fails-clean':
      case 'sync-fails-reverted':
      case 'sync-fails-dirty': {
        const outcome = failedSyncs[kind]
        if (outcome !== undefined) content?.failSync(outcome)
        throw new VarveError('IO', `${operation.kind} failed`, context)
      }
    }
  }

  /** An operation that has no way of its own to go astray does what it should. */
  #astray<T>(kind: CallFault, { all, astray }: Effect<T>): T {
    return (astray?.[kind] ?? all)()
  }

  #lock(): StorageLock {
    const { disk } = this
    const taken = writers.get(disk)
    if (taken !== undefined && this.#options.takesOver !== true) {
      throw new VarveError('LOCKED', `${taken} writes to this disk`, { holder: taken })
    }
    disk.generation += 1
    const { generation } = disk
    const holder = `writer ${generation}`
    this.#holder = holder
    writers.set(disk, holder)
    const release = (): void => {
      if (this.crashed) throw new CrashSignal('the process has ended')
      if (writers.get(disk) === holder) writers.delete(disk)
    }
    return { holder, generation, release }
  }

  mustLive(): void {
    if (this.crashed) throw new CrashSignal('the process has ended')
    if (this.#closed) throw new VarveError('CLOSED', 'the storage was closed')
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
const writers = new WeakMap<Disk, string>()
