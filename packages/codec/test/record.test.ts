import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeRecord,
  encodeRecord,
  type EncodeOptions,
  maxRecordBytesDefault,
  type RecordInput,
  recordBytesMax,
} from '../src/index.ts'
import { checksumName, payload, toBig, word } from './support/arbitrary.ts'
import { buildFrame } from './support/oracle.ts'
import { refusal } from './support/refusal.ts'

const record = fc.record({
  payload,
  sequence: fc.maxSafeNat().map((value) => Math.max(1, value)),
  timestamp: fc.maxSafeNat(),
  type: fc.nat(0xffff),
  batchContinues: fc.boolean(),
})
const share = fc.double({ min: 0, max: 1, noNaN: true })
const place = fc
  .record({ salt: word, position: fc.nat(2 ** 30), checksum: checksumName, durable: share })
  .map(({ salt, position, checksum, durable }) => ({
    salt,
    position: position * 8,
    checksum,
    durableEnd: Math.floor(position * durable) * 8,
  }))

describe('a record', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(record, place, payload, (input, options, behind) => {
        const frame = encodeRecord(input, options)
        const expected = {
          kind: 'record',
          record: { ...input, payload: input.payload, control: false, durableEnd: options.durableEnd },
          position: options.position,
          frameBytes: frame.length,
        }
        expect(decodeRecord(frame, options)).toEqual(expected)
        expect(decodeRecord(new Uint8Array([...frame, ...behind]), options)).toEqual(expected)
      }),
    )
  })

  it('is the frame of the table', () => {
    fc.assert(
      fc.property(record, place, (input, options) => {
        const raw = {
          payload: input.payload,
          sequence: BigInt(input.sequence),
          timestamp: BigInt(input.timestamp),
          durableEnd: options.durableEnd,
          type: input.type,
          flags: input.batchContinues ? 2 : 0,
        }
        const life = { id: options.checksum, salt: toBig(options.salt) }
        expect(encodeRecord(input, options)).toEqual(new Uint8Array(buildFrame(raw, options.position, life)))
      }),
    )
  })

  it('needs nothing but a payload', () => {
    const frame = encodeRecord({ payload: new Uint8Array([7]) })
    expect(frame.length).toBe(48)
    expect(decodeRecord(frame)).toMatchObject({ kind: 'record', record: { sequence: 1, timestamp: 0, type: 0 } })
  })

  it('does not change when the bytes that it came from do', () => {
    const input = new Uint8Array([1, 2, 3])
    const frame = Buffer.from(encodeRecord({ payload: input }))
    input.fill(9)
    const result = decodeRecord(frame)
    frame.fill(9)
    expect(result).toMatchObject({ kind: 'record', record: { payload: new Uint8Array([1, 2, 3]) } })
    expect(result.kind === 'record' && result.record.payload.buffer.byteLength).toBe(3)
  })

  it('may be a control record of a log', () => {
    const life = { id: 1, salt: 0n }
    const seal = buildFrame({ payload: new Uint8Array(), sequence: 0n, type: 1, flags: 1 }, 0, life)
    expect(decodeRecord(seal)).toMatchObject({ kind: 'record', record: { control: true, type: 1, sequence: 0 } })
  })
})

describe('a frame that is cut off', () => {
  it('is incomplete at every length, and says what it needs', () => {
    const frame = encodeRecord({ payload: new Uint8Array(21).fill(3) }, { position: 64 })
    for (let length = 0; length < frame.length; length++) {
      const needed = length < 40 ? 40 : frame.length
      const result = decodeRecord(frame.subarray(0, length), { position: 64 })
      expect(result).toMatchObject({ kind: 'incomplete', position: 64, needed })
    }
  })
})

describe('a frame that was changed', () => {
  it('is noticed, whichever bit it was: header, payload or padding', () => {
    for (const checksum of [1, 2] as const) {
      const frame = encodeRecord({ payload: new Uint8Array([1, 2, 3]), sequence: 5 }, { checksum })
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const bytes = frame.slice()
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const reason = bit < 320 ? 'header' : 'payload'
        expect(decodeRecord(bytes, { checksum }), `bit ${bit}`).toMatchObject({ kind: 'invalid', reason })
      }
    }
  })

  it('never verifies with another salt, position or checksum', () => {
    fc.assert(
      fc.property(record, place, place, (input, written, read) => {
        fc.pre(JSON.stringify([written.salt, written.position]) !== JSON.stringify([read.salt, read.position]))
        const frame = encodeRecord(input, written)
        expect(decodeRecord(frame, read)).toMatchObject({ kind: 'invalid', reason: 'header' })
        const other = { ...written, checksum: written.checksum === 1 ? (2 as const) : (1 as const) }
        expect(decodeRecord(frame, other)).toMatchObject({ kind: 'invalid', reason: 'header' })
      }),
    )
  })

  it('is not a record for any garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['incomplete', 'invalid']).toContain(decodeRecord(bytes).kind)
      }),
    )
  })
})

