/** What a number of samples come to. */
export interface Summary {
  readonly samples: number
  readonly p50: number
  readonly p99: number
  readonly mean: number
  readonly max: number
}

/** The sample that a share of them, from 0 to 1, is not above: the nearest rank. 0 when there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export function sortSamples(samples: readonly number[]): readonly number[] {
  return [...samples].sort((one, other) => one - other)
}

export function summarise(samples: readonly number[]): Summary {
  const sorted = sortSamples(samples)
  const sum = sorted.reduce((total, sample) => total + sample, 0)
  return {
    samples: sorted.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    mean: sum / Math.max(1, sorted.length),
    max: sorted.at(-1) ?? 0,
  }
}
