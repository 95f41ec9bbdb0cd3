import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  type DecodedRecord,
  type DecoderResult,
  encodeFileHeader,
  encodeRecord,
  type FileHeader,
  frameBytes,
  RecordDecoder,
  type RecordDecoderOptions,
  RecordEncoder,
} from '../src/index.ts'
import { readHeaderBlock } from '../src/header-block.ts'
import { checksumName, payload, validRun, word } from './support/arbitrary.ts'
import { buildFrame, joinFrames, type RawFrame, toBytes, xxh64 } from './support/oracle.ts'
import { refusal } from './support/refusal.ts'

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]))
const ending = (decoder: RecordDecoder): string => decoder.finish()?.kind ?? 'whole'

/** Cuts `bytes` into chunks of the given sizes, over and over. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** All results over all chunks, a failure once, and how the bytes ended. */
function decode(bytes: Uint8Array, sizes: readonly number[], options: RecordDecoderOptions = {}): unknown {
  const decoder = new RecordDecoder(options)
  const results: DecoderResult[] = []
  for (const chunk of cut(bytes, sizes)) {
    const some = decoder.push(chunk.slice())
    results.push(...some)
    if (some.some((result) => result.kind !== 'record')) break
  }
  return { results, position: decoder.position, end: decoder.finish() }
}

const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 })
const written = fc
  .record({ payloads: fc.array(payload, { maxLength: 6 }), salt: word, checksum: checksumName, header: fc.boolean() })
  .map(({ payloads, ...options }) => {
    const encoder = new RecordEncoder(options)
    const frames = payloads.map((bytes) => encoder.encode({ payload: bytes }))
    return { payloads, options, bytes: join(encoder.header, ...frames) }
  })

describe('a decoder gives back what an encoder was given', () => {
  it('however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(written, sizes, ({ payloads, options, bytes }, chunks) => {
        const decoder = new RecordDecoder(options)
        const records: DecodedRecord[] = []
        for (const chunk of cut(bytes, chunks)) {
          for (const result of decoder.push(chunk)) {
            expect(result.kind).toBe('record')
            if (result.kind === 'record') records.push(result.record)
          }
        }
        expect(records.map((record) => record.payload)).toEqual(payloads)
        expect(records.map((record) => record.sequence)).toEqual(payloads.map((_, at) => at + 1))
        expect(decoder.finish()).toBeUndefined()
        expect(decoder.position).toBe(bytes.length)
        expect(decoder.header === undefined).toBe(!options.header)
      }),
    )
  })

  it('with the same verdict on damaged bytes, however they are cut', () => {
    fc.assert(
      fc.property(written, sizes, fc.nat(), fc.nat(255), ({ options, bytes }, chunks, at, byte) => {
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        expect(decode(bytes, chunks, options)).toEqual(decode(bytes, [bytes.length], options))
        expect(decode(bytes, [1], options)).toEqual(decode(bytes, [bytes.length], options))
      }),
    )
  })

  it('up to where the bytes end, at every length', () => {
    const encoder = new RecordEncoder({ salt: { low: 1, high: 2 } })
    const frames = [3, 0, 17].map((length) => encoder.encode(new Uint8Array(length).fill(length)))
    const bytes = join(encoder.header, ...frames)
    const ends = [128, 176, 216, bytes.length]
    for (let length = 0; length <= bytes.length; length++) {
      const decoder = new RecordDecoder()
      const results = decoder.push(bytes.subarray(0, length))
      const whole = ends.filter((end) => end <= length)
      expect(results.length).toBe(Math.max(0, whole.length - 1))
      expect(decoder.position).toBe(whole.at(-1) ?? 0)
      expect(decoder.insideFrame).toBe(length !== 0 && !ends.includes(length))
      expect(ending(decoder)).toBe(ends.includes(length) ? 'whole' : 'incomplete')
    }
  })

  it('in payloads that nobody else holds', () => {
    const encoder = new RecordEncoder()
    const chunk = join(encoder.header, encoder.encode(new Uint8Array([1, 2])))
    const decoder = new RecordDecoder()
    const [result] = decoder.push(chunk)
    chunk.fill(0)
    decoder.push(encoder.encode(new Uint8Array(40_000).fill(7)))
    expect(result).toMatchObject({ kind: 'record', record: { payload: new Uint8Array([1, 2]) } })
  })
})

