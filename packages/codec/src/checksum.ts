import { viewOf } from './bytes.ts'
import { checkBytes, checkInteger } from './check.ts'
import { crc32Of } from './crc32.ts'
import type { Word64 } from './kernel.ts'
import { checkWord, halfRange, zeroWord } from './word.ts'
import { xxh64Into } from './xxh64.ts'

/**
 * CRC-32 (IEEE, as in zlib) of `bytes`, an unsigned 32-bit integer. `initial` is the CRC-32 of what came before,
 * so that data may be taken in pieces.
 *
 * @example
 * crc32(new TextEncoder().encode('123456789')) // 0xcbf43926
 */
export function crc32(bytes: Uint8Array, initial = 0): number {
  checkBytes('bytes', bytes)
  checkInteger('initial', initial, 0, halfRange - 1)
  return crc32Of(viewOf(bytes), 0, bytes.length, initial)
}

/**
 * XXH64 of `bytes`, as two unsigned 32-bit halves; `wordToHex` prints it.
 *
 * @example
 * wordToHex(xxh64(new Uint8Array())) // 'ef46db3751d8e999'
 */
export function xxh64(bytes: Uint8Array, seed: Word64 = zeroWord): Word64 {
  checkBytes('bytes', bytes)
  checkWord('seed', seed)
  const out = new Uint32Array(2)
  xxh64Into(viewOf(bytes), 0, bytes.length, seed.low, seed.high, out)
  return { low: out[0]!, high: out[1]! }
}
