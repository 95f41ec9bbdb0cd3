import { sameWord, xxh64, viewOf, type Word64 } from '@varve/codec'
import { getNumber, getWord, putNumber, putWord } from './words.ts'

/**
 * The last 64 bytes of a sealed segment: where its SEAL stands. A hint that saves a scan, never evidence: whoever
 * follows it verifies the SEAL that it finds, and the chain to the next segment.
 */
export interface Trailer {
  readonly sealOffset: number
  readonly sealPayloadBytes: number
}

export const trailerBytes = 64
const magic = [0x56, 0x41, 0x52, 0x56, 0x53, 0x45, 0x41, 0x4c] // VARVSEAL
const checksumAt = 56

export function encodeTrailer(trailer: Trailer, salt: Word64): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(trailerBytes)
  const view = viewOf(bytes)
  bytes.set(magic)
  putNumber(view, 8, trailer.sealOffset)
  view.setUint32(16, trailer.sealPayloadBytes, true)
  putWord(view, checksumAt, xxh64(bytes.subarray(0, checksumAt), salt))
  return bytes
}

/** Undefined when it is not the trailer of this life of the file. */
export function decodeTrailer(bytes: Uint8Array<ArrayBuffer>, salt: Word64): Trailer | undefined {
  const view = viewOf(bytes)
  if (magic.some((byte, at) => bytes[at] !== byte)) return undefined
  const checksum = xxh64(bytes.subarray(0, checksumAt), salt)
  if (!sameWord(checksum, getWord(view, checksumAt))) return undefined
  return { sealOffset: getNumber(view, 8), sealPayloadBytes: view.getUint32(16, true) }
}