describe('what memory a decoder takes', () => {
  it('suffices for records larger than its buffer, in any chunks', () => {
    for (const size of [16_000, 16_344, 16_345, 40_000, 200_000]) {
      const encoder = new RecordEncoder()
      const parts = [encoder.encode(new Uint8Array(5)), encoder.encode(new Uint8Array(size).fill(9))]
      const bytes = join(encoder.header, ...parts, encoder.encode(new Uint8Array(5)))
      for (const chunk of [997, 16_384, bytes.length]) {
        const results = [...cut(bytes, [chunk])].flatMap((() => {
          const decoder = new RecordDecoder()
          return (part: Uint8Array) => [...decoder.push(part)]
        })())
        expect(results.map((result) => result.kind === 'record' && result.record.payload.length)).toEqual([5, size, 5])
      }
    }
  })

  it('grows with the bytes that came, never with what a header promises', () => {
    const encoder = new RecordEncoder({ header: false })
    const header = encoder.encode(new Uint8Array(8_000_000)).subarray(0, 40)
    const made: number[] = []
    const Original = Uint8Array
    const decoder = new RecordDecoder({ header: false })
    decoder.push(header)
    decoder.push(new Uint8Array(16_384 - 40))
    vi.stubGlobal(
      'Uint8Array',
      new Proxy(Original, {
        construct(target, args: [number]) {
          if (typeof args[0] === 'number') made.push(args[0])
          return Reflect.construct(target, args) as object
        },
      }),
    )
    decoder.push(new Original(1))
    vi.unstubAllGlobals()
    expect(made).toEqual([32_768])
  })

  it('is refused to a record above the limit, by its header alone', () => {
    const encoder = new RecordEncoder()
    const bytes = join(encoder.header, encoder.encode(new Uint8Array(9)), encoder.encode(new Uint8Array(11)))
    for (const length of [bytes.length, 128 + 56 + 40]) {
      for (const chunk of [1, 7, length]) {
        expect(decode(bytes.subarray(0, length), [chunk], { maxRecordBytes: 10 })).toMatchObject({
          results: [{ kind: 'record' }, { kind: 'too-large', position: 184, payloadBytes: 11, maxRecordBytes: 10 }],
          position: 184,
        })
      }
    }
  })
})

describe('a failure', () => {
  const encoder = new RecordEncoder({ header: false })
  const first = encoder.encode(new Uint8Array([1]))
  const second = encoder.encode(new Uint8Array([2]))
  const damaged = join(first, second)
  damaged[90]! ^= 1

  it('comes after the records before it, and stays', () => {
    const decoder = new RecordDecoder({ header: false })
    const failure = { kind: 'invalid', position: 48, reason: 'payload' }
    expect(decoder.push(damaged)).toMatchObject([{ kind: 'record', position: 0, frameBytes: 48 }, failure])
    expect(decoder.push(second)).toMatchObject([failure])
    expect(decoder.push(new Uint8Array())).toMatchObject([failure])
    expect(decoder.finish()).toMatchObject(failure)
    expect(decoder.position).toBe(48)
  })

  it('is a CLOSED error after the end was announced', () => {
    const decoder = new RecordDecoder()
    decoder.finish()
    expect(() => decoder.push(new Uint8Array(1))).toThrow(refusal('CLOSED'))
  })

  it('is an INVALID_ARGUMENT error for what is not bytes', () => {
    expect(() => new RecordDecoder().push('text' as never)).toThrow(/INVALID_ARGUMENT/)
  })

  it.each<Partial<Record<keyof RecordDecoderOptions, unknown>>>([
    { salt: { low: 1, high: -1 } },
    { position: 7 },
    { checksum: 0 },
    { order: 'loose' },
    { control: true },
    { maxRecordBytes: 2 ** 31 },
    { firstSequence: 0 },
  ])('is an INVALID_ARGUMENT error for options of %j', (options) => {
    expect(() => new RecordDecoder(options as RecordDecoderOptions)).toThrow(/INVALID_ARGUMENT/)
  })
})

