import type { Word64 } from '@varve/codec'
import type { LastSegment, NamedFiles, Seal, SurveyedSegment } from '@varve/segments/inspect'
import type { Finding } from './finding.ts'
import type { HistoryEntry } from './history.ts'

/**
 * What becomes of a segment in the log. `active`: the last one. `sealed`: it ends in a SEAL. `cut`: the next one's
 * header says where it ends. `archived`: wholly below the floor, of no meaning any more. `unknown`: its header cannot
 * be used, or nothing tells where it ends.
 */
export type SegmentState = 'active' | 'sealed' | 'cut' | 'archived' | 'unknown'

/** One segment, as far as it could be understood. Offsets and sizes in bytes. */
export interface SegmentPicture {
  readonly name: string
  readonly index: number
  readonly firstSequence: number
  readonly size: number
  /** Absent where the header cannot be used. */
  readonly surveyed: SurveyedSegment | undefined
  readonly state: SegmentState
  /** Number of the last record, one less than the first without any; absent where that is not known. */
  readonly lastSequence: number | undefined
  /** Where its frames end. */
  readonly end: number | undefined
  /** Chain digest over them. */
  readonly chain: Word64 | undefined
  readonly seal: Seal | undefined
  /** Of the active segment. */
  readonly last: LastSegment | undefined
}

/** A checkpoint that the log keeps, that is there, or both. */
export interface CheckpointPicture {
  readonly name: string
  readonly sequence: number
  readonly isListed: boolean
  /** Bytes of the file; absent where there is none. */
  readonly size: number | undefined
  /** Bytes of the state; known only of one that was read and is whole. */
  readonly stateBytes: number | undefined
}

/** Everything that a look brought to light. */
export interface Picture {
  readonly names: readonly string[]
  readonly files: NamedFiles
  readonly segments: readonly SegmentPicture[]
  readonly checkpoints: readonly CheckpointPicture[]
  /** The payload of the list that the log keeps; empty if there is none. */
  readonly list: Uint8Array<ArrayBuffer>
  readonly findings: readonly Finding[]
  readonly logId: Uint8Array<ArrayBuffer> | undefined
  /** Oldest record that is promised; 1 where nothing says otherwise. */
  readonly floor: number
  /** The last record that is there; 0 without any. */
  readonly lastSequence: number
  readonly history: readonly HistoryEntry[]
}