describe('a frame that verifies and is not acceptable', () => {
  const life = { id: 1, salt: 0n }
  const build = (changes: object): Uint8Array =>
    buildFrame({ payload: new Uint8Array(3), sequence: 1n, ...changes }, 0, life)

  it('is unsupported with an unknown version, naming both', () => {
    const result = decodeRecord(build({ version: 9 }))
    expect(result).toMatchObject({ kind: 'unsupported', position: 0 })
    expect(result.kind === 'unsupported' && result.message).toMatch(/version 9.*version 1, format 1\.0/)
  })

  it('is out of order with sequence 0, or a durable end behind itself', () => {
    expect(decodeRecord(build({ sequence: 0n }))).toMatchObject({ kind: 'invalid', reason: 'order' })
    expect(decodeRecord(build({ durableEnd: 8 }))).toMatchObject({ kind: 'invalid', reason: 'order' })
  })

  it('is too large above the limit, whether or not the payload is there', () => {
    const frame = encodeRecord({ payload: new Uint8Array(100) })
    const expected = { kind: 'too-large', payloadBytes: 100, maxRecordBytes: 99 }
    for (const length of [40, 41, 139, frame.length]) {
      expect(decodeRecord(frame.subarray(0, length), { maxRecordBytes: 99 })).toMatchObject(expected)
    }
    expect(decodeRecord(frame, { maxRecordBytes: 100 }).kind).toBe('record')
  })

  it('is too large by default above 16 MiB, before anything is allocated for it', () => {
    const frame = encodeRecord({ payload: new Uint8Array(maxRecordBytesDefault + 1) })
    expect(decodeRecord(frame.subarray(0, 40))).toMatchObject({ kind: 'too-large' })
  })

  it('reaches beyond what positions can express', () => {
    const position = Number.MAX_SAFE_INTEGER - 47
    const frame = encodeRecord({ payload: new Uint8Array(1) }, { position })
    expect(decodeRecord(frame, { position })).toMatchObject({ kind: 'invalid', reason: 'limit' })
    const last = Number.MAX_SAFE_INTEGER - 7
    expect(decodeRecord(frame, { position: last })).toMatchObject({ kind: 'invalid', reason: 'header' })
  })
})

describe('arguments out of range are refused', () => {
  const fine: RecordInput = { payload: new Uint8Array() }

  it.each<Partial<Record<keyof RecordInput, unknown>>>([
    { payload: 'text' },
    { payload: [1, 2] },
    { sequence: 0 },
    { sequence: 2 ** 53 },
    { timestamp: -1 },
    { timestamp: Number.NaN },
    { type: 65536 },
    { type: 1.5 },
  ])('record %j', (changes) => {
    expect(() => encodeRecord({ ...fine, ...changes } as RecordInput)).toThrow(/INVALID_ARGUMENT/)
  })

  it.each<Partial<Record<keyof EncodeOptions, unknown>>>([
    { salt: { low: -1, high: 0 } },
    { position: 4 },
    { position: -8 },
    { checksum: 3 },
    { durableEnd: 8 },
    { durableEnd: 4, position: 8 },
  ])('option %j', (options) => {
    expect(() => encodeRecord(fine, options as EncodeOptions)).toThrow(/INVALID_ARGUMENT/)
  })

  it('decoding: options, and what is not bytes', () => {
    expect(() => decodeRecord('text' as never)).toThrow(/INVALID_ARGUMENT/)
    expect(() => decodeRecord(new Uint8Array(), { position: 4 })).toThrow(/INVALID_ARGUMENT/)
    expect(() => decodeRecord(new Uint8Array(), { maxRecordBytes: -1 })).toThrow(/INVALID_ARGUMENT/)
    expect(() => decodeRecord(new Uint8Array(), { maxRecordBytes: 2 ** 32 })).toThrow(/INVALID_ARGUMENT/)
  })

  it('a payload above the limit, with a code of its own', () => {
    const huge = Object.create(Uint8Array.prototype, { length: { value: recordBytesMax + 1 } }) as Uint8Array
    expect(() => encodeRecord({ payload: huge })).toThrow(refusal('RECORD_TOO_LARGE'))
  })
})
