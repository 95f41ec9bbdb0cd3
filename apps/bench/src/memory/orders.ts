/** What a child does before it tells its peak. */
export type ChildOrders =
  /** `nothing`: a process with nothing in it. `load`: the library is loaded, and no log is opened. */
  | { readonly task: 'nothing' | 'load' }
  /** Opens the log with every byte verified, then replays all of it. */
  | { readonly task: 'recover'; readonly directory: string }
  /** Makes the log that large. */
  | { readonly task: 'write'; readonly directory: string; readonly bytes: number }

export interface ChildResult {
  /** The most memory that the process ever had resident. */
  readonly peakBytes: number
  readonly records: number
  readonly ms: number
}
