import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  capacityBytesMax,
  decodeFileHeader,
  encodeFileHeader,
  type FileHeader,
} from '../src/index.ts'
import { half, word } from './support/arbitrary.ts'
import * as oracle from './support/oracle.ts'
import { refusal } from './support/refusal.ts'

const sample: FileHeader = {
  kind: 1,
  checksum: 1,
  logId: Uint8Array.from({ length: 16 }, (_, at) => at + 1),
  salt: { low: 0x01020304, high: 0xf1f2f3f4 },
  firstSequence: 0x11_2233_4455,
  lastTimestamp: 0x21_2233_4455,
  segmentIndex: 7,
  blockBytes: 4096,
  capacity: 64 * 1024 * 1024,
  chain: { low: 0xaabbccdd, high: 0x11223344 },
  epoch: 9,
  bornEnd: 8192,
  cut: 4104,
}

const safe = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1))
const header: fc.Arbitrary<FileHeader> = fc
  .record({
    kind: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    checksum: fc.constantFrom(1 as const, 2 as const),
    logId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new Uint8Array(bytes)),
    salt: word,
    firstSequence: safe.map((value) => Math.max(1, value)),
    lastTimestamp: safe,
    segmentIndex: half.map((value) => Math.max(1, value)),
    blockBytes: fc.integer({ min: 7, max: 16 }).map((exponent) => 2 ** exponent),
    capacity: fc.integer({ min: 8192, max: 2 ** 32 - 1 }).map((value) => value * 8),
    chain: word,
    epoch: safe,
    bornEnd: fc.integer({ min: 0, max: 8192 }).map((value) => value * 8),
    cut: half.map((value) => value * 8),
  })
  .map((made) => (made.kind === 1 ? made : { ...made, segmentIndex: 0 }))

/** The block of `sample` with some bytes replaced and the checksum made right again, by the oracle. */
function altered(changes: Record<number, readonly number[]>): Uint8Array {
  const block = encodeFileHeader(sample)
  for (const [at, bytes] of Object.entries(changes)) block.set(bytes, Number(at))
  block.set(oracle.toBytes(oracle.xxh64(block.subarray(0, 120), 0n), 8), 120)
  return block
}

describe('a file header', () => {
  it('comes back as it was written, from a whole block of zeros behind it', () => {
    fc.assert(
      fc.property(header, (made) => {
        const block = encodeFileHeader(made)
        expect(block.length).toBe(made.blockBytes)
        expect(block.subarray(128).every((byte) => byte === 0)).toBe(true)
        expect(decodeFileHeader(block)).toEqual({ kind: 'header', header: made })
        expect(decodeFileHeader(block.subarray(0, 128))).toEqual({ kind: 'header', header: made })
      }),
    )
  })

  it('has its fields where the table of the format has them', () => {
    const block = encodeFileHeader(sample)
    const field = (at: number, length: number): bigint => oracle.littleEndian(block.subarray(at, at + length))
    expect([...block.subarray(0, 8)]).toEqual([0x93, 0x56, 0x41, 0x52, 0x56, 0x45, 0x0d, 0x0a])
    expect([field(8, 2), field(10, 2), field(12, 1), field(13, 1), field(14, 2)]).toEqual([1n, 0n, 1n, 1n, 0n])
    expect([...block.subarray(16, 32)]).toEqual([...sample.logId])
    expect(field(32, 8)).toBe(0xf1f2f3f401020304n)
    expect(field(40, 8)).toBe(0x11_2233_4455n)
    expect(field(48, 8)).toBe(0x21_2233_4455n)
    expect([field(56, 4), field(60, 4), field(64, 8)]).toEqual([7n, 4096n, 67108864n])
    expect(field(72, 8)).toBe(0x11223344aabbccddn)
    expect([field(80, 8), field(88, 4), field(92, 4)]).toEqual([9n, 1024n, 513n])
    expect(field(96, 8) | field(104, 8) | field(112, 8)).toBe(0n)
    expect(field(120, 8)).toBe(oracle.xxh64(block.slice(0, 120), 0n))
  })

  it('gives a log id in a buffer of its own, even from a Node buffer', () => {
    const block = Buffer.from(encodeFileHeader(sample))
    const result = decodeFileHeader(block)
    block.fill(0)
    expect(result).toEqual({ kind: 'header', header: sample })
  })
})

