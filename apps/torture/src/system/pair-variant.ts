import type { LogOptions } from '@varve/segments'
import type { Durability } from './log-variant.ts'

/** One thing that is done to a log and its copy. */
export type PairStep =
  | { readonly do: 'append'; readonly bytes: number }
  | { readonly do: 'batch'; readonly bytes: readonly number[] }
  /** Streams as many pieces as there are, or so many, and syncs each, or all at the end. */
  | { readonly do: 'copy'; readonly pieces?: number; readonly syncs?: 'each' | 'end' }
  | { readonly do: 'reopen' }
  | { readonly do: 'reopen-replica' }
  /** Gives up all records but the last three, here and there. */
  | { readonly do: 'reclaim' }
  /** The source is given up; the copy becomes the log. */
  | { readonly do: 'promote' }

/** A log, its copy, and what is done to them. */
export interface PairVariant {
  readonly durability: Durability
  readonly options?: Partial<LogOptions>
  readonly steps: readonly PairStep[]
  /** What the first process does before anything else. */
  readonly before?: readonly PairStep[]
  /** Whether a later process may find the source gone for good: then the copy takes over as it lies there. */
  readonly takesOver?: boolean
}
