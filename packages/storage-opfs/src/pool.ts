import { VarveError } from '@varve/codec'
import { io, type Procedure, type Runtime, type Task } from '@varve/storage'
import { PhysicalFile } from './physical-file.ts'
import type { OpfsDirectory, OpfsHold, OpfsPlatform } from './platform.ts'
import { retried } from './retried.ts'
import { lockNameOf, takeLock } from './take-lock.ts'

/** How a pool behaves. */
export interface PoolSettings {
  readonly platform: OpfsPlatform
  readonly runtime: Runtime
  /** Path of the directory, as its parts. */
  readonly path: readonly string[]
  /** Physical files that the pool has at least. */
  readonly poolSize: number
  /** How long to wait for another tab that is about to end, in milliseconds. */
  readonly waitMs: number
  /** From what age on a physical file is believed to have a durable name, in milliseconds. */
  readonly youngMs: number
}

/** The pool grows by so many files, as soon as fewer than the second are free. */
const growBy = 4
const freeMin = 2

/** What is in a pool, for people. */
export interface PoolStats {
  /** Physical files; each costs 16 KiB besides its content. */
  readonly files: number
  /** Of these, those that have a name, are free, or are so young that their own name may not be durable yet. */
  readonly named: number
  readonly free: number
  readonly young: number
  /** Files whose header is damaged in every copy. They are left alone, and what they held is missing from the log. */
  readonly damaged: readonly string[]
  /** Names in the directory that are no files of the pool. They are left alone. */
  readonly foreign: readonly string[]
  /** Why the pool last failed to grow, if it did. */
  readonly growthFailure: VarveError | undefined
}

const physicalName = /^pool-([0-9]{8})$/

/**
 * The physical files of one directory, all of them open, and which names they have. It exists once in a worker, and
 * while it is open no other worker of the origin has one. Names change by writing one header: each change is atomic,
 * and durable when the call returns.
 */
export class Pool {
  readonly hold: OpfsHold
  readonly holder: string
  readonly #settings: PoolSettings
  readonly #directory: OpfsDirectory
  readonly #files: PhysicalFile[] = []
  /** What else is in the directory. */
  readonly #foreign: string[] = []
  readonly #named = new Map<string, PhysicalFile>()
  /** Files that still claim a name which another has taken over. Freed before that one can lose it. */
  #losers: PhysicalFile[] = []
  #generation = 0
  /** Whether what was found on opening has been made durable. */
  #isTidy = false
  #growing: Task<void> | undefined
  #growthFailure: VarveError | undefined
  /** Who writes to the log, if anyone: the object is the right to. */
  writer: object | undefined

  private constructor(settings: PoolSettings, directory: OpfsDirectory, hold: OpfsHold, holder: string) {
    this.#settings = settings
    this.#directory = directory
    this.hold = hold
    this.holder = holder
  }

  /**
   * Takes the lock of the directory and opens all files in it. Changes nothing.
   *
   * @throws VarveError `LOCKED`, `UNSUPPORTED`, `UNSUPPORTED_FORMAT`, `IO`; nothing is left open or locked.
   */
  static *open(settings: PoolSettings): Procedure<Pool> {
    const { platform, path } = settings
    const lockName = lockNameOf(path)
    const directory = yield* io('open the directory', () => platform.openDirectory(path))
    const hold = yield* takeLock(settings, lockName)
    try {
      const holder = (yield* io('name the lock holder', () => platform.lockHolder(lockName))) ?? 'this worker'
      const pool = new Pool(settings, directory, hold, holder)
      yield* pool.#openFiles()
      return pool
    } catch (error) {
      hold.release()
      throw error
    }
  }