describe('the order of records', () => {
  const frames = (...sequences: number[]): Uint8Array => {
    let bytes: Uint8Array = new Uint8Array()
    for (const sequence of sequences) {
      const record = { payload: new Uint8Array(), sequence, timestamp: 100 - sequence }
      bytes = join(bytes, encodeRecord(record, { position: bytes.length }))
    }
    return bytes
  }
  const verdict = (bytes: Uint8Array, options: RecordDecoderOptions): string[] =>
    new RecordDecoder({ header: false, ...options })
      .push(bytes)
      .map((result) => (result.kind === 'invalid' ? result.reason : result.kind))

  it('is strict unless told otherwise, from whatever number comes first', () => {
    const encoder = new RecordEncoder({ header: false, firstSequence: 41 })
    const bytes = join(encoder.encode(new Uint8Array()), encoder.encode(new Uint8Array()))
    expect(verdict(bytes, {})).toEqual(['record', 'record'])
    expect(verdict(bytes, { firstSequence: 41 })).toEqual(['record', 'record'])
    expect(verdict(bytes, { firstSequence: 40 })).toEqual(['order'])
    expect(verdict(frames(1, 3), {})).toEqual(['record', 'order'])
    expect(verdict(frames(1, 2), {})).toEqual(['record', 'order'])
  })

  it('may be any, where the caller knows better', () => {
    expect(verdict(frames(5, 1, 1, 9, 2), { order: 'any' })).toEqual(Array(5).fill('record'))
  })

  it('is that of the header, where there is one', () => {
    const encoder = new RecordEncoder({ firstSequence: 7, lastTimestamp: 50 })
    const [result] = new RecordDecoder().push(join(encoder.header, encoder.encode(new Uint8Array())))
    expect(result).toMatchObject({ kind: 'record', record: { sequence: 7, timestamp: 50 } })
    const other = new RecordEncoder({ firstSequence: 8, salt: { low: 1, high: 1 } })
    const forged = new RecordEncoder({ firstSequence: 7, salt: { low: 1, high: 1 } })
    const mixed = join(forged.header, other.encode(new Uint8Array()))
    expect(new RecordDecoder().push(mixed)).toMatchObject([{ kind: 'invalid', reason: 'order', position: 128 }])
  })

  it('knows a batch that has not ended', () => {
    const encoder = new RecordEncoder()
    const decoder = new RecordDecoder()
    decoder.push(join(encoder.header, encoder.encode({ payload: new Uint8Array(1), batchContinues: true })))
    expect(decoder.insideBatch).toBe(true)
    const position = encoder.position
    decoder.push(encoder.encode(new Uint8Array(2)))
    expect(decoder.insideBatch).toBe(false)
    decoder.push(encoder.encode({ payload: new Uint8Array(1), batchContinues: true }))
    expect(decoder.finish()).toMatchObject({ kind: 'incomplete', position: position + 96, needed: 40 })
    expect(decoder.finish()?.message).toMatch(/batch/)
  })
})

describe('control records', () => {
  it('are skipped, or yielded when asked for', () => {
    fc.assert(
      fc.property(validRun(), sizes, (frames, chunks) => {
        const bytes = joinFrames(frames, 0, { id: 1, salt: 0n })
        const sequences = (control: 'skip' | 'yield'): (number | string)[] => {
          const decoder = new RecordDecoder({ header: false, firstSequence: 1, control })
          return [...cut(bytes, chunks)].flatMap((chunk) =>
            decoder.push(chunk).map((result) => (result.kind === 'record' ? result.record.sequence : result.kind)),
          )
        }
        const isRecord = (frame: RawFrame): boolean => ((frame.flags ?? 0) & 1) === 0
        expect(sequences('skip')).toEqual(frames.filter(isRecord).map((frame) => Number(frame.sequence)))
        expect(sequences('yield')).toEqual(frames.map((frame) => Number(frame.sequence)))
      }),
    )
  })
})

