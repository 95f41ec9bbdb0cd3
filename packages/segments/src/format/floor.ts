import { viewOf } from '@varve/codec'
import { getNumber, putNumber } from './words.ts'

/** The payload of a FLOOR record: the oldest sequence number that is still promised. */
export function encodeFloor(sequence: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8)
  putNumber(viewOf(bytes), 0, sequence)
  return bytes
}

/** Undefined when it is not a FLOOR of this format. */
export function decodeFloor(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  if (bytes.length !== 8) return undefined
  const sequence = getNumber(viewOf(bytes), 0)
  return isFloor(sequence) ? sequence : undefined
}

/** Whether a number that was read can be one. */
export function isFloor(sequence: number): boolean {
  return Number.isSafeInteger(sequence) && sequence >= 1
}
