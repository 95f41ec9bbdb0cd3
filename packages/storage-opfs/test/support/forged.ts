import { viewOf, wordToBytes, xxh64 } from '@varve/codec'
import { encodePoolHeader, headerBytes } from '../../src/pool-header.ts'

/** A header that was changed and has a checksum that fits: only its writer can be wrong. */
export function forgedHeader(file: number, slot: number, change: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const claim = { generation: 9, name: 'a', isConfirmed: false, isSettled: false }
  const bytes = encodePoolHeader(claim, file, slot)
  change(viewOf(bytes))
  bytes.set(wordToBytes(xxh64(bytes.subarray(0, headerBytes - 8), { low: file, high: slot })), headerBytes - 8)
  return bytes
}
