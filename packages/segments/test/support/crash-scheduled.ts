import { seededRandom } from '@varve/dst'
import { scheduledRuntime } from '@varve/storage'
import type { LogFile, LogStorage, ScheduledRuntime, StorageLock } from '@varve/storage'
import { openLog, type Log } from '../../src/index.ts'
import { Books } from './crash-books.ts'
import { CrashDisk } from './crash-disk.ts'
import { smallLog, type LogVariant } from './crash-life.ts'
import { notesOn, type CrashPoint } from './crash-points.ts'
import { CrashStorage } from './crash-storage.ts'

/** What a caller does with an asynchronous log, all of it at once; the books are kept by the caller. */
export type Script = (log: Log, books: Books) => Promise<unknown>

/**
 * Runs a log without an event loop: every operation of its storage is one step, and which step comes next is drawn
 * from `seed`. So the spare is made between any two operations of a commit, and a process may die at each of them.
 */
export async function liveScheduled(seed: number, variant: LogVariant, script: Script): Promise<CrashPoint[]> {
  const random = seededRandom(seed)
  const choose = (ways: number): number => random.below(ways)
  const runtime = scheduledRuntime({ choose, random: (target) => { random.fill(target) } })
  const disk = new CrashDisk()
  const books = new Books()
  const { points, note } = notesOn({ disk, books, lives: 0 })
  const storage = inSteps(new CrashStorage(disk, { before: note }), runtime)
  await run(runtime, openLog({ ...smallLog, ...variant, storage, runtime }).then((log) => script(log, books)))
  points.push({ disk, books, lives: 1, at: 'at the end' })
  return points
}

/** Takes steps until `work` is done; what a step settles is heard of before the next one. */
async function run(runtime: ScheduledRuntime, work: Promise<unknown>): Promise<void> {
  const state = { done: false }
  const watched = work.finally(() => { state.done = true })
  for (let idle = 0; !state.done; idle = runtime.step() ? 0 : idle + 1) {
    if (idle > 100) throw new Error('nothing can happen any more, and the script is not done')
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }
  await watched
}

/** The same storage, each of whose operations happens when the runtime takes the step for it. */
export function inSteps(storage: CrashStorage, runtime: ScheduledRuntime): LogStorage {
  const step = <T>(operation: () => T): PromiseLike<T> => new Step(operation, runtime)
  return {
    capabilities: { ...storage.capabilities, synchronous: false },
    list: () => step(() => storage.list()),
    open: (name, mode) => step(() => fileInSteps(storage.open(name, mode), step)),
    rename: (from, to) => step(() => { storage.rename(from, to) }),
    remove: (name) => step(() => { storage.remove(name) }),
    syncNames: () => step(() => { storage.syncNames() }),
    lock: () => step(() => lockInSteps(storage.lock(), step)),
    close: () => step(() => { storage.close() }),
  }
}

type InSteps = <T>(operation: () => T) => PromiseLike<T>

function fileInSteps(file: LogFile, step: InSteps): LogFile {
  return {
    size: () => step(() => file.size() as number),
    read: (target, position) => step(() => file.read(target, position) as number),
    write: (source, position) => step(() => { void file.write(source, position) }),
    sync: () => step(() => { void file.sync() }),
    resize: (size) => step(() => { void file.resize(size) }),
    close: () => step(() => { void file.close() }),
    writeDurable: (source, position) => step(() => { void file.writeDurable?.(source, position) }),
    reserve: (size) => step(() => { void file.reserve?.(size) }),
  }
}

function lockInSteps(lock: StorageLock, step: InSteps): StorageLock {
  return { ...lock, release: () => step(() => { void lock.release() }) }
}

/** A promise without an event loop: it settles, and tells who waits, when the runtime takes its step. */
class Step<T> implements PromiseLike<T> {
  readonly #operation: () => T
  readonly #runtime: ScheduledRuntime

  constructor(operation: () => T, runtime: ScheduledRuntime) {
    this.#operation = operation
    this.#runtime = runtime
  }

  then<R = T, F = never>(
    onValue?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): PromiseLike<R | F> {
    this.#runtime.offer(() => {
      let value: T
      try {
        value = this.#operation()
      } catch (error) {
        void onError?.(error)
        return
      }
      void onValue?.(value)
    })
    return this as unknown as PromiseLike<R | F>
  }
}
