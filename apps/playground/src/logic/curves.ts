import { quantile, sortSamples } from './quantiles.ts'
import { logScale, ninesAt, type LogScale } from './scale.ts'

/** What is plotted: samples in milliseconds. */
export interface Series {
  readonly name: string
  readonly samples: readonly number[]
}

/** Edges of a plot, in its own units; `bottom` lies below `top`. */
export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Lines to draw: for each series its quantiles, on an axis that shows the slow ones. */
export interface Curves {
  readonly paths: readonly string[]
  readonly scale: LogScale
  /** Where shares of the samples stand from left to right. */
  readonly x: (share: number) => number
}

/** Finer than any clock of a browser. */
const leastMs = 0.005
const steps = 60

export function curvesOf(series: readonly Series[], { left, right, top, bottom }: Box): Curves {
  const scale = logScale(series.flatMap(({ samples }) => samples), bottom, top, leastMs)
  const x = (share: number): number => left + (right - left) * ninesAt(share)
  const paths = series.map(({ samples }) => {
    const sorted = sortSamples(samples)
    const shares = Array.from({ length: steps + 1 }, (_, step) => 1 - 10 ** ((-3 * step) / steps))
    const points = shares.map((share) => `${x(share).toFixed(1)} ${scale.at(quantile(sorted, share)).toFixed(1)}`)
    return sorted.length === 0 ? '' : `M ${points.join(' L ')}`
  })
  return { paths, scale, x }
}

/** The last samples as a line in a box of 0 to `width` and 0 to `height`, oldest left, on a logarithmic axis. */
export function sparkline(samples: readonly number[], width: number, height: number): string {
  if (samples.length < 2) return ''
  const scale = logScale(samples, height - 1, 1, leastMs)
  const points = samples.map((ms, at) => {
    const x = (at / (samples.length - 1)) * width
    return `${x.toFixed(1)} ${scale.at(ms).toFixed(1)}`
  })
  return `M ${points.join(' L ')}`
}
