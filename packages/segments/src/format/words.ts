import type { Word64 } from '@varve/codec'

/** Numbers of 64 bits as they stand in control records: little-endian, safe integers. */

const two32 = 2 ** 32

export function putNumber(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % two32, true)
  view.setUint32(at + 4, Math.floor(value / two32), true)
}

/** May be larger than a safe integer; whoever reads it checks what it means. */
export function getNumber(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * two32
}

export function putWord(view: DataView, at: number, word: Word64): void {
  view.setUint32(at, word.low, true)
  view.setUint32(at + 4, word.high, true)
}

export function getWord(view: DataView, at: number): Word64 {
  return { low: view.getUint32(at, true), high: view.getUint32(at + 4, true) }
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
