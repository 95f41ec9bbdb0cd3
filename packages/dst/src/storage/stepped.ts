import type { LogFile, LogStorage, ScheduledRuntime, StorageLock } from '@varve/storage'
import type { SimulatedStorage } from './simulated-storage.ts'

/** How long a call that stalls takes, in milliseconds of the virtual clock. */
export const stallMs = 60_000

/**
 * The same storage, each of whose operations happens when the runtime takes the step for it: between any two, others
 * may get theirs. A sync for which `stalls` says so happens only when a minute has passed.
 */
export function inSteps(storage: SimulatedStorage, runtime: ScheduledRuntime, stalls: () => boolean): LogStorage {
  const step: InSteps = (operation, canStall) => new Step(operation, runtime, canStall === true && stalls())
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

type InSteps = <T>(operation: () => T, canStall?: boolean) => PromiseLike<T>

function fileInSteps(file: LogFile, step: InSteps): LogFile {
  return {
    size: () => step(() => file.size() as number),
    read: (target, position) => step(() => file.read(target, position) as number),
    write: (source, position) => step(() => { void file.write(source, position) }),
    sync: () => step(() => { void file.sync() }, true),
    resize: (size) => step(() => { void file.resize(size) }),
    close: () => step(() => { void file.close() }),
    ...('writeDurable' in file && {
      writeDurable: (source, position) => step(() => { void file.writeDurable?.(source, position) }, true),
    }),
    ...('reserve' in file && { reserve: (size) => step(() => { void file.reserve?.(size) }) }),
  }
}

function lockInSteps(lock: StorageLock, step: InSteps): StorageLock {
  return { ...lock, release: () => step(() => { void lock.release() }) }
}

/** A promise without an event loop: it settles, and tells who waits, when the runtime takes its step. */
class Step<T> implements PromiseLike<T> {
  readonly #operation: () => T
  readonly #runtime: ScheduledRuntime
  readonly #stalls: boolean

  constructor(operation: () => T, runtime: ScheduledRuntime, stalls: boolean) {
    this.#operation = operation
    this.#runtime = runtime
    this.#stalls = stalls
  }

  then<R = T, F = never>(
    onValue?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): PromiseLike<R | F> {
    const take = (): void => {
      let value: T
      try {
        value = this.#operation()
      } catch (error) {
        void onError?.(error)
        return
      }
      void onValue?.(value)
    }
    if (this.#stalls) this.#runtime.after(stallMs, take)
    else this.#runtime.offer(take)
    return this as unknown as PromiseLike<R | F>
  }
}
