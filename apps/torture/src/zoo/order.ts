/** What a bundle is told to run. */
export interface Order {
  /** Names of cases, in order. */
  readonly cases: readonly string[]
  /** Each case ends when so many processes were started. */
  readonly states: number
  readonly seed: number
  /** Whether to go on behind the case that catches it. */
  readonly all: boolean
}

/** What one case made of a mutant. */
export interface CaseOutcome {
  readonly case: string
  /** Processes that were started: each opened what a crash had left. */
  readonly started: number
  /** States after a crash that were looked at, those that were equal to another included. */
  readonly looked: number
  readonly ms: number
  /** The promise that was found broken. */
  readonly violation?: string
  readonly tape?: readonly number[]
}
