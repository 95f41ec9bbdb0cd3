import type { LogOptions } from '@varve/segments'

/** The smallest geometry, so that a handful of records rotates. */
export const smallLog = {
  segmentBytes: 4096,
  blockBytes: 128,
  stagingBytes: 4096,
  readBytes: 4096,
  kernel: 'portable',
} as const satisfies Partial<LogOptions>

/** One thing that a caller does; sizes in bytes. */
export type Step =
  | { readonly do: 'append'; readonly bytes: number }
  | { readonly do: 'batch'; readonly bytes: readonly number[] }
  | { readonly do: 'enqueue'; readonly bytes: number }
  | { readonly do: 'sync' }
  | { readonly do: 'reopen' }
  /** Waits until everything before it has been answered. Where calls wait for each other anyway, it does nothing. */
  | { readonly do: 'wait' }
  /** Reads everything from the first record on, beside whatever else is going on. */
  | { readonly do: 'read' }
  /** Follows the log from its first record on until it is closed or the process ends. */
  | { readonly do: 'tail' }
  /** Gives up all records but the last three. */
  | { readonly do: 'archive' }
  /** Removes what was given up. */
  | { readonly do: 'reclaim' }
  /** Keeps a list of checkpoints. */
  | { readonly do: 'checkpoint' }
  /** Gives up a call that waits for room in the queue. */
  | { readonly do: 'abort' }
  /** Changes a payload while its call waits for room in the queue. */
  | { readonly do: 'overwrite' }
  /** Lets a minute pass. */
  | { readonly do: 'pause' }

export type Durability = 'sync' | 'group' | 'async'

/** A log and what is done to it. */
export interface LogVariant {
  readonly durability: Durability
  readonly options?: Partial<LogOptions>
  /** What a workload is made of; the first is the simplest. */
  readonly steps: readonly Step[]
  /** Nothing fails but the process: then what was closed in an orderly way is found so. */
  readonly isFaultless?: boolean
  /** Sizes of the records that are in the log, durable, before the first process that may die does anything. */
  readonly before?: readonly number[]
}
