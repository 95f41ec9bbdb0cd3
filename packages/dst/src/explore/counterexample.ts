import type { Violation } from '../system.ts'

/** The run in which a promise was broken. */
export class Counterexample extends Error {
  override readonly name = 'Counterexample'
  /** Plays the run again. */
  readonly tape: readonly number[]
  readonly violation: Violation

  constructor(violation: Violation, tape: readonly number[]) {
    super(violation.message, { cause: violation })
    this.violation = violation
    this.tape = tape
  }
}
