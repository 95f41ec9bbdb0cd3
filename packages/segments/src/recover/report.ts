import type { Damage } from '../read/errors.ts'

/** What an open found and did. Offsets and sizes in bytes. */
export interface RecoveryReport {
  /** The directory held no log; one was begun. */
  readonly created: boolean
  /** Id of the row of the recovery table that the end of the log was judged by; undefined when created. */
  readonly row: string | undefined
  /** The writer before said goodbye, and nothing came after it. */
  readonly cleanShutdown: boolean
  /** Segments that were found. */
  readonly segments: number
  readonly firstSequence: number
  readonly lastSequence: number
  /** Records of the last segment whose durability nothing proved; they were written again before being shown. */
  readonly carriedRecords: number
  /** What was cut off behind the last record, if anything was. */
  readonly discarded: DiscardedTail | undefined
  readonly removedSpares: readonly string[]
  /** Segments wholly below the floor, whose removal an earlier writer had begun. */
  readonly removedSegments: readonly string[]
  /** Files that are not the log's. */
  readonly foreign: readonly string[]
  /** Read-only: what is damaged. A log that is open for writing has none. */
  readonly damage: readonly Damage[]
  /** Things that went wrong without consequence for any record, such as space that could not be given back. */
  readonly notes: readonly string[]
}

/** A tail that was never acknowledged as durable. */
export interface DiscardedTail {
  readonly file: string
  /** Where the valid prefix ends. */
  readonly position: number
  /** Bytes from there to the end of the file, zeros included. */
  readonly bytes: number
  /** Why it is believed to be torn and not corrupt. */
  readonly evidence: string
  /** Frame headers of this log that still verify in it. */
  readonly headers: number
}

/** Nothing was found that anyone need hear of. */
export const unremarkable: RecoveryReport = {
  created: false,
  row: undefined,
  cleanShutdown: false,
  segments: 1,
  firstSequence: 1,
  lastSequence: 0,
  carriedRecords: 0,
  discarded: undefined,
  removedSpares: [],
  removedSegments: [],
  foreign: [],
  damage: [],
  notes: [],
}
