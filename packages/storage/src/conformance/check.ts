import type { LogStorage, MaybePromise } from '../contract.ts'
import type { Bench } from './bench.ts'

/** One directory to try an adapter on, empty when the check begins. */
export interface ConformanceTarget {
  /**
   * Opens a storage on the directory. Called again while earlier ones are open or after they were closed, as further
   * processes would: all of them see the same files and contend for the same lock.
   */
  open(): MaybePromise<LogStorage>
  /** Removes the directory. Every storage has been closed before. */
  dispose?(): MaybePromise<void>
}

/** Makes a fresh directory for every check. */
export type ConformanceFactory = () => MaybePromise<ConformanceTarget>

/** What the contract leaves to the adapter; a check that needs it does not apply where it is missing. */
export type Feature = 'synchronous' | 'writeDurable' | 'reserve' | 'watch'

/** How a check that did not fail ended. */
export type Verdict = 'passed' | 'not-offered'

/** One promise of the contract, as a thing that can be run anywhere. */
export interface Check {
  /** Stable, such as `read.short-at-end`. */
  readonly id: string
  /** What must hold, for people. */
  readonly title: string
  /** The sentence of the contract that it stands on. */
  readonly contract: string
  /** The check says `not-offered` when the adapter does not have this. */
  readonly needs?: Feature
  /** Resolves when the promise is kept; rejects with an error that says what was expected and what was seen. */
  run(): Promise<Verdict>
}

/** A check before it knows which adapter it is for. */
export interface CheckDefinition {
  readonly id: string
  readonly title: string
  readonly contract: string
  readonly needs?: Feature
  run(bench: Bench): Promise<void>
}
