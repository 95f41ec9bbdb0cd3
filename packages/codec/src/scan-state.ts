import { checkInteger } from './check.ts'
import type { ScanState, Word64 } from './kernel.ts'
import { checkWord } from './word.ts'

/** Where a scan begins, and what it must continue. */
export interface ScanStart {
  /** Offset in the file of the first frame, in bytes. */
  readonly position: number
  /** Frames must end at or before this offset of the file: its capacity, or `Number.MAX_SAFE_INTEGER`. */
  readonly limit: number
  /** Sequence number of the record before; the first record must be the next. 0 at the beginning of a log. */
  readonly lastSequence: number
  /** Timestamp of the record before; 0 at the beginning of a log. */
  readonly lastTimestamp: number
  /** Chain digest over all frames before. */
  readonly chain: Word64
}

/** The state of a scan that has verified nothing yet. Throws `INVALID_ARGUMENT` for numbers out of range. */
export function createScanState(start: ScanStart): ScanState {
  const { position, limit, lastSequence, lastTimestamp, chain } = start
  checkInteger('position', position, 0, Number.MAX_SAFE_INTEGER, 8)
  checkInteger('limit', limit, position, Number.MAX_SAFE_INTEGER)
  checkInteger('lastSequence', lastSequence, 0, Number.MAX_SAFE_INTEGER)
  checkInteger('lastTimestamp', lastTimestamp, 0, Number.MAX_SAFE_INTEGER)
  checkWord('chain', chain)
  return {
    position,
    unitPosition: position,
    limit,
    lastSequence,
    lastTimestamp,
    insideBatch: false,
    lastControl: 0,
    records: 0,
    frames: 0,
    durableEnd: 0,
    chainLow: chain.low,
    chainHigh: chain.high,
    needed: 0,
  }
}
