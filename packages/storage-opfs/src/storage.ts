import { VarveError } from '@varve/codec'
import {
  checkFileName,
  io,
  type LogFile,
  type LogStorage,
  type MaybePromise,
  type OpenMode,
  type Procedure,
  type Runtime,
  type StorageCapabilities,
  type StorageLock,
  type Task,
} from '@varve/storage'
import { OpfsFile, type OpfsFileOwner } from './file.ts'
import type { PhysicalFile } from './physical-file.ts'
import { settle, type OpfsStorageOptions } from './options.ts'
import type { Pool } from './pool.ts'
import type { PoolSettings, PoolStats } from './pool-settings.ts'
import { joinPool, leavePool } from './registry.ts'
import { locked, lockNameOf, takeLock } from './take-lock.ts'

/** A storage in the origin-private file system. */
export interface OpfsStorage extends LogStorage {
  readonly directory: string
  /**
   * Takes the directory, and opens its files. Every method does that when it is called first; awaiting it shows early
   * whether it can be had.
   *
   * @throws VarveError (as a rejection) `LOCKED`: another tab or worker has it. `UNSUPPORTED`: no dedicated worker, a
   * private window, no such file system here. `UNSUPPORTED_FORMAT`, `NO_SPACE`, `IO`.
   */
  ready(): MaybePromise<void>
  /** What is in the pool; undefined while it is not open. */
  stats(): PoolStats | undefined
}

/**
 * Storage in the origin-private file system of a browser, for a dedicated worker: the handles that make it durable are
 * given to no other thread. It keeps a pool of physical files whose own names never change; the names that the log
 * gives are in their headers, so that creating, renaming and removing are atomic, and durable when they return.
 *
 * The first call takes the directory for this worker alone, for reading too: browsers give out one handle of a file.
 * Storages of one worker share it.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const log = await openLog({ storage: opfsStorage({ directory: 'orders' }) })
 * ```
 */
export function opfsStorage(options: OpfsStorageOptions): OpfsStorage {
  return new PoolStorage(options)
}

/**
 * Removes a directory with everything in it. There is no way back.
 *
 * @throws VarveError (as a rejection) `LOCKED` while anybody has it open; `INVALID_ARGUMENT`, `UNSUPPORTED`, `IO`.
 */
export async function removeOpfsStorage(options: OpfsStorageOptions): Promise<void> {
  const settings = settle(options)
  await settings.runtime.run(removal(settings))
}

function* removal(settings: PoolSettings): Procedure<void> {
  const hold = yield* takeLock(settings, lockNameOf(settings.path))
  try {
    yield* io('remove the directory', () => settings.platform.removeDirectory(settings.path))
  } finally {
    hold.release()
  }
}

class PoolStorage implements OpfsStorage, OpfsFileOwner {
  readonly directory: string
  readonly capabilities: StorageCapabilities
  readonly isSynchronous: boolean
  readonly #settings: PoolSettings
  readonly #files = new Set<OpfsFile>()
  #joining: Task<Pool> | undefined
  #pool: Pool | undefined
  #lock: StorageLock | undefined
  #closing: MaybePromise<void> | undefined
  #isClosed = false

