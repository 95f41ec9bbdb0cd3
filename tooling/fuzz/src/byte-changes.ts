import fc from 'fast-check'
import type { Change } from './target.ts'

/** Numbers at which code changes its mind. */
const edges: readonly number[] = [
  0, 1, 2, 7, 8, 39, 40, 41, 64, 127, 128, 255, 256, 4095, 4096, 65_535, 65_536, 2 ** 24, 2 ** 30 - 64, 2 ** 30,
  2 ** 31 - 1, 2 ** 31, 2 ** 32 - 8, 2 ** 32 - 1,
]

/** A place in bytes of any length: a fraction that counts from the front or, because ends matter, from the back. */
const place: fc.Arbitrary<(length: number) => number> = fc
  .tuple(fc.nat(0xffff), fc.boolean(), fc.boolean())
  .map(([at, isNear, isBack]) => (length) => {
    if (length === 0) return 0
    const offset = isNear ? at % Math.min(length, 64) : Math.floor((at * length) / 0x1_0000)
    return isBack ? length - 1 - offset : offset
  })

/** A number as a header field would hold it: an edge, near one, or anything. */
export const number32: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...edges),
  fc.tuple(fc.constantFrom(...edges), fc.integer({ min: -9, max: 9 })).map(([edge, by]) => (edge + by) >>> 0),
  fc.nat(0xffff_ffff),
)

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - (to - from) + by.length)
  out.set(bytes.subarray(0, from))
  out.set(by, from)
  out.set(bytes.subarray(to), from + by.length)
  return out
}

const bitFlip = fc.tuple(place, fc.nat(7)).map(([where, bit]): Change => (bytes) => {
  const out = bytes.slice()
  const at = where(out.length)
  if (out.length > 0) out[at]! ^= 1 << bit
  return out
})

const overwrite = fc
  .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 }))
  .map(([where, by]): Change => (bytes) => {
    const at = where(bytes.length)
    return replaced(bytes, at, Math.min(bytes.length, at + by.length), by)
  })

const number = fc.tuple(place, number32).map(([where, value]): Change => (bytes) => {
  const at = where(bytes.length) & ~3
  const by = new Uint8Array(4)
  new DataView(by.buffer).setUint32(0, value, true)
  return replaced(bytes, Math.min(at, bytes.length), Math.min(bytes.length, at + 4), by)
})

const cut = fc.tuple(place, fc.boolean()).map(([where, isFront]): Change => (bytes) => {
  const at = where(bytes.length)
  return isFront ? bytes.slice(at) : bytes.slice(0, at)
})

const remove = fc
  .tuple(place, fc.nat(64))
  .map(([where, length]): Change => (bytes) => {
    const at = where(bytes.length)
    return replaced(bytes, at, Math.min(bytes.length, at + length), new Uint8Array(0))
  })

/** Bytes from one place put at another, over what is there or in between. */
const splice = fc
  .tuple(place, place, fc.constantFrom(1, 4, 8, 40, 48, 128, 512), fc.boolean())
  .map(([fromWhere, toWhere, length, isInsert]): Change => (bytes) => {
    const from = fromWhere(bytes.length)
    const to = toWhere(bytes.length)
    const piece = bytes.slice(from, from + length)
    return replaced(bytes, to, isInsert ? to : Math.min(bytes.length, to + piece.length), piece)
  })

const zeros = fc
  .tuple(place, fc.constantFrom(1, 8, 40, 128))
  .map(([where, length]): Change => (bytes) => bytes.slice().fill(0, where(bytes.length), where(bytes.length) + length))

const extend = fc
  .tuple(fc.uint8Array({ maxLength: 64 }), fc.nat(255))
  .map(([tail, zerosBefore]): Change => (bytes) => {
    return replaced(bytes, bytes.length, bytes.length, Uint8Array.of(...new Uint8Array(zerosBefore & 0xf8), ...tail))
  })

/** Changes of bytes of which nothing is known. */
export const byteChange: fc.Arbitrary<Change> = fc.oneof(
  bitFlip, overwrite, number, cut, remove, splice, zeros, extend,
)
