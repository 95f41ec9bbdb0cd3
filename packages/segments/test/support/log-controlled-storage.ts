import type { LogStorage, MaybePromise } from '@varve/storage'
import { memoryStorage, type MemorySnapshot, type MemoryStorageOptions } from '@varve/storage-memory'
import { intercept, isPromise } from './log-intercept.ts'
import type { Around, Operation, OperationKind, OptionalMethod } from './log-intercept.ts'

/** Which calls a rule is about. */
export type Match = OperationKind | ((operation: Operation) => boolean)

/** A call that was stopped before it took effect. */
export interface Hold {
  /** Resolves when a call has got there. */
  readonly reached: Promise<Operation>
  readonly isReached: boolean
  /** Lets it take effect, or throws in its place. */
  release(failure?: unknown): void
}

export interface ControlledOptions extends MemoryStorageOptions {
  readonly without?: readonly OptionalMethod[]
}

const changes = new Set<OperationKind>(['write', 'writeDurable', 'sync', 'resize', 'reserve'])

/**
 * A storage in memory whose every call is written down, and can be held or made to fail. It watches the rules of the
 * contract all the time: nothing is written to a file while it is being changed, a durable write stands behind nothing
 * that is un-synced, a file is closed once.
 */
export class ControlledStorage {
  readonly storage: LogStorage
  readonly operations: Operation[] = []
  /** What went against the contract. */
  readonly offences: string[] = []
  readonly #memory: ReturnType<typeof memoryStorage>
  readonly #rules: { readonly match: Match; readonly act: (operation: Operation) => MaybePromise<void> }[] = []
  readonly #inFlight = new Map<string, Operation>()
  readonly #open = new Map<number, string>()
  /** Where in a file the lowest bytes are that were written and not synced. */
  readonly #unsyncedFrom = new Map<string, number>()
  readonly #lost = deferred<unknown>()

  constructor(options: ControlledOptions = {}) {
    const { without = [], ...rest } = options
    this.#memory = memoryStorage(rest)
    const around: Around = (operation, perform) => this.#around(operation, perform)
    this.storage = intercept(this.#memory, around, { without, lost: this.#lost.promise })
  }

  /** Tells the holder of the lock that it was taken away. */
  loseLock(reason: unknown): void {
    this.#lost.resolve(reason)
  }

  /** What a crash of the process would leave now. */
  snapshot(): MemorySnapshot {
    return this.#memory.snapshot()
  }

  /** Names of the files that have an open handle, once for each. */
  get openFiles(): readonly string[] {
    return [...this.#open.values()].sort()
  }

  of(match: Match): readonly Operation[] {
    return this.operations.filter((operation) => fits(match, operation))
  }

  count(match: Match): number {
    return this.of(match).length
  }

  /** Stops the next call that fits. */
  hold(match: Match): Hold {
    const reached = deferred<Operation>()
    const released = deferred<undefined>()
    const hold = {
      reached: reached.promise,
      isReached: false,
      release(failure?: unknown): void {
        if (failure === undefined) released.resolve(undefined)
        else released.reject(failure)
      },
    }
    this.#once(match, async (operation) => {
      hold.isReached = true
      reached.resolve(operation)
      await released.promise
    })
    return hold
  }

  /** Makes the next call that fits fail. */
  fail(match: Match, failure: unknown): void {
    this.#once(match, () => {
      throw failure
    })
  }

  /** Makes every call that fits from now on fail. */
  failAlways(match: Match, failure: unknown): void {
    this.#rules.push({
      match,
      act: () => {
        throw failure
      },
    })
  }

  #once(match: Match, act: (operation: Operation) => MaybePromise<void>): void {
    const rule = {
      match,
      act: (operation: Operation): MaybePromise<void> => {
        this.#rules.splice(this.#rules.indexOf(rule), 1)
        return act(operation)
      },
    }
    this.#rules.push(rule)
  }

  #around<T>(operation: Operation, perform: () => MaybePromise<T>): MaybePromise<T> {
    this.operations.push(operation)
    this.#begin(operation)
    const rule = this.#rules.find(({ match }) => fits(match, operation))
    try {
      const acted = rule?.act(operation)
      const result = isPromise(acted) ? acted.then(perform) : perform()
      if (isPromise(result)) return this.#endLater(operation, result)
      this.#end(operation, true)
      return result
    } catch (error) {
      this.#end(operation, false)
      throw error
    }
  }

  async #endLater<T>(operation: Operation, result: PromiseLike<T>): Promise<T> {
    let succeeded = false
    try {
      const value = await result
      succeeded = true
      return value
    } finally {
      this.#end(operation, succeeded)
    }
  }

  #begin(operation: Operation): void {
    const { kind, name, handle } = operation
    if (kind === 'close' && handle > 0 && !this.#open.delete(handle)) this.offences.push(`closed twice: ${name}`)
    if (!changes.has(kind)) return
    const other = this.#inFlight.get(name)
    if (other !== undefined) this.offences.push(`${kind} of ${name} during its ${other.kind}`)
    this.#inFlight.set(name, operation)
    const unsyncedFrom = this.#unsyncedFrom.get(name) ?? Number.MAX_SAFE_INTEGER
    if (kind === 'write') this.#unsyncedFrom.set(name, Math.min(unsyncedFrom, operation.position))
    if (kind === 'sync') this.#unsyncedFrom.delete(name)
    // It covers the MARK that stands where it begins.
    if (kind === 'writeDurable' && operation.position <= unsyncedFrom) this.#unsyncedFrom.delete(name)
    const isBehind = kind === 'writeDurable' && unsyncedFrom < operation.position
    if (!isBehind) return
    this.offences.push(`durable write of ${name} at ${operation.position}, un-synced from ${unsyncedFrom}`)
  }

  #end(operation: Operation, succeeded: boolean): void {
    if (operation.kind === 'open' && succeeded) this.#open.set(operation.handle, operation.name)
    if (this.#inFlight.get(operation.name) === operation) this.#inFlight.delete(operation.name)
  }
}

function fits(match: Match, operation: Operation): boolean {
  return typeof match === 'string' ? operation.kind === match : match(operation)
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined
  let reject: Deferred<T>['reject'] = () => undefined
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
