import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  isVarveError,
  type RecordDecoderOptions,
  recordDecoderStream,
  RecordEncoder,
  recordEncoderStream,
  type RecordInput,
  type VarveErrorCode,
} from '../src/index.ts'
import { checksumName, payload, word } from './support/arbitrary.ts'
import { buildFrame } from './support/oracle.ts'
import { refusal } from './support/refusal.ts'
import { decode, join, streamOf } from './support/streamed.ts'

type Bytes = Uint8Array<ArrayBuffer>

async function collect<Item>(stream: ReadableStream<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

const encode = async (records: readonly (Uint8Array | RecordInput)[], options = {}): Promise<Bytes> =>
  join(await collect(streamOf(records).pipeThrough(recordEncoderStream(options))))

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('streams', () => {
  it('carry records there and back, through chunks of any size', async () => {
    const chunking = fc.integer({ min: 1, max: 60 })
    const options = fc.record({ salt: word, checksum: checksumName, header: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 5 }), chunking, options, async (payloads, size, chosen) => {
        const bytes = await encode(payloads, chosen)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
        const { records, error } = await decode(chunks, chosen)
        expect(error).toBeUndefined()
        expect(records.map((record) => record.payload)).toEqual(payloads)
      }),
      { numRuns: 40 },
    )
  })

  it('describe themselves: a header comes first, also when nothing follows', async () => {
    const empty = await encode([])
    expect(empty.length).toBe(128)
    expect(await decode([empty])).toEqual({ records: [], error: undefined })
    expect((await encode([], { header: false })).length).toBe(0)
    expect(await decode([], { header: false })).toEqual({ records: [], error: undefined })
  })

  it('take whole records, with type and timestamp', async () => {
    const bytes = await encode([{ payload: new Uint8Array([1]), type: 3, timestamp: 1_700_000_000_000 }])
    expect(await decode([bytes])).toMatchObject({ records: [{ sequence: 1, type: 3, timestamp: 1_700_000_000_000 }] })
  })

  it('salt every stream anew', async () => {
    const [one, other] = [await encode([new Uint8Array(3)]), await encode([new Uint8Array(3)])]
    expect(one.subarray(128)).not.toEqual(other.subarray(128))
  })

  it('fail on a record that cannot be encoded', async () => {
    await expect(encode([new Uint8Array(11)], { maxRecordBytes: 10 })).rejects.toSatisfy((error) =>
      isVarveError(error, 'RECORD_TOO_LARGE'),
    )
    await expect(encode(['text' as never])).rejects.toSatisfy((error) => isVarveError(error, 'INVALID_ARGUMENT'))
  })
})

describe('a decoding stream ends with an error that says where', () => {
  const encoder = new RecordEncoder()
  const bytes = join([encoder.header, ...[1, 2].map((value) => encoder.encode(new Uint8Array(3).fill(value)))])
  const changed = (at: number): Bytes => bytes.map((byte, index) => (index === at ? byte ^ 4 : byte))
  const torn = new RecordEncoder()
  const batch = join([torn.header, torn.encode({ payload: new Uint8Array(), batchContinues: true })])

  it.each<[string, VarveErrorCode, number, number, Uint8Array, RecordDecoderOptions]>([
    ['a damaged payload', 'CORRUPT', 176, 1, changed(217), {}],
    ['a damaged frame header', 'CORRUPT', 128, 0, changed(130), {}],
    ['a damaged file header', 'NOT_A_LOG', 0, 0, changed(50), {}],
    ['something else', 'NOT_A_LOG', 0, 0, new Uint8Array(200).fill(32), {}],
    ['a record above the limit', 'RECORD_TOO_LARGE', 128, 0, bytes, { maxRecordBytes: 2 }],
    ['an end inside a frame', 'SHORT_READ', 176, 1, bytes.subarray(0, 200), {}],
    ['an end inside the header', 'SHORT_READ', 0, 0, bytes.subarray(0, 100), {}],
    ['nothing at all', 'SHORT_READ', 0, 0, new Uint8Array(), {}],
    ['a batch without its end', 'SHORT_READ', 168, 1, batch, {}],
  ])('%s: %s at %d', async (_name, code, position, count, damaged, options) => {
    const { records, error } = await decode([damaged], options)
    expect(isVarveError(error, code)).toBe(true)
    expect(error).toMatchObject({ context: { position } })
    expect(records.length).toBe(count)
  })

  it('a newer version: UNSUPPORTED_FORMAT', async () => {
    const newer = buildFrame({ payload: new Uint8Array(), sequence: 1n, version: 2 }, 0, { id: 1, salt: 0n })
    const { error } = await decode([newer], { header: false })
    expect(isVarveError(error, 'UNSUPPORTED_FORMAT')).toBe(true)
  })
})

describe('on a platform that lacks something', () => {
  const missing = (name: string, call: () => unknown): void => {
    vi.stubGlobal(name, undefined)
    expect(call).toThrow(refusal('UNSUPPORTED', new RegExp(`no ${name}: \\w`)))
  }

  it('streams say so', () => {
    missing('ReadableStream', () => recordDecoderStream())
    vi.unstubAllGlobals()
    missing('WritableStream', () => recordDecoderStream())
    vi.unstubAllGlobals()
    missing('TransformStream', () => recordEncoderStream())
  })

  it('random salts say so, and given ones are taken', () => {
    missing('crypto', () => new RecordEncoder())
    expect(() => new RecordEncoder({ salt: { low: 1, high: 1 }, logId: new Uint8Array(16) })).not.toThrow()
    expect(() => new RecordEncoder({ header: false })).not.toThrow()
  })
})
