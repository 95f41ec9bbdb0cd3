/** What `memory.mjs` does before it tells its peak. */
export type MemoryOrders =
  /** `nothing`: a process with nothing in it. `load`: the library is loaded, and no log is opened. */
  | { readonly task: 'nothing' | 'load' }
  /** Opens the log with every byte verified, then replays all of it. */
  | { readonly task: 'recover'; readonly directory: string }
  /** Makes the log that large. */
  | { readonly task: 'write'; readonly directory: string; readonly bytes: number }

export interface MemoryResult {
  /** The most memory that the process ever had resident. */
  readonly peakBytes: number
  /** The most of it that was the process's own, and no page of a file; looked at now and then. Linux only. */
  readonly ownBytes?: number
  readonly records: number
  readonly ms: number
}

/** What `collections.mjs` takes in, and by which call. */
export interface CollectionOrders {
  readonly records: number
  readonly calls: 'enqueue' | 'append'
}

export interface CollectionResult {
  /** Undefined where the runtime does not tell. */
  readonly collections?: number
  /** Of all records, and what of it was spent in collections. */
  readonly ms: number
  readonly pausedMs: number
}
