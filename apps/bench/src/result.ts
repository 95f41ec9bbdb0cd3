import type { Row } from './row.ts'

/** A picture that rows are points of. */
export interface Plot {
  readonly id: string
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly xLog: boolean
  readonly yLog: boolean
}

/** Everything that one run measured. Goes into the JSON as it is. */
export interface BenchResult {
  readonly machine: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, unknown>>
  readonly results: readonly Row[]
  readonly plots: readonly Plot[]
  /** When the run began, as an ISO 8601 time. */
  readonly began: string
  readonly seconds: number
}
