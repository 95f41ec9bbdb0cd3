import { quantilesOf, ratioOf, summarize, type Ratio, type Summary } from './statistics.ts'

/** What was aimed at. `ratio` and `value` say which of the two must be at most, or at least, the limit. */
export interface Budget {
  readonly of: 'ratio' | 'value'
  readonly bound: 'at most' | 'at least'
  readonly limit: number
}

/** Where a row stands in a picture: the id of the plot, the name of the line, the value on the x axis. */
export interface Point {
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
  /** Of durations: the values at `quantilePercents`, from the least to the most. */
  readonly quantiles?: readonly number[]
}

/** One thing that was measured, in turns with the others of its group. */
export interface Measured {
  readonly name: string
  readonly samples: readonly number[]
  /** The name of what it is compared with. Default: the first of the group. */
  readonly base?: string
  readonly budget?: Budget | undefined
  readonly point?: Point | undefined
}

/** What the rows of a group have in common. `rates` are so much a second: more is better. */
export type Kind = 'durations' | 'rates'

/** The rows of a group; the first thing measured is what the others are compared with, unless they say otherwise. */
export function rowsOf(group: string, unit: string, kind: Kind, measured: readonly Measured[]): readonly Row[] {
  return measured.map((one) => {
    const { name, samples, point, budget } = one
    const base = one.base ?? measured[0]?.name
    const other = measured.find((candidate) => candidate.name === base)
    if (other === undefined) throw new Error(`'${name}' is compared with '${base ?? ''}', which '${group}' has not`)
    const row = {
      group,
      name,
      unit,
      value: summarize(samples, kind),
      ...(other === one ? {} : { base: other.name, ratio: ratioOf(samples, other.samples) }),
      ...(point === undefined ? {} : { point }),
      ...(kind === 'durations' ? { quantiles: quantilesOf(samples) } : {}),
    }
    return budget === undefined ? row : { ...row, budget, met: isMet(budget, row) }
  })
}

function isMet({ of, bound, limit }: Budget, row: Pick<Row, 'value' | 'ratio'>): boolean {
  const actual = of === 'value' ? row.value.median : (row.ratio?.median ?? NaN)
  return bound === 'at most' ? actual <= limit : actual >= limit
}

/** A budget: the median may be at most so much. */
export function valueAtMost(limit: number): Budget {
  return { of: 'value', bound: 'at most', limit }
}

/** A budget: the median must be at least so much. */
export function valueAtLeast(limit: number): Budget {
  return { of: 'value', bound: 'at least', limit }
}

/** A budget: at most so many times what it is compared with. */
export function ratioAtMost(limit: number): Budget {
  return { of: 'ratio', bound: 'at most', limit }
}

/** A budget: at least so many times what it is compared with. */
export function ratioAtLeast(limit: number): Budget {
  return { of: 'ratio', bound: 'at least', limit }
}
