import type { MaybePromise } from '../contract.ts'
import type { Procedure, Waitable } from './procedure.ts'

/**
 * What a log needs of the world besides storage: something that drives its procedures, a clock, chance. Everything
 * that could make two runs differ goes through here, so that a simulator can replace all of it.
 */
export interface Runtime {
  readonly kind: 'asynchronous' | 'synchronous' | 'scheduled'
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Fills `target` with random bytes. */
  random(target: Uint8Array<ArrayBuffer>): void
  /** Runs `task` soon: not within this call, but before the caller's turn of the event loop ends. */
  later(task: () => void): void
  /** Runs `task` after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void
  /** Drives `procedure` now; a value if it never had to wait, else a promise. */
  run<T>(procedure: Procedure<T>): MaybePromise<T>
  /** Drives `procedure` beside its caller. Whoever cares joins it; its failure is kept for them. */
  spawn<T>(procedure: Procedure<T>): Task<T>
  /** A gate that is shut. All waiting inside the process goes through gates. */
  gate(): Gate
  /** Gives the event loop a turn if this procedure has worked for 6 ms without one. */
  turn(): Procedure<void>
}

/** Waiting inside the process. Level-triggered: who waits at an open gate passes at once. */
export interface Gate extends Waitable {
  open(): void
  shut(): void
  wait(): Procedure<void>
}

/** A procedure on its way. */
export interface Task<T> {
  readonly settled: boolean
  /** Waits for the end; returns its result, or throws what it threw. */
  join(): Procedure<T>
}
