import { ratioOf, summarize, type Ratio, type Summary } from './statistics.ts'

/** What was aimed at. `ratio` and `value` say which of the two must be at most, or at least, the limit. */
export interface Budget {
  readonly of: 'ratio' | 'value'
  readonly bound: 'at most' | 'at least'
  readonly limit: number
}

/** Where a row stands in a plot; its value is the y. */
export interface Point {
  /** Id of the plot. */
  readonly plot: string
  readonly line: string
  readonly x: number
}

/** One line of the result. */
export interface Row {
  readonly group: string
  readonly name: string
  readonly unit: string
  readonly value: Summary
  /** What it is compared with: another row of the group. */
  readonly base?: string
  readonly ratio?: Ratio
  readonly budget?: Budget
  readonly met?: boolean
  readonly point?: Point
  /** Of a row of latencies: the values at 0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 and 100 %. */
  readonly quantiles?: readonly number[]
}

/** One thing that was measured, in turns with the others of its group. */
export interface Measured {
  readonly name: string
  readonly samples: readonly number[]
  readonly budget?: Budget
}

/** The rows of a group; the first thing measured is what the others are compared with. */
export function rowsOf(
  group: string,
  unit: string,
  kind: 'durations' | 'rates',
  measured: readonly Measured[],
): readonly Row[] {
  const [base] = measured
  if (base === undefined) return []
  return measured.map(({ name, samples, budget }) => {
    const row = { group, name, unit, value: summarize(samples, kind) }
    if (name === base.name) return row
    const compared = { ...row, base: base.name, ratio: ratioOf(samples, base.samples) }
    return budget === undefined ? compared : { ...compared, budget, met: isMet(budget, compared) }
  })
}

export function isMet({ of, bound, limit }: Budget, row: Pick<Row, 'value' | 'ratio'>): boolean {
  const actual = of === 'value' ? row.value.median : (row.ratio?.median ?? NaN)
  return bound === 'at most' ? actual <= limit : actual >= limit
}
