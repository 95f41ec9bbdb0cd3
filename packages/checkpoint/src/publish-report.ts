import type { LogProcedures, ReclaimReport } from '@varve/segments'

/** What a publish did. */
export interface PublishReport {
  /** The checkpoint holds the state after this record. */
  readonly sequence: number
  /** Of its file. */
  readonly name: string
  /** Whether it was written; false when it was there, whole and listed. */
  readonly created: boolean
  /** Sequences of all that are kept now, newest first. */
  readonly kept: readonly number[]
  /** Names of the files that were removed: what is not kept any more, and what interrupted publishes left. */
  readonly removed: readonly string[]
  /** What became of the segments. */
  readonly reclaimed: ReclaimReport
}

/** What the observer of a log hears of a publish that has come to its end: an event `other`, named `checkpoint`. */
export interface CheckpointDetails {
  /** The checkpoint holds the state after this record. */
  readonly sequence: number
  /** Of its file. */
  readonly name: string
  /** Whether it was written; false when it was there, whole and listed. */
  readonly created: boolean
  /** Length of the state that was written; 0 when nothing was. */
  readonly bytes: number
  /** From the turn of the publish on, the state's own time included; in milliseconds. */
  readonly ms: number
  /** How many checkpoints are kept now. */
  readonly kept: number
  /** How many files of checkpoints were removed. */
  readonly removed: number
  /** How many segments were given up. */
  readonly segments: number
  /** Oldest record that is still promised. */
  readonly floor: number
}

export function tellOfPublish(
  log: LogProcedures,
  { sequence, name, created, kept, removed, reclaimed }: PublishReport,
  measured: Pick<CheckpointDetails, 'bytes' | 'ms'>,
): void {
  const counts = { kept: kept.length, removed: removed.length, segments: reclaimed.removed.length }
  const details = { sequence, name, created, ...measured, ...counts, floor: reclaimed.floor }
  log.observe({ kind: 'other', name: 'checkpoint', details: details satisfies CheckpointDetails })
}