describe('the file header of a stream', () => {
  const header: FileHeader = {
    kind: 1,
    checksum: 2,
    logId: new Uint8Array(16),
    salt: { low: 5, high: 6 },
    firstSequence: 10,
    lastTimestamp: 3,
    segmentIndex: 1,
    blockBytes: 4096,
    capacity: 8192,
    chain: { low: 0, high: 0 },
    epoch: 1,
    bornEnd: 0,
    cut: 0,
  }
  const life = { id: 2, salt: (6n << 32n) | 5n }
  const frame = buildFrame({ payload: new Uint8Array(8), sequence: 10n, timestamp: 3n }, 4096, life)

  it('says everything about what follows, also in another kind of file when that is allowed', () => {
    for (const chunk of [1, 100, 5000]) {
      const decoder = new RecordDecoder({ kinds: [1, 3] })
      const parts = [...cut(join(encodeFileHeader(header), frame), [chunk])]
      const results = parts.flatMap((part) => [...decoder.push(part)])
      expect(results).toMatchObject([{ kind: 'record', position: 4096, record: { sequence: 10 } }])
      expect(decoder.header).toEqual(header)
    }
  })

  it('limits the stream to its capacity', () => {
    const frames: Uint8Array[] = []
    let position = 4096
    for (let sequence = 10n; position < 8192 + 48; sequence++) {
      const bytes = new Uint8Array(sequence === 10n ? 0 : 472)
      const next = buildFrame({ payload: bytes, sequence, timestamp: 3n }, position, life)
      frames.push(next)
      position += next.length
    }
    const results = new RecordDecoder({ kinds: [1] }).push(join(encodeFileHeader(header), ...frames))
    expect(results.at(-1)).toMatchObject({ kind: 'invalid', reason: 'limit', position: 4096 + 40 + 7 * 512 })

    const full = buildFrame({ payload: new Uint8Array(4056), sequence: 10n, timestamp: 3n }, 4096, life)
    const behind = new RecordDecoder({ kinds: [1] })
    expect(behind.push(join(encodeFileHeader(header), full, new Uint8Array(40)))).toMatchObject([
      { kind: 'record' },
      { kind: 'invalid', reason: 'limit', position: 8192 },
    ])
    expect(behind.position).toBe(8192)
  })

  it('is missed in another kind of file, in text, and where it was changed', () => {
    const kind = { kind: 'not-a-log', position: 0, message: expect.stringMatching(/kind 1, expected 2/) as string }
    expect(new RecordDecoder().push(encodeFileHeader(header))).toMatchObject([kind])
    expect(new RecordDecoder().push(new Uint8Array(128).fill(97))).toMatchObject([{ kind: 'not-a-log' }])
    const block = new RecordEncoder().header
    for (let bit = 0; bit < block.length * 8; bit += 3) {
      const bytes = block.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(new RecordDecoder().push(bytes)).toMatchObject([{ kind: 'not-a-log' }])
    }
  })

  it('is incomplete below 128 bytes, then below its block', () => {
    const block = encodeFileHeader(header)
    expect(readHeaderBlock(block.subarray(0, 127), [1])).toMatchObject({ kind: 'incomplete', needed: 128 })
    expect(readHeaderBlock(block.subarray(0, 128), [1])).toMatchObject({ kind: 'incomplete', needed: 4096 })
    expect(readHeaderBlock(block, [1])).toEqual({ kind: 'header', header })
  })

  it('must be followed by zeros up to the end of its block', () => {
    const block = encodeFileHeader({ ...header, kind: 2, segmentIndex: 0 })
    block[4095] = 1
    const decoder = new RecordDecoder()
    expect(decoder.push(block)).toMatchObject([{ kind: 'invalid', reason: 'file-header', position: 0 }])
  })

  it('is refused with a newer version, naming both', () => {
    const block = new RecordEncoder().header
    block.set([2, 0, 5, 0], 8)
    block.set(toBytes(xxh64(block.subarray(0, 120), 0n), 8), 120)
    const [result] = new RecordDecoder().push(block)
    expect(result).toMatchObject({ kind: 'unsupported', position: 0 })
    expect(result!.kind === 'unsupported' && result!.message).toMatch(/format 2\.5.*format 1\.0/)
  })

  it('is still to come when nothing came', () => {
    const decoder = new RecordDecoder()
    expect(decoder.push(new Uint8Array())).toEqual([])
    expect(decoder.position).toBe(0)
    expect(decoder.finish()).toMatchObject({ kind: 'incomplete', position: 0, needed: 128 })
    const begun = new RecordDecoder({ kinds: [1] })
    begun.push(encodeFileHeader(header).subarray(0, 2000))
    expect(begun.finish()).toMatchObject({ kind: 'incomplete', position: 0, needed: 4096 })
  })
})

