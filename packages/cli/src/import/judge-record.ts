import { crc32 } from '@varve/codec'
import type { Stop, StopVerdict } from './source.ts'
import type { Window } from './window.ts'

/** The two words before a payload. */
export interface Prefix {
  readonly length: number
  readonly crc: number
}

/** Bytes that they take. */
export const prefixBytes = 8

/** A record that did not verify. */
export interface Suspect {
  readonly position: number
  readonly record: number
  /** Undefined where the file ends inside it. */
  readonly prefix: Prefix | undefined
  readonly maxRecordBytes: number
}

type Judgement = readonly [StopVerdict, string]

/** Tells a last record that was cut off from damage. What it searches is bounded by the limit of a record. */
export async function judgeRecord(window: Window, suspect: Suspect): Promise<Stop> {
  const { position: offset, record } = suspect
  const [verdict, evidence] = await judge(window, suspect)
  return { verdict, record, offset, bytes: window.size - offset, evidence }
}

async function judge(window: Window, { position, prefix, maxRecordBytes }: Suspect): Promise<Judgement> {
  const rest = window.size - position
  if (prefix === undefined) return ['torn', `the file ends inside the ${prefixBytes} bytes before a payload`]
  const { length, crc } = prefix
  const missing = length - (rest - prefixBytes)
  if (length > maxRecordBytes) {
    const claim = `a length of ${length} bytes, above the limit of ${maxRecordBytes}`
    const isRecord = missing <= 0 && await window.crc32(position + prefixBytes, length) === crc
    return isRecord ? ['refused', `a record with ${claim}`] : ['corrupt', claim]
  }
  const end = Math.min(position + prefixBytes + length, window.size)
  const found = await findRecord(window, position + 1, end, maxRecordBytes)
  if (found !== undefined) return ['corrupt', `it does not verify, and the record at offset ${found} behind it does`]
  if (missing > 0) return ['torn', `the file ends ${missing} bytes before the record does`]
  if (missing === 0) return ['torn', 'the payload of the last record does not match its checksum']
  const behind = window.size - end
  if (await window.isZeroFrom(end)) {
    return ['torn', `the payload does not match its checksum, and the ${behind} bytes behind it are zeros`]
  }
  return ['corrupt', `the payload does not match its checksum, with ${behind} bytes more behind it`]
}

/** Payload bytes that a search may checksum: lengths that only look like ones must not make it endless. */
const searchedBytesMax = 256 * 1024 * 1024

/** Where a record with a payload verifies that begins from `start` on and before `end`. */
async function findRecord(window: Window, start: number, end: number, lengthMax: number): Promise<number | undefined> {
  let searchedBytes = 0
  const last = Math.min(end, window.size - prefixBytes)
  for (let at = start; at < last; ) {
    const piece = await window.piece(at, window.size)
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length)
    const base = at
    for (; at < last && at - base + prefixBytes <= piece.length; at += 1) {
      const length = view.getUint32(at - base)
      const payloadAt = at - base + prefixBytes
      if (length === 0 || length > lengthMax || length > window.size - at - prefixBytes) continue
      searchedBytes += length
      if (searchedBytes > searchedBytesMax) return undefined
      const crc = payloadAt + length <= piece.length
        ? crc32(piece.subarray(payloadAt, payloadAt + length))
        : await window.crc32(at + prefixBytes, length)
      if (crc === view.getUint32(at - base + 4)) return at
    }
  }
  return undefined
}
