import { isVarveError, VarveError } from '@varve/codec'
import { io, type Procedure, type Task } from '@varve/storage'
import { freeMin, growByMin, growthOf } from './growth.ts'
import { closeFiles, openFile, openFiles, type Found } from './open-files.ts'
import type { PhysicalFile } from './physical-file.ts'
import { physicalNameOf } from './physical-name.ts'
import type { OpfsDirectory, OpfsHold } from './platform.ts'
import type { PoolSettings, PoolStats } from './pool-settings.ts'
import { lockNameOf, takeLock } from './take-lock.ts'

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
  readonly #files: PhysicalFile[]
  /** What else is in the directory. */
  readonly #foreign: readonly string[]
  readonly #named = new Map<string, PhysicalFile>()
  /** Files that still claim a name which another has taken over. Freed before that one can lose it. */
  #losers: PhysicalFile[] = []
  #generation = 0
  /** Whether what was found on opening has been made durable, and nothing failed since. */
  #isTidy = false
  #growing: Task<void> | undefined
  #growthFailure: VarveError | undefined
  /** Who writes to the log, if anyone: the object is the right to. */
  writer: object | undefined

  private constructor(settings: PoolSettings, directory: OpfsDirectory, hold: OpfsHold, holder: string, found: Found) {
    this.#settings = settings
    this.#directory = directory
    this.hold = hold
    this.holder = holder
    this.#files = [...found.files]
    this.#foreign = found.foreign
    for (const file of this.#files) this.#adopt(file)
  }

  /**
   * Takes the lock of the directory and opens all files in it. Changes nothing.
   *
   * @throws VarveError `LOCKED`, `UNSUPPORTED`, `UNSUPPORTED_FORMAT`, `IO`; nothing is left open or locked.
   */
  static *open(settings: PoolSettings): Procedure<Pool> {
    const { platform, path } = settings
    const lockName = lockNameOf(path)
    const hold = yield* takeLock(settings, lockName)
    try {
      // Behind the lock: whoever had it may have removed the directory.
      const directory = yield* io('open the directory', () => platform.openDirectory(path))
      const holder = (yield* io('name the lock holder', () => platform.lockHolder(lockName))) ?? 'this worker'
      return new Pool(settings, directory, hold, holder, yield* openFiles(settings, directory))
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
      file.empty()
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
    emptied(file)
  }

  /**
   * Makes durable what was found on opening: what an earlier process said, and could read back, may be in the cache
   * only. And what a call of this process failed to say: the disk may have it all the same. Whatever succeeds later is
   * durable at once.
   */
  tidy(): void {
    if (!this.#isTidy) {
      for (const file of this.#usable()) {
        const { current, isProven } = file.slots
        if (current !== undefined && !isProven && !this.#losers.includes(file)) this.#commit(file, file.name)
        if (file.name === undefined && file.size > 0) file.empty()
      }
      this.#isTidy = true
    }
    // Not before: as long as a winner's header may be in the cache only, a power loss gives the name back to the loser.
    this.#freeLosers()
  }

  /** Notes in their headers which physical files have become old. */
  settle(): void {
    for (const file of this.#files) {
      const { current, isProven } = file.slots
      if (current?.isSettled === false && isProven && this.#isOld(file)) this.#commit(file, file.name)
    }
  }

  /**
   * Makes the files that a pool has at least, and those that have to be free, if they are not there yet.
   *
   * @throws VarveError `NO_SPACE` if nothing has a name yet; `IO`.
   */
  *begin(): Procedure<void> {
    const missing = Math.max(this.#settings.poolSize - this.#usable().length, freeMin - this.#free().length)
    if (missing <= 0) return
    try {
      yield* this.grow(missing)
    } catch (error) {
      // A full disk must not keep anybody from what is there, nor from making room.
      if (!isVarveError(error, 'NO_SPACE') || this.#named.size === 0) throw error
    }
  }

  /** A generation that is higher than any before it, durably. */
  burnGeneration(): number {
    this.tidy()
    const [first] = this.#usable()
    if (first === undefined) throw new VarveError('IO', 'the pool has no file that can be used')
    this.#commit(first, first.name)
    return this.#generation
  }

  /** Makes `count` more files. Who finds a growth under way waits for that. */
  *grow(count: number = growByMin): Procedure<void> {
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
    try {
      if (this.#growing?.settled === false) yield* this.#growing.join()
    } catch {
      // Whoever asked for it has heard.
    }
    try {
      closeFiles(this.#files)
    } finally {
      this.hold.release()
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

  *#grow(count: number): Procedure<void> {
    this.#growthFailure = undefined
    try {
      for (let made = 0; made < count; made += 1) yield* this.#makeFile()
    } catch (error) {
      this.#growthFailure = error as VarveError
      throw error
    }
  }

  *#makeFile(): Procedure<void> {
    const index = (this.#files.at(-1)?.index ?? 0) + 1
    const file = yield* openFile(this.#settings, this.#directory, index)
    this.#files.push(file)
    file.empty()
    this.#commit(file, undefined)
  }

  *#growQuietly(): Procedure<void> {
    try {
      yield* this.#grow(growthOf(this.#files.length))
    } catch {
      // It was ahead of need. Who needs a file tries again, and hears of it.
    }
  }

  #freeLosers(): void {
    for (const loser of [...this.#losers]) {
      this.#commit(loser, undefined)
      emptied(loser)
      this.#losers = this.#losers.filter((file) => file !== loser)
    }
  }

  #commit(file: PhysicalFile, name: string | undefined): void {
    const claim = { name, isSettled: this.#isOld(file) }
    this.#generation += 1
    try {
      file.commit(this.#generation, claim)
    } catch (error) {
      this.#isTidy = false
      throw error
    }
    this.#generation += 1
    file.confirm(this.#generation, claim)
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
}

/** Empties a file that is free, durably: a failure costs space. It is emptied again before it gets a name. */
function emptied(file: PhysicalFile): void {
  try {
    file.empty()
  } catch {
    // What was asked for, freeing the name, was done.
  }
}