describe('bytes that are not a header', () => {
  it('are short below 128 bytes', () => {
    const block = encodeFileHeader(sample)
    for (let length = 0; length < 128; length++) {
      expect(decodeFileHeader(block.subarray(0, length))).toEqual({ kind: 'short', needed: 128 })
    }
  })

  it('include every header with one bit flipped', () => {
    for (let bit = 0; bit < 128 * 8; bit++) {
      const block = encodeFileHeader(sample)
      block[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeFileHeader(block).kind, `bit ${bit}`).toBe('not-a-header')
    }
  })

  it('include garbage of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 128, maxLength: 200 }), (bytes) => {
        expect(decodeFileHeader(bytes).kind).toBe('not-a-header')
      }),
    )
  })

  it.each<[string, Record<number, readonly number[]>, RegExp]>([
    ['major 0', { 8: [0, 0] }, /no format 0/],
    ['kind 0', { 12: [0] }, /kind/],
    ['kind 5', { 12: [5] }, /kind/],
    ['checksum 0', { 13: [0] }, /checksum/],
    ['checksum 3', { 13: [3] }, /checksum/],
    ['first sequence 0', { 40: [0, 0, 0, 0, 0, 0, 0, 0] }, /firstSequence/],
    ['first sequence 2^53', { 40: [0, 0, 0, 0, 0, 0, 0x20, 0] }, /firstSequence/],
    ['timestamp 2^53 + 1', { 48: [1, 0, 0, 0, 0, 0, 0x20, 0] }, /lastTimestamp/],
    ['a segment of index 0', { 56: [0, 0, 0, 0] }, /segmentIndex/],
    ['a record file with an index', { 12: [2] }, /segmentIndex/],
    ['blocks of 0', { 60: [0, 0, 0, 0] }, /blockBytes/],
    ['blocks of 64', { 60: [64, 0, 0, 0] }, /blockBytes/],
    ['blocks of 4097', { 60: [1, 16, 0, 0] }, /blockBytes/],
    ['blocks of 128 KiB', { 60: [0, 0, 2, 0] }, /blockBytes/],
    ['a capacity below a block', { 64: [0xf8, 0x0f, 0, 0, 0, 0, 0, 0] }, /capacity/],
    ['an uneven capacity', { 64: [4, 0, 0, 4, 0, 0, 0, 0] }, /capacity/],
    ['a capacity of 32 GiB', { 64: [0, 0, 0, 0, 8, 0, 0, 0] }, /capacity/],
    ['epoch 2^53', { 80: [0, 0, 0, 0, 0, 0, 0x20, 0] }, /epoch/],
    ['a born end above the capacity', { 88: [1, 0, 0x80, 0] }, /bornEnd/],
    ['the first reserved byte', { 96: [1] }, /reserved/],
    ['the last reserved byte', { 119: [1] }, /reserved/],
  ])('include an intact one with %s', (_name, changes, reason) => {
    expect(decodeFileHeader(altered(changes))).toEqual({
      kind: 'not-a-header',
      reason: expect.stringMatching(reason) as string,
    })
  })
})

describe('versions', () => {
  it('refuse a newer major, naming it', () => {
    const block = altered({ 8: [2, 0, 3, 0] })
    expect(decodeFileHeader(block)).toEqual({ kind: 'unsupported', major: 2, minor: 3, requiredFeatures: 0 })
  })

  it('know the newer major by its frozen fields, whatever became of the others', () => {
    const block = altered({ 8: [9, 1], 12: [200, 200], 60: [1, 2, 3, 4], 96: [5, 6] })
    expect(decodeFileHeader(block)).toMatchObject({ kind: 'unsupported', major: 265 })
  })

  it('refuse every required feature', () => {
    for (let bit = 0; bit < 16; bit++) {
      const bits = 1 << bit
      const block = altered({ 14: [bits & 0xff, bits >> 8] })
      expect(decodeFileHeader(block)).toMatchObject({ kind: 'unsupported', major: 1, requiredFeatures: bits })
    }
  })

  it('accept a newer minor without required features', () => {
    expect(decodeFileHeader(altered({ 10: [7, 1] }))).toEqual({ kind: 'header', header: sample })
    expect(decodeFileHeader(altered({ 10: [1, 0], 96: [5] }))).toEqual({ kind: 'header', header: sample })
    expect(decodeFileHeader(altered({ 96: [5] }))).toMatchObject({ kind: 'not-a-header' })
  })
})

describe('encoding refuses a field out of range and names it', () => {
  it.each<[keyof FileHeader, unknown]>([
    ['kind', 0],
    ['kind', 5],
    ['checksum', 3],
    ['logId', new Uint8Array(15)],
    ['logId', 'sixteen letters!'],
    ['salt', { low: -1, high: 0 }],
    ['chain', { low: 0, high: 2 ** 32 }],
    ['firstSequence', 0],
    ['lastTimestamp', -1],
    ['lastTimestamp', 1.5],
    ['segmentIndex', 0],
    ['segmentIndex', 2 ** 32],
    ['blockBytes', 4095],
    ['blockBytes', 64],
    ['capacity', 4088],
    ['capacity', 4100],
    ['capacity', capacityBytesMax + 8],
    ['epoch', Number.NaN],
    ['bornEnd', 4],
    ['bornEnd', sample.capacity + 8],
    ['cut', capacityBytesMax + 8],
  ])('%s %j', (field, value) => {
    const refused = refusal('INVALID_ARGUMENT', new RegExp(`: ${field}`))
    expect(() => encodeFileHeader({ ...sample, [field]: value })).toThrow(refused)
  })
})
