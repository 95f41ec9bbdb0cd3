import type { LogStorage, MaybePromise } from '../contract.ts'

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
export type Feature = 'synchronous' | 'writeDurable' | 'writeLater' | 'reserve' | 'watch'

/** How a check that did not fail ended. */
export type Verdict = 'passed' | 'not-offered'

/** One promise of the contract. */
export interface ContractPromise {
  /** Stable, such as `read.short-at-end`. */
  readonly id: string
  /** What must hold, for people. */
  readonly title: string
  /** The sentence of the contract that it stands on. */
  readonly contract: string
  /** Only adapters that have this promise it; for others the check says `not-offered`. */
  readonly needs?: Feature
}

/** A promise of the contract as a thing that can be run anywhere. */
export interface Check extends ContractPromise {
  /** Resolves when the promise is kept; rejects with an error that says what was expected and what was seen. */
  run(): Promise<Verdict>
}
