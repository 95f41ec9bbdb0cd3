import { viewOf } from './bytes.ts'
import { checkInteger } from './check.ts'
import type { Word64 } from './kernel.ts'

/** One more than the largest value of a 32-bit half. */
export const halfRange: number = 2 ** 32

/** 64 zero bits: the salt of bytes that have no file header. */
export const zeroWord: Word64 = { low: 0, high: 0 }

/**
 * Reads eight little-endian bytes at `offset`. Throws a `RangeError` when they are not there.
 *
 * @example
 * wordFromBytes(crypto.getRandomValues(new Uint8Array(8)))
 */
export function wordFromBytes(bytes: Uint8Array, offset = 0): Word64 {
  const view = viewOf(bytes)
  return { low: view.getUint32(offset, true), high: view.getUint32(offset + 4, true) }
}

/** The eight little-endian bytes of `word`. */
export function wordToBytes(word: Word64): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8)
  const view = viewOf(bytes)
  view.setUint32(0, word.low, true)
  view.setUint32(4, word.high, true)
  return bytes
}

/** The 16 lower-case hexadecimal digits of `word`, highest first, as hash tools print them. */
export function wordToHex(word: Word64): string {
  return word.high.toString(16).padStart(8, '0') + word.low.toString(16).padStart(8, '0')
}

/** Whether two words are equal. */
export function sameWord(one: Word64, other: Word64): boolean {
  return one.low === other.low && one.high === other.high
}

/** Throws `INVALID_ARGUMENT` unless both halves are unsigned 32-bit integers. */
export function checkWord(name: string, word: Word64): void {
  checkInteger(`${name}.low`, word.low, 0, halfRange - 1)
  checkInteger(`${name}.high`, word.high, 0, halfRange - 1)
}