describe('an encoder', () => {
  it('counts, repeats the timestamp and keeps the position', () => {
    const encoder = new RecordEncoder({ firstSequence: 5, lastTimestamp: 9 })
    expect(encoder.position).toBe(128)
    expect(encoder.lastSequence).toBe(4)
    const parts = [encoder.header, encoder.encode(new Uint8Array(3))]
    parts.push(encoder.encode({ payload: new Uint8Array(), type: 4, timestamp: 12 }))
    parts.push(encoder.encode({ payload: new Uint8Array(), sequence: 7 }))
    expect(encoder.lastSequence).toBe(7)
    expect(encoder.position).toBe(128 + frameBytes(3) + 80)
    const results = new RecordDecoder().push(join(...parts))
    expect(results.map((result) => result.kind === 'record' && result.record)).toMatchObject([
      { sequence: 5, timestamp: 9, type: 0 },
      { sequence: 6, timestamp: 12, type: 4 },
      { sequence: 7, timestamp: 12, type: 0 },
    ])
  })

  it('takes a new salt and log id for every stream, and those that it is given', () => {
    const one = new RecordEncoder().header
    const other = new RecordEncoder().header
    expect(one.subarray(16, 32)).not.toEqual(other.subarray(16, 32))
    expect(one.subarray(32, 40)).not.toEqual(other.subarray(32, 40))
    const given = { salt: { low: 1, high: 2 }, logId: new Uint8Array(16).fill(3) }
    expect(new RecordEncoder(given).header).toEqual(new RecordEncoder(given).header)
  })

  it('changes nothing when it refuses', () => {
    const encoder = new RecordEncoder({ lastTimestamp: 5, maxRecordBytes: 10, header: false })
    expect(encoder.header.length).toBe(0)
    const bytes = new Uint8Array()
    expect(() => encoder.encode({ payload: bytes, sequence: 2 })).toThrow(/INVALID_ARGUMENT: sequence/)
    expect(() => encoder.encode({ payload: bytes, timestamp: 4 })).toThrow(/INVALID_ARGUMENT: timestamp/)
    expect(() => encoder.encode({ payload: bytes, type: -1 })).toThrow(/INVALID_ARGUMENT: type/)
    expect(() => encoder.encode('text' as never)).toThrow(/INVALID_ARGUMENT: payload/)
    expect(() => encoder.encode(new Uint8Array(11))).toThrow(/RECORD_TOO_LARGE/)
    expect([encoder.position, encoder.lastSequence]).toEqual([0, 0])
  })

  it('never exceeds the capacity that its header promises', () => {
    const encoder = new RecordEncoder({ capacity: 128 + 88 })
    const parts = [encoder.header, encoder.encode(new Uint8Array(8))]
    const full = refusal('RECORD_TOO_LARGE', /stream is full/)
    expect(() => encoder.encode(new Uint8Array(1))).toThrow(full)
    parts.push(encoder.encode(new Uint8Array()))
    expect(encoder.position).toBe(216)
    expect(() => encoder.encode(new Uint8Array())).toThrow(full)
    const decoder = new RecordDecoder()
    expect(decoder.push(join(...parts)).map((result) => result.kind)).toEqual(['record', 'record'])
    expect(decoder.finish()).toBeUndefined()
    expect(() => new RecordEncoder({ capacity: 100 })).toThrow(/capacity/)
  })

  it('refuses options out of range', () => {
    expect(() => new RecordEncoder({ firstSequence: 0 })).toThrow(/firstSequence/)
    expect(() => new RecordEncoder({ lastTimestamp: -1 })).toThrow(/lastTimestamp/)
    expect(() => new RecordEncoder({ maxRecordBytes: -1 })).toThrow(/maxRecordBytes/)
    expect(() => new RecordEncoder({ logId: new Uint8Array(3) })).toThrow(/logId/)
    expect(() => new RecordEncoder({ header: false, salt: { low: -1, high: 0 } })).toThrow(/salt/)
    expect(() => new RecordEncoder({ header: false, checksum: 0 as never })).toThrow(/checksum/)
  })
})
