import { checkBytes, checkInteger, checkOneOf } from './check.ts'
import { VarveError } from './errors.ts'
import { capacityBytesMax, checksumId, frameBytes, frameFlag, frameHeaderBytes, sequenceMax } from './layout.ts'
import { createPortableKernel } from './portable-kernel.ts'
import { type FramePlace, type RecordInput, recordBytesMax } from './record.ts'
import { checkWord, zeroWord } from './word.ts'

/** {@link FramePlace}, and what the writer knows. */
export interface EncodeOptions extends FramePlace {
  /** Offset in bytes, a multiple of eight and at most `position`, below which the file is durable. 0 unless given. */
  readonly durableEnd?: number | undefined
}

/** Throws `INVALID_ARGUMENT` unless the options of a frame are in their ranges. */
export function checkPlace(place: FramePlace): void {
  const { salt = zeroWord, position = 0, checksum = checksumId.xxh64 } = place
  checkWord('salt', salt)
  checkInteger('position', position, 0, Number.MAX_SAFE_INTEGER, 8)
  checkOneOf('checksum', checksum, Object.values(checksumId))
}

/** Throws `INVALID_ARGUMENT` or, for the size of the payload, `RECORD_TOO_LARGE` unless `record` can be encoded. */
export function checkRecord(record: RecordInput, payloadBytesMax: number): void {
  checkBytes('payload', record.payload)
  checkInteger('sequence', record.sequence ?? 1, 1, sequenceMax)
  checkInteger('timestamp', record.timestamp ?? 0, 0, sequenceMax)
  checkInteger('type', record.type ?? 0, 0, 0xffff)
  const { length } = record.payload
  if (length <= payloadBytesMax) return
  const message = `a payload of ${length} bytes is above the limit of ${payloadBytesMax}`
  throw new VarveError('RECORD_TOO_LARGE', message, { payloadBytes: length, payloadBytesMax })
}

/**
 * One record as a frame: a header of 40 bytes, the payload, zeros up to a multiple of eight. Sequence 1 and timestamp 0
 * unless given. The frame is bound to its salt and position; `decodeRecord` must be given the same.
 *
 * Throws `INVALID_ARGUMENT` for values out of range and `RECORD_TOO_LARGE` for a payload above `recordBytesMax`.
 *
 * @example
 * const frame = encodeRecord({ payload: new Uint8Array([1, 2, 3]) })
 */
export function encodeRecord(record: RecordInput, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  checkRecord(record, recordBytesMax)
  checkPlace(options)
  const { payload, sequence = 1, timestamp = 0, type = 0, batchContinues = false } = record
  const { salt = zeroWord, position = 0, checksum = checksumId.xxh64, durableEnd = 0 } = options
  checkInteger('durableEnd', durableEnd, 0, Math.min(position, capacityBytesMax), 8)

  const frame = new Uint8Array(frameBytes(payload.length))
  frame.set(payload, frameHeaderBytes)
  const kernel = createPortableKernel(frame)
  kernel.use({ checksum, salt })
  kernel.stage(0, payload.length, sequence, timestamp, type, batchContinues ? frameFlag.batchContinues : 0)
  kernel.seal(0, frame.length, position, durableEnd, { low: 0, high: 0 })
  return frame
}
