import type { Runtime } from '@varve/storage'
import type { LogEvent, LogObserver } from './events.ts'

/** Hands events over to an observer, later and in order, and lets it go at its first failure. */
export class Observation {
  /** What the observer threw; then it hears of nothing any more. */
  failure: unknown
  readonly #runtime: Runtime
  #observer: LogObserver | undefined
  #pending: LogEvent[] = []

  constructor(runtime: Runtime, observer: LogObserver) {
    this.#runtime = runtime
    this.#observer = observer
  }

  tell(event: LogEvent): void {
    if (this.#observer === undefined) return
    this.#pending.push(event)
    if (this.#pending.length === 1) this.#runtime.later(() => { this.#handOver() })
  }

  /** What is told meanwhile comes after, by another call. */
  #handOver(): void {
    const events = this.#pending
    this.#pending = []
    for (const event of events) this.#call(event)
  }

  #call(event: LogEvent): void {
    try {
      const told: unknown = this.#observer?.(event)
      // An asynchronous one is not waited for; but a rejection that nobody handles may end the process.
      // eslint-disable-next-line varve/no-bare-promise -- nothing waits for it, so no driver could order it otherwise
      if (isThenable(told)) told.then(undefined, (error: unknown) => { this.#drop(error) })
    } catch (error) {
      this.#drop(error)
    }
  }

  #drop(error: unknown): void {
    this.#observer = undefined
    this.failure ??= error ?? new Error('the observer threw undefined')
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Without an observer there is nobody to tell, and nothing is made to be told. */
export function observationOf(runtime: Runtime, observer: LogObserver | undefined): Observation | undefined {
  return observer === undefined ? undefined : new Observation(runtime, observer)
}
