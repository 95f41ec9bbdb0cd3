import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFrameFields,
  decodeError,
  isVarveError,
  readFrame,
  sameWord,
  VarveError,
  viewOf,
  wordFromBytes,
  wordToBytes,
  wordToHex,
} from '../src/index.ts'
import { toBig, word } from './support/arbitrary.ts'
import { buildFrame, littleEndian } from './support/oracle.ts'

describe('words', () => {
  it('are eight little-endian bytes and sixteen digits', () => {
    fc.assert(
      fc.property(word, fc.nat(9), (value, offset) => {
        const bytes = wordToBytes(value)
        expect(littleEndian(bytes)).toBe(toBig(value))
        const shifted = new Uint8Array(offset + 8)
        shifted.set(bytes, offset)
        expect(wordFromBytes(shifted, offset)).toEqual(value)
        expect(wordFromBytes(shifted.subarray(offset))).toEqual(value)
        expect(BigInt(`0x${wordToHex(value)}`)).toBe(toBig(value))
        expect(wordToHex(value).length).toBe(16)
      }),
    )
  })

  it('are the same when both halves are', () => {
    const one = { low: 1, high: 2 }
    expect(sameWord(one, { ...one })).toBe(true)
    expect(sameWord(one, { ...one, low: 2 })).toBe(false)
    expect(sameWord(one, { ...one, high: 1 })).toBe(false)
  })

  it('are not read where there are none', () => {
    expect(() => wordFromBytes(new Uint8Array(8), 1)).toThrow(RangeError)
  })
})

describe('raw fields', () => {
  it('are read as the table has them, checked or not', () => {
    const frame = {
      payload: new Uint8Array(300),
      sequence: 2n ** 40n + 7n,
      timestamp: 2n ** 53n - 1n,
      durableEnd: 2 ** 35 - 8,
      type: 0xabcd,
      flags: 0x81,
      version: 200,
    }
    const bytes = new Uint8Array([0, 0, 0, ...buildFrame(frame, 0, { id: 1, salt: 0n })])
    const fields = createFrameFields()
    expect(readFrame(viewOf(bytes.subarray(3)), 0, fields)).toBe(fields)
    const expected = { ...frame, payloadBytes: 300, sequence: 2 ** 40 + 7, timestamp: 2 ** 53 - 1 }
    expect({ ...fields, payload: frame.payload }).toEqual(expected)
    expect(readFrame(viewOf(bytes), 3, createFrameFields())).toEqual(fields)
    expect(() => readFrame(viewOf(bytes), bytes.length - 39, fields)).toThrow(RangeError)
  })
})

describe('errors', () => {
  it('are told by their brand and code, across copies of this package', () => {
    const error = new VarveError('CORRUPT', 'at 8', { position: 8 }, 'cause')
    expect(error).toMatchObject({ name: 'VarveError', message: 'CORRUPT: at 8', code: 'CORRUPT', cause: 'cause' })
    expect(error).toBeInstanceOf(Error)
    expect(isVarveError(error)).toBe(true)
    expect(isVarveError(error, 'CORRUPT')).toBe(true)
    expect(isVarveError(error, 'IO')).toBe(false)
    expect(isVarveError({ [Symbol.for('varve.error')]: true, code: 'IO' }, 'IO')).toBe(true)
    for (const other of [undefined, null, 'CORRUPT', 7, new Error('CORRUPT'), { code: 'CORRUPT' }]) {
      expect(isVarveError(other)).toBe(false)
    }
  })

  it('have no cause and no context unless given', () => {
    const error = new VarveError('CLOSED', 'x')
    expect('cause' in error).toBe(false)
    expect(error.context).toEqual({})
    expect(Object.keys(error).sort()).toEqual(['code', 'context', 'name'])
  })

  it('are made of failures, with their facts', () => {
    const failure = { kind: 'invalid', position: 16, reason: 'payload', message: 'm' } as const
    const error = decodeError(failure)
    expect(error).toMatchObject({ code: 'CORRUPT', message: 'CORRUPT: m' })
    expect(error.context).toEqual({ position: 16, reason: 'payload' })
  })
})
