/** The last value, percentiles and the largest of the last 1,024. */
export interface Distribution {
  readonly last: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const samplesMax = 1024

/** Keeps the last 1,024 samples. Nothing is allocated when one is added, but for the first. */
export class SampleWindow {
  count = 0
  #last = 0
  /** Made at the first sample: many a log is only opened and read. */
  #samples: Float64Array | undefined

  add(sample: number): void {
    this.#samples ??= new Float64Array(samplesMax)
    this.#samples[this.count % samplesMax] = sample
    this.#last = sample
    this.count += 1
  }

  distribution(): Distribution {
    const sorted = this.#samples?.slice(0, Math.min(this.count, samplesMax)).sort() ?? []
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return { last: this.#last, p50: at(0.5), p99: at(0.99), max: at(1) }
  }
}
