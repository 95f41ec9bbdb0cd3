/** What repeated measurements of one thing come to. */
export interface Summary {
  readonly median: number
  /** That of the slowest hundredth. */
  readonly p99: number
  readonly samples: number
}

/** One thing as a multiple of another that was measured in turns with it. */
export interface Ratio {
  readonly median: number
  /** Lowest and highest of up to ten consecutive parts of the run, each by itself. */
  readonly spread: readonly [number, number]
}

/** The shares of all that are at or below each of {@link quantilesOf}, in per cent. */
export const quantilePercents: readonly number[] = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]

/** The value that `share` of all are at or below; `sorted` ascends. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export function median(samples: readonly number[]): number {
  return quantile(Float64Array.from(samples).sort(), 0.5)
}

/** The values at {@link quantilePercents}: from the least to the most. */
export function quantilesOf(samples: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(samples).sort()
  return quantilePercents.map((percent) => quantile(sorted, percent / 100))
}

/** Of durations, where slow is much, or of rates, where slow is little. */
export function summarize(samples: readonly number[], kind: 'durations' | 'rates'): Summary {
  const sorted = Float64Array.from(samples).sort()
  const p99 = quantile(sorted, kind === 'durations' ? 0.99 : 0.01)
  return { median: quantile(sorted, 0.5), p99, samples: samples.length }
}

/** `samples` and `base` were taken in turns, so the same part of both saw the same machine. */
export function ratioOf(samples: readonly number[], base: readonly number[]): Ratio {
  const parts = Math.min(10, samples.length, base.length)
  const part = (all: readonly number[], at: number): number =>
    median(all.slice(Math.floor((at * all.length) / parts), Math.floor(((at + 1) * all.length) / parts)))
  const ratios = Array.from({ length: parts }, (_, at) => part(samples, at) / part(base, at))
  return { median: median(samples) / median(base), spread: [Math.min(...ratios), Math.max(...ratios)] }
}
