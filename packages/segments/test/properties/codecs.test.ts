import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFloor, encodeFloor } from '../../src/format/floor.ts'
import { segmentName, sortNames, spareName } from '../../src/format/names.ts'
import { decodeSeal, encodeSeal } from '../../src/format/seal.ts'
import { seek } from '../../src/format/sparse-index.ts'
import { decodeTrailer, encodeTrailer } from '../../src/format/trailer.ts'

const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const half = fc.nat({ max: 2 ** 32 - 1 })
const word = fc.record({ low: half, high: half })
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array))

const anySeal = fc.record({
  records: number,
  lastSequence: number,
  lastTimestamp: number,
  endOffset: number,
  chain: word,
  floor: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  checkpoints: fc.uint8Array({ maxLength: 100 }).map((array) => new Uint8Array(array)),
  index: fc.array(fc.record({ sequence: number, offset: number }), { maxLength: 20 }),
})

describe('what a control record carries', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(anySeal, number, half, word, (seal, sealOffset, sealPayloadBytes, salt) => {
        expect(decodeSeal(encodeSeal(seal))).toEqual(seal)
        const trailer = { sealOffset, sealPayloadBytes }
        expect(decodeTrailer(encodeTrailer(trailer, salt), salt)).toEqual(trailer)
        const floor = sealOffset + 1
        expect(decodeFloor(encodeFloor(floor))).toBe(floor > Number.MAX_SAFE_INTEGER ? undefined : floor)
      }),
    )
  })

  it('is refused when its lengths do not add up, and never read beyond its end', () => {
    fc.assert(
      fc.property(anySeal, fc.nat(2000), bytes, word, (seal, cut, noise, salt) => {
        const encoded = encodeSeal(seal)
        const shorter = encoded.slice(0, cut % encoded.length)
        expect(decodeSeal(shorter)).toBeUndefined()
        expect(decodeSeal(new Uint8Array([...encoded, 0]))).toBeUndefined()
        expect(() => decodeSeal(noise)).not.toThrow()
        expect(decodeTrailer(new Uint8Array(64).map((_, at) => noise[at] ?? 0), salt)).toBeUndefined()
        expect(decodeFloor(noise.slice(0, 7))).toBeUndefined()
      }),
    )
  })

  it('is no SEAL when its floor is no number of a record', () => {
    fc.assert(
      fc.property(anySeal, fc.constantFrom(0, Number.MAX_SAFE_INTEGER + 1, 2 ** 63), (seal, floor) => {
        expect(decodeSeal(encodeSeal({ ...seal, floor }))).toBeUndefined()
      }),
    )
  })

  it('of a trailer is nothing under another salt, or with any bit changed', () => {
    fc.assert(
      fc.property(number, half, word, fc.nat(64 * 8 - 1), (sealOffset, sealPayloadBytes, salt, bit) => {
        const trailer = encodeTrailer({ sealOffset, sealPayloadBytes }, salt)
        expect(decodeTrailer(trailer, { low: (salt.low ^ 1) >>> 0, high: salt.high })).toBeUndefined()
        trailer[bit >> 3] = (trailer[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(decodeTrailer(trailer, salt)).toBeUndefined()
      }),
    )
  })
})

describe('names of files', () => {
  it('say what they are, and order the segments', () => {
    const place = fc.record({
      index: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      first: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    })
    fc.assert(
      fc.property(fc.array(place, { maxLength: 20 }), fc.array(fc.string()), half, (places, others, spare) => {
        const named = places.map(({ index, first }) => segmentName(index, first))
        const { segments, spares, foreign } = sortNames([...named, ...others, spareName(spare)])
        expect(segments.map(({ name }) => name)).toEqual([...named].sort())
        expect(spares).toEqual([spareName(spare)])
        expect(foreign).toEqual(others)
      }),
    )
  })
})

describe('a sparse index', () => {
  it('leads to the last entry at or before a record', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000), { maxLength: 40 }), fc.nat(1000), (sequences, wanted) => {
        const entries = sequences.sort((a, b) => a - b).map((sequence) => ({ sequence, offset: sequence * 8 }))
        expect(seek(entries, wanted)).toEqual(entries.findLast(({ sequence }) => sequence <= wanted))
      }),
    )
  })
})
