/** Why a commit was started when it was; counted for each commit. */
export type CommitReason = 'idle' | 'bytes' | 'records' | 'delay' | 'fence'

/** Percentiles in milliseconds, over the last {@link syncWindow} syncs. */
export interface SyncLatency {
  readonly last: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** A moment of a writer. Counts are since it was opened; bytes are bytes of frames. */
export interface WriterStats {
  readonly queuedRecords: number
  readonly queuedBytes: number
  readonly records: number
  readonly bytes: number
  readonly commits: number
  readonly commitReasons: Readonly<Record<CommitReason, number>>
  readonly syncs: number
  readonly syncLatencyMs: SyncLatency
  readonly rotations: number
  /** Rotations that had to make their segment themselves, because no spare was ready. */
  readonly spareMisses: number
  /** Segments given up whose files were made ready to be the next one; see `LogOptions.recycle`. */
  readonly recycled: number
}

const syncWindow = 1024

/** Counts what the writer does. */
export class Metrics {
  records = 0
  bytes = 0
  commits = 0
  syncs = 0
  rotations = 0
  spareMisses = 0
  recycled = 0
  readonly reasons: Record<CommitReason, number> = { idle: 0, bytes: 0, records: 0, delay: 0, fence: 0 }
  /** Made at the first sync: many a log is only opened and read. */
  #window: Float64Array | undefined
  #lastMs = 0

  synced(ms: number): void {
    this.#window ??= new Float64Array(syncWindow)
    this.#window[this.syncs % syncWindow] = ms
    this.#lastMs = ms
    this.syncs += 1
  }

  stats(queue: { readonly queuedRecords: number; readonly queuedBytes: number }): WriterStats {
    const { records, bytes, commits, syncs, rotations, spareMisses, recycled } = this
    const { queuedRecords, queuedBytes } = queue
    const counted = { records, bytes, commits, syncs, rotations, spareMisses, recycled, queuedRecords, queuedBytes }
    return { ...counted, commitReasons: { ...this.reasons }, syncLatencyMs: this.#latency() }
  }

  #latency(): SyncLatency {
    const sorted = this.#window?.slice(0, Math.min(this.syncs, syncWindow)).sort() ?? []
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return { last: this.#lastMs, p50: at(0.5), p99: at(0.99), max: at(1) }
  }
}
