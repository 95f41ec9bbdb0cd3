import type { TestResult } from '@varve/portable-tests/run'

/** What came of one file of tests, or of one scenario. */
export interface FileResult {
  readonly browser: string
  readonly file: string
  readonly milliseconds: number
  readonly tests: readonly TestResult[]
}
