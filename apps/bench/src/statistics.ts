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

/** The value that `share` of all are at or below. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Of durations, where slow is much, or of rates, where slow is little. */
export function summarize(samples: readonly number[], kind: 'durations' | 'rates'): Summary {
  const p99 = quantile(samples, kind === 'durations' ? 0.99 : 0.01)
  return { median: median(samples), p99, samples: samples.length }
}

/** `samples` and `base` were taken in turns, so the same part of both saw the same machine. */
export function ratioOf(samples: readonly number[], base: readonly number[]): Ratio {
  const parts = Math.min(10, samples.length)
  const ratios = Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * samples.length) / parts)
    const to = Math.floor(((part + 1) * samples.length) / parts)
    return median(samples.slice(from, to)) / median(base.slice(from, to))
  })
  return { median: median(samples) / median(base), spread: [Math.min(...ratios), Math.max(...ratios)] }
}