  list(): readonly string[] {
    return [...this.#named.keys()]
  }

  get(name: string): PhysicalFile {
    const file = this.#named.get(name)
    if (file !== undefined) return file
    throw new VarveError('NOT_FOUND', `there is no file ${name}`, { file: name })
  }

  /** Whether every file with a name would still have it after a power loss. */
  get isSettled(): boolean {
    return [...this.#named.values()].every((file) => this.#isOld(file))
  }

  /** Counts for people. */
  stats(): PoolStats {
    const damaged = this.#files.filter(({ isDamaged }) => isDamaged)
    return {
      files: this.#files.length,
      named: this.#named.size,
      free: this.#free().length,
      young: this.#files.filter((file) => !this.#isOld(file)).length,
      damaged: damaged.map(({ index }) => physicalNameOf(index)),
      foreign: [...this.#foreign],
      growthFailure: this.#growthFailure,
    }
  }

  /** Gives a free file, emptied, the name. Undefined if there is none: then the pool has to grow. */
  tryCreate(name: string): PhysicalFile | undefined {
    if (this.#named.has(name)) throw new VarveError('EXISTS', `there is a file ${name} already`, { file: name })
    this.tidy()
    const file = this.#free()[0]
    if (file === undefined) return undefined
    if (!file.isEmptyDurably) {
      file.resize(0)
      file.flush()
    }
    this.#commit(file, name)
    this.#named.set(name, file)
    return file
  }

  /** Atomic, and durable when it returns: both files are closed. */
  rename(from: string, to: string): void {
    const file = this.get(from)
    if (from === to) return
    this.tidy()
    const loser = this.#named.get(to)
    this.#commit(file, to)
    this.#named.delete(from)
    this.#named.set(to, file)
    if (loser === undefined) return
    this.#losers.push(loser)
    this.#freeLosers()
  }

  /** Durable when it returns. The file is closed. */
  remove(name: string): void {
    const file = this.get(name)
    this.tidy()
    this.#commit(file, undefined)
    this.#named.delete(name)
    file.resize(0)
  }

  /**
   * Makes durable what was found on opening: what an earlier process said, and could read back, may be in the cache
   * only. Done once; whatever is said later is durable at once.
   */
  tidy(): void {
    this.#freeLosers()
    if (this.#isTidy) return
    for (const file of this.#files) {
      if (!file.slots.isProven && file.slots.current !== undefined) this.#commit(file, file.name)
      if (file.name === undefined && file.size > 0) file.resize(0)
    }
    this.#isTidy = true
  }

  /** Notes in their headers which physical files have become old. */
  settle(): void {
    for (const file of this.#files) {
      const { current, isProven } = file.slots
      if (current?.isSettled === false && isProven && this.#isOld(file)) this.#commit(file, file.name)
    }
  }

  /** Makes the files that a pool has at least, and those that have to be free, if they are not there yet. */
  *begin(): Procedure<void> {
    const missing = Math.max(this.#settings.poolSize - this.#usable().length, freeMin - this.#free().length)
    if (missing > 0) yield* this.grow(missing)
  }

  /** A generation that is higher than any before it, durably. */
  burnGeneration(): number {
    this.tidy()
    const [first] = this.#usable()
    if (first === undefined) throw new VarveError('IO', 'the pool has no usable file: every header is damaged')
    this.#commit(first, first.name)
    return this.#generation
  }

  /** Makes `count` more files. Who finds a growth under way waits for that. */
  *grow(count: number = growBy): Procedure<void> {
    if (this.#growing?.settled === false) {
      yield* this.#growing.join()
      return
    }
    this.#growing = this.#settings.runtime.spawn(this.#grow(count))
    yield* this.#growing.join()
  }

  /** Begins to make more files if few are free, beside the caller. */
  growAhead(): void {
    if (this.#free().length >= freeMin || this.#growing?.settled === false) return
    this.#growing = this.#settings.runtime.spawn(this.#growQuietly())
  }

  /** Closes all files and gives the lock back. */
  *close(): Procedure<void> {
    if (this.#growing?.settled === false) yield* this.#whenGrown(this.#growing)
    try {
      this.#closeFiles()
    } finally {
      this.hold.release()
    }
  }

  *#openFiles(): Procedure<void> {
    try {
      const names = yield* io('list the directory', () => this.#directory.list())
      for (const name of [...names].sort()) {
        const index = indexOf(name)
        if (index === undefined) this.#foreign.push(name)
        else this.#files.push(yield* this.#openFile(index))
      }
      for (const file of this.#files) this.#adopt(file)
    } catch (error) {
      this.#closeFiles()
      throw error
    }
  }

  /** The highest generation has the name: whoever else claims it lost it in a rename that was interrupted. */
  #adopt(file: PhysicalFile): void {
    const { current } = file.slots
    this.#generation = Math.max(this.#generation, current?.generation ?? 0)
    if (current?.name === undefined) return
    const rival = this.#named.get(current.name)
    const wins = rival === undefined || current.generation > (rival.slots.current?.generation ?? 0)
    if (wins) this.#named.set(current.name, file)
    const loser = wins ? rival : file
    if (loser !== undefined) this.#losers.push(loser)
  }

  *#openFile(index: number): Procedure<PhysicalFile> {
    const { runtime, waitMs, platform } = this.#settings
    const name = physicalNameOf(index)
    // A tab that has just died holds its handles a moment longer than its lock.
    const handle = yield* retried(runtime, waitMs, () => io(`open ${name}`, () => this.#directory.openFile(name)))
    try {
      return new PhysicalFile(index, name, handle, platform.now())
    } catch (error) {
      handle.close()
      throw error
    }
  }

  *#grow(count: number): Procedure<void> {
    this.#growthFailure = undefined
    for (let made = 0; made < count; made += 1) {
      const index = (this.#files.at(-1)?.index ?? 0) + 1
      const file = yield* this.#openFile(index)
      this.#files.push(file)
      file.resize(0)
      this.#commit(file, undefined)
    }
  }

  *#growQuietly(): Procedure<void> {
    try {
      yield* this.#grow(growBy)
    } catch (error) {
      // It was ahead of need. Who needs a file tries again, and hears of it.
      this.#growthFailure = error as VarveError
    }
  }

  *#whenGrown(growing: Task<void>): Procedure<void> {
    try {
      yield* growing.join()
    } catch {
      // Whoever asked for it has heard.
    }
  }

  #freeLosers(): void {
    for (const loser of [...this.#losers]) {
      this.#commit(loser, undefined)
      loser.resize(0)
      this.#losers = this.#losers.filter((file) => file !== loser)
    }
  }

  #commit(file: PhysicalFile, name: string | undefined): void {
    this.#generation += 1
    file.commit(this.#generation, { name, isSettled: this.#isOld(file) })
    this.#generation += 1
    file.confirm(this.#generation)
  }

  /** Files that may get a name, old ones first: the own name of a young one may not be durable yet. */
  #free(): readonly PhysicalFile[] {
    const free = this.#usable().filter((file) => file.name === undefined)
    return free.sort((one, other) => Number(this.#isOld(other)) - Number(this.#isOld(one)) || one.index - other.index)
  }

  #usable(): readonly PhysicalFile[] {
    return this.#files.filter((file) => !file.isDamaged)
  }

  #isOld(file: PhysicalFile): boolean {
    const { platform, youngMs } = this.#settings
    return file.slots.current?.isSettled === true || platform.now() - file.seenAt >= youngMs
  }

  #closeFiles(): void {
    const failures: unknown[] = []
    for (const file of this.#files) {
      try {
        file.close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}

function physicalNameOf(index: number): string {
  return `pool-${String(index).padStart(8, '0')}`
}

function indexOf(name: string): number | undefined {
  const digits = physicalName.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