  constructor(options: OpfsStorageOptions) {
    this.directory = options.directory
    this.#settings = settle(options)
    this.isSynchronous = options.synchronous ?? false
    this.capabilities = capabilitiesOf(this.isSynchronous, () => this.#pool?.isSettled ?? false)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get runtime(): Runtime {
    return this.#settings.runtime
  }

  ready(): MaybePromise<void> {
    this.#mustBeOpen()
    return this.runtime.run(this.#whenReady(() => undefined))
  }

  stats(): PoolStats | undefined {
    return this.#pool?.stats()
  }

  list(): MaybePromise<readonly string[]> {
    return this.#with((pool) => pool.list())
  }

  open(name: string, mode: OpenMode): MaybePromise<LogFile> {
    this.#mustBeOpen()
    checkFileName(name)
    if (mode !== 'create') return this.#with((pool) => this.#opened(name, pool.get(name), mode !== 'read'))
    const created = this.#pool === undefined ? undefined : this.#created(this.#pool, name)
    if (created !== undefined) return created
    if (this.isSynchronous) throw this.#pool === undefined ? notReady() : poolIsUsedUp(name, this.#pool.stats())
    return this.runtime.run(this.#create(name))
  }

  rename(from: string, to: string): MaybePromise<void> {
    this.#mustBeOpen()
    checkFileName(from)
    checkFileName(to)
    return this.#with((pool) => {
      mustBeClosed(pool, from, 'rename')
      if (pool.list().includes(to)) mustBeClosed(pool, to, 'replace')
      pool.rename(from, to)
    })
  }

  remove(name: string): MaybePromise<void> {
    this.#mustBeOpen()
    checkFileName(name)
    return this.#with((pool) => {
      mustBeClosed(pool, name, 'remove')
      pool.remove(name)
    })
  }

  /** Every change of a name was durable when it returned; what was found on opening is made so. */
  syncNames(): MaybePromise<void> {
    return this.#with((pool) => {
      pool.tidy()
      pool.settle()
    })
  }

  lock(): MaybePromise<StorageLock> {
    this.#mustBeOpen()
    return this.runtime.run(this.#takeLock())
  }

  close(): MaybePromise<void> {
    if (this.#isClosed) return this.#closing
    this.#isClosed = true
    for (const file of this.#files) file.close()
    const leaving = this.runtime.spawn(this.#leave())
    // A pool that is growing, or opening, gives everything back when it has; this form cannot wait for that.
    if (this.isSynchronous && !leaving.settled) return undefined
    this.#closing = this.runtime.run(leaving.join())
    return this.#closing
  }

  released(file: OpfsFile): void {
    this.#files.delete(file)
  }

  /** Does what needs an open pool: at once if it is open. */
  #with<T>(action: (pool: Pool) => T): MaybePromise<T> {
    this.#mustBeOpen()
    if (this.#pool !== undefined) return action(this.#pool)
    if (this.isSynchronous) throw notReady()
    return this.runtime.run(this.#whenReady(action))
  }

  *#whenReady<T>(action: (pool: Pool) => T): Procedure<T> {
    return action(yield* this.#join())
  }

  *#join(): Procedure<Pool> {
    this.#joining ??= this.runtime.spawn(joinPool(this.#settings))
    const joining = this.#joining
    try {
      const pool = yield* joining.join()
      // This form cannot wait for files later.
      if (this.isSynchronous) yield* pool.begin()
      this.#pool = pool
    } catch (error) {
      // Whoever had the directory may have closed it when it is tried again.
      if (this.#joining === joining) this.#joining = undefined
      throw error
    }
    this.#mustBeOpen()
    return this.#pool
  }

  *#create(name: string): Procedure<LogFile> {
    const pool = yield* this.#join()
    for (;;) {
      const file = this.#created(pool, name)
      if (file !== undefined) return file
      yield* pool.grow()
      this.#mustBeOpen()
    }
  }

  #created(pool: Pool, name: string): LogFile | undefined {
    const file = pool.tryCreate(name)
    if (file === undefined) return undefined
    pool.growAhead()
    return this.#opened(name, file, true)
  }

  #opened(name: string, file: PhysicalFile, writable: boolean): LogFile {
    const opened = new OpfsFile(name, file, writable, this)
    this.#files.add(opened)
    return opened
  }

  *#takeLock(): Procedure<StorageLock> {
    if (this.isSynchronous && this.#pool === undefined) throw notReady()
    const pool = yield* this.#join()
    if (pool.writer !== undefined) throw locked(pool.holder)
    const writer = {}
    pool.writer = writer
    const release = (): void => {
      // A second release must not free the lock of the next writer.
      if (pool.writer === writer) pool.writer = undefined
    }
    try {
      // The synchronous form did that when it became ready, and must not wait now.
      if (!this.isSynchronous) yield* pool.begin()
      this.#mustBeOpen()
      const generation = pool.burnGeneration()
      this.#lock = { holder: pool.holder, generation, release, lost: pool.hold.lost }
      return this.#lock
    } catch (error) {
      release()
      throw error
    }
  }

  *#leave(): Procedure<void> {
    void this.#lock?.release()
    if (this.#joining === undefined) return
    let pool: Pool
    try {
      pool = yield* this.#joining.join()
    } catch {
      // It never had it.
      return
    }
    yield* leavePool(this.#settings, pool)
  }

  #mustBeOpen(): void {
    if (!this.#isClosed) return
    const { directory } = this
    throw new VarveError('CLOSED', `the storage in ${directory} was closed: make another one`, { directory })
  }
}

function capabilitiesOf(synchronous: boolean, isSettled: () => boolean): StorageCapabilities {
  return {
    synchronous,
    // What the standard promises: flush attempts it. docs/BROWSERS.md has what was measured.
    contents: 'best-effort',
    get names() { return isSettled() ? 'device' : 'eventual' },
    lock: 'system',
  }
}

function mustBeClosed(pool: Pool, name: string, doing: string): void {
  if (pool.get(name).openCount === 0) return
  throw new VarveError('INVALID_ARGUMENT', `${name} is open: close it, then ${doing} it`, { file: name })
}

function notReady(): VarveError {
  return new VarveError('INVALID_ARGUMENT', 'a synchronous OPFS storage is not open yet: await its ready() first')
}

function poolIsUsedUp(name: string, { growthFailure }: PoolStats): VarveError {
  const message = `no file of the pool is free for ${name}, and it grows only between turns: raise poolSize`
  return new VarveError('NO_SPACE', message, { file: name }, growthFailure)
}
