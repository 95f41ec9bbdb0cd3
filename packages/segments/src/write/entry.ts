import { frameBytes, VarveError } from '@varve/codec'
import { callAborted, type CancelSignal } from '../signal.ts'

/** What a caller may say of a record; the rest has defaults. */
export interface RecordOptions {
  /** A number of the caller's, from 0 to 65,535; 0 by default. */
  readonly type?: number
  /** A safe integer from 0 that never decreases; by default that of the record before. */
  readonly timestamp?: number
}

/** What a caller may say of a call that may have to wait for room in the queue. */
export interface WaitOptions {
  /**
   * Gives the call up with `ABORTED` if it is aborted before the record has got into the queue: nothing is staged then.
   * Afterwards it has no effect: what is staged will be written.
   */
  readonly signal?: CancelSignal
}

/** What a caller may say of a record and of the call that appends it. */
export interface AppendOptions extends RecordOptions, WaitOptions {}

/** One record of a batch. */
export interface BatchEntry extends RecordOptions {
  readonly payload: Uint8Array
}

/** The numbers of a batch: first and last, inclusive. */
export interface SequenceRange {
  readonly first: number
  readonly last: number
}

/** A record that was checked and may be staged. */
export interface Entry {
  readonly payload: Uint8Array
  readonly type: number
  /** Undefined stands for that of the record before, whichever that will be when this one is staged. */
  readonly timestamp: number | undefined
}

/** A batch that was checked as a whole. */
export interface CheckedBatch {
  readonly entries: readonly Entry[]
  /** Its size on disk. */
  readonly bytes: number
  /** Of its last record, as far as it is known. */
  readonly lastTimestamp: number
}

/** @throws VarveError `ABORTED` if the caller has given up already. */
export function checkNotAborted(options: WaitOptions | undefined): void {
  const signal = options?.signal
  if (signal?.aborted === true) throw callAborted(signal)
}

/** Checks a record before anything is staged: a refused one changes nothing. Makes nothing, for there are many. */
export function checkRecord(
  payload: Uint8Array,
  options: RecordOptions | Entry | undefined,
  lastTimestamp: number,
  maxRecordBytes: number,
): void {
  if (!(payload instanceof Uint8Array)) {
    throw new VarveError('INVALID_ARGUMENT', 'a payload must be a Uint8Array; encode other values first')
  }
  if (payload.length > maxRecordBytes) throw recordTooLarge(payload.length, maxRecordBytes)
  if (options !== undefined) checkOptions(options, lastTimestamp)
}

function checkOptions({ type = 0, timestamp }: RecordOptions | Entry, lastTimestamp: number): void {
  if (!Number.isInteger(type) || type < 0 || type > 65_535) {
    throw new VarveError('INVALID_ARGUMENT', `record type ${type} is not a whole number from 0 to 65,535`, { type })
  }
  if (timestamp !== undefined && !(Number.isSafeInteger(timestamp) && timestamp >= lastTimestamp)) {
    throw new VarveError(
      'INVALID_ARGUMENT',
      `timestamp ${timestamp} is not a safe integer at or above the last one, ${lastTimestamp}`,
      { timestamp, lastTimestamp },
    )
  }
}

/** A record that was checked. */
export function entryOf(payload: Uint8Array, options: RecordOptions | Entry | undefined): Entry {
  return { payload, type: options?.type ?? 0, timestamp: options?.timestamp }
}

/** Checks a batch as a whole, before anything of it is staged. */
export function checkBatch(
  batch: readonly (BatchEntry | Entry | Uint8Array)[],
  lastTimestamp: number,
  maxRecordBytes: number,
): CheckedBatch {
  if (batch.length === 0) throw new VarveError('INVALID_ARGUMENT', 'a batch needs at least one record')
  let timestamp = lastTimestamp
  let bytes = 0
  const entries = batch.map((item) => {
    const options = item instanceof Uint8Array ? undefined : item
    const payload = payloadOf(item)
    checkRecord(payload, options, timestamp, maxRecordBytes)
    const entry = entryOf(payload, options)
    timestamp = entry.timestamp ?? timestamp
    bytes += frameBytes(entry.payload.length)
    return entry
  })
  return { entries, bytes, lastTimestamp: timestamp }
}

/** Callers without types pass anything; what is no payload is refused with the others. */
function payloadOf(item: BatchEntry | Entry | Uint8Array | null | undefined): Uint8Array {
  return item instanceof Uint8Array ? item : (item?.payload as Uint8Array)
}

function recordTooLarge(bytes: number, maxRecordBytes: number): VarveError {
  return new VarveError(
    'RECORD_TOO_LARGE',
    `a record of ${bytes} bytes is above the limit of ${maxRecordBytes}; split it, or open the log with a larger ` +
      'maxRecordBytes or segmentBytes',
    { bytes, maxRecordBytes },
  )
}
