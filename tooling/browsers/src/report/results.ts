/** What came of one test. Plain data: it crosses from the browser. */
export interface TestResult {
  readonly title: string
  readonly milliseconds: number
  /** Only of one that failed. */
  readonly error?: string
}

/** What came of one file of tests, or of one scenario. */
export interface FileResult {
  readonly browser: string
  readonly file: string
  readonly milliseconds: number
  readonly tests: readonly TestResult[]
}
