import fc from 'fast-check'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32, wordToHex, xxh64 } from '../src/index.ts'
import { toBig, word } from './support/arbitrary.ts'
import * as oracle from './support/oracle.ts'
import { refusal } from './support/refusal.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('XXH64 is the published one', () => {
  /** The buffer of the reference implementation's own sanity check. */
  const sanity = new Uint8Array(222)
  let generator = 2654435761n
  for (let at = 0; at < sanity.length; at++) {
    sanity[at] = Number(generator >> 56n)
    generator = (generator * 11400714785074694797n) & ((1n << 64n) - 1n)
  }
  const seed = { low: 2654435761, high: 0 }

  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['as', '1c330fb2d66be179'],
    ['asd', '631c37ce72a97393'],
    ['asdf', '415872f599cea71e'],
    ['abc', '44bc2cf5ad770999'],
    ['Call me Ishmael. Some years ago--never mind how long precisely-', '02a2e85470d6fd96'],
  ])('of %j', (input, expected) => {
    expect(wordToHex(xxh64(text(input)))).toBe(expected)
  })

  it.each([
    [0, undefined, 'ef46db3751d8e999'],
    [0, seed, 'ac75fda2929b17ef'],
    [1, undefined, 'e934a84adb052768'],
    [1, seed, '5014607643a9b4c3'],
    [4, undefined, '9136a0dca57457ee'],
    [14, undefined, '8282dcc4994e35c8'],
    [14, seed, 'c3bd6bf63deb6df0'],
    [222, undefined, 'b641ae8cb691c174'],
    [222, seed, '20cb8ab7ae10c14a'],
  ])('of %d bytes of its sanity buffer, seed %j', (length, start, expected) => {
    expect(wordToHex(xxh64(sanity.subarray(0, length), start))).toBe(expected)
  })

  it('at every length, offset and seed', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    fc.assert(
      fc.property(bytes, fc.nat(9), word, (data, offset, start) => {
        const part = data.subarray(Math.min(offset, data.length))
        expect(toBig(xxh64(part, start))).toBe(oracle.xxh64(part, toBig(start)))
      }),
      { numRuns: 1000 },
    )
    const all = Uint8Array.from({ length: 201 }, (_, at) => at * 37 + 11)
    for (let length = 0; length <= 200; length++) {
      for (const edge of [0n, 1n, (1n << 32n) - 1n, (1n << 64n) - 1n, prime]) {
        const part = all.subarray(1, 1 + length)
        const start = { low: Number(edge & 0xffff_ffffn), high: Number(edge >> 32n) }
        expect(toBig(xxh64(part, start))).toBe(oracle.xxh64(part, edge))
      }
    }
  })
})

/** A seed that cancels the first prime of the fourth lane. */
const prime = 0x9e3779b185ebca87n

describe('CRC-32 is the one of zlib', () => {
  it('of the check string', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
  })

  it('whole and in pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (data, cut) => {
        const expected = zlibCrc32(data)
        expect(crc32(data)).toBe(expected)
        expect(crc32(data.subarray(cut), crc32(data.subarray(0, cut)))).toBe(expected)
        expect(oracle.crc32(data)).toBe(BigInt(expected))
      }),
    )
  })
})

describe('arguments out of range are refused', () => {
  it.each([
    () => crc32('text' as never),
    () => crc32(new Uint8Array(), -1),
    () => crc32(new Uint8Array(), 2 ** 32),
    () => xxh64([1, 2] as never),
    () => xxh64(new Uint8Array(), { low: 0.5, high: 0 }),
    () => xxh64(new Uint8Array(), { low: 0, high: 2 ** 32 }),
  ])('%s', (call) => {
    expect(call).toThrow(refusal('INVALID_ARGUMENT'))
  })
})
