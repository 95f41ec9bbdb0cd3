import { copyOf } from './bytes.ts'
import { checkBytes, checkInteger } from './check.ts'
import { FrameReader } from './decode-frame.ts'
import { checkPlace } from './encode-record.ts'
import type { ScanState } from './kernel.ts'
import { checksumId, frameHeaderBytes } from './layout.ts'
import { createPortableKernel } from './portable-kernel.ts'
import { type DecodeResult, type FramePlace, maxRecordBytesDefault, recordBytesMax } from './record.ts'
import { createScanState } from './scan-state.ts'
import { zeroWord } from './word.ts'

/** {@link FramePlace}, and what the reader allows. */
export interface DecodeOptions extends FramePlace {
  /** The largest payload accepted, in bytes. 16 MiB unless given. */
  readonly maxRecordBytes?: number | undefined
}

/**
 * The record that `bytes` begin with; what follows it is not looked at. Bytes are never a reason to throw: the result
 * says what they are. Any sequence and timestamp is accepted, control records as well.
 *
 * Throws `INVALID_ARGUMENT` for options out of range.
 *
 * @example
 * const result = decodeRecord(bytes)
 * if (result.kind === 'record') use(result.record.payload)
 * else if (result.kind === 'incomplete') await more(result.needed)
 * else throw decodeError(result)
 */
export function decodeRecord(bytes: Uint8Array, options: DecodeOptions = {}): DecodeResult {
  checkBytes('bytes', bytes)
  checkPlace(options)
  const { position = 0, maxRecordBytes = maxRecordBytesDefault } = options
  checkInteger('maxRecordBytes', maxRecordBytes, 0, recordBytesMax)
  const limit = Number.MAX_SAFE_INTEGER
  const state = createScanState({ position, limit, lastSequence: 0, lastTimestamp: 0, chain: zeroWord })
  // The header alone first: only a length that verified decides how much is copied.
  const head = decodeCopy(bytes, frameHeaderBytes, state, options, maxRecordBytes)
  if (head.kind !== 'incomplete' || head.needed > bytes.length) return head
  return decodeCopy(bytes, head.needed, state, options, maxRecordBytes)
}

function decodeCopy(
  bytes: Uint8Array,
  length: number,
  state: ScanState,
  place: FramePlace,
  maxRecordBytes: number,
): DecodeResult {
  const copy = copyOf(bytes, 0, length)
  const kernel = createPortableKernel(copy)
  kernel.use({ checksum: place.checksum ?? checksumId.xxh64, salt: place.salt ?? zeroWord })
  return new FrameReader(kernel, maxRecordBytes).read(0, copy.length, state, 'any')
}
