import type { SuiteResult } from './result.ts'

/** What came of one runtime. */
export interface RuntimeResult {
  readonly name: string
  readonly suites: readonly SuiteResult[]
  /** Why it could not be had, if so. */
  readonly missing?: string
}

export interface Verdict {
  readonly passed: number
  readonly failed: number
  /** What a person has to know beside the figures. */
  readonly complaints: readonly string[]
}

/** A runtime that could not be had is told of; where all of them must be there, it is a failure. */
export function verdictOf(results: readonly RuntimeResult[], isRequired: boolean): Verdict {
  const suites = results.flatMap((each) => each.suites)
  const missing = results.filter((each) => each.missing !== undefined)
  const consequence = isRequired ? 'and it is required' : 'NOTHING RAN ON IT'
  return {
    passed: suites.reduce((sum, each) => sum + each.passed, 0),
    failed: suites.reduce((sum, each) => sum + each.failures.length, 0) + (isRequired ? missing.length : 0),
    complaints: missing.map(({ name }) => `${name} is not available, ${consequence}`),
  }
}
