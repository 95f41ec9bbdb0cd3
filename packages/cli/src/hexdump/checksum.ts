import { checksumId, crc32, wordToBytes, wordToHex, xxh64, type FileLife, type Word64 } from '@varve/codec'

const halfRange = 2 ** 32

/** `sum`(bytes, seed) of FORMAT.md, as 16 hexadecimal digits. */
export function sum(checksum: FileLife['checksum'], bytes: Uint8Array, seed: Word64): string {
  if (checksum === checksumId.xxh64) return wordToHex(xxh64(bytes, seed))
  return wordToHex({ low: crc32(bytes, crc32(wordToBytes(seed))), high: 0 })
}

/** The low half of `sum`(bytes, seed = salt + position), as 8 hexadecimal digits. */
export function headerSum({ checksum, salt }: FileLife, bytes: Uint8Array, position: number): string {
  const low = salt.low + (position % halfRange)
  const carry = low >= halfRange ? 1 : 0
  const high = salt.high + Math.floor(position / halfRange) + carry
  return sum(checksum, bytes, { low: low >>> 0, high: high >>> 0 }).slice(8)
}
