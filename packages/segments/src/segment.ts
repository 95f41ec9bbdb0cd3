import { VarveError, type FileHeader } from '@varve/codec'
import type { IndexEntry } from './format/seal.ts'

/** One segment as the log knows it. Offsets in bytes. */
export interface Segment {
  readonly name: string
  readonly index: number
  readonly firstSequence: number
  readonly header: FileHeader
  /**
   * `active`: being appended to. `sealed`: a SEAL closes it. `cut`: its successor's header says where it ends.
   * `archived`, to those who ask the log: closed in one way or the other, and wholly below the floor.
   */
  readonly state: 'active' | 'sealed' | 'cut' | 'archived'
  /** Where its frames end, not counting SEAL and MARK. For the active segment, ask the writer. */
  readonly end: number
  /** Number of its last record; one less than the first when it holds none. */
  readonly lastSequence: number
  /** In memory for the active segment only; that of a sealed one stands in its SEAL. */
  readonly sparseIndex: readonly IndexEntry[] | undefined
}

/** One segment as its user may see it. */
export interface SegmentInfo extends Segment {
  /** About what its file takes: the capacity of a sealed segment, of the others up to where their frames end. */
  readonly bytes: number
  /** Open readers of this process that need it, now or later: this process does not remove it while there are any. */
  readonly leases: number
}

/** Whether everything before `successor` lies below the floor. */
export function isArchived(successor: Pick<Segment, 'firstSequence'>, floor: number): boolean {
  return successor.firstSequence <= floor
}

/** See `SegmentInfo.bytes`. */
export function fileBytes({ state, header, end }: Segment): number {
  return state === 'sealed' ? header.capacity : end
}

/** The segment that holds `sequence`; of the last one if it lies behind all. Segments in order, without gaps. */
export function segmentOf(segments: readonly Segment[], sequence: number): Segment | undefined {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((segments[middle] as Segment).firstSequence <= sequence) low = middle + 1
    else high = middle
  }
  // Segments without a record share their first sequence with the next one, which is the one to look into.
  return segments[low - 1]
}

export function reclaimed(sequence: number, floor: number): VarveError {
  return new VarveError(
    'RECLAIMED',
    `record ${sequence} lies below the floor; the oldest that is left is ${floor}`,
    { sequence, floor },
  )
}
