import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../src/import/lines.ts'
import { readNdjson, type NdjsonOptions } from '../../src/import/ndjson.ts'
import { drain, type Drained } from './support.ts'

/** The text in pieces of so many bytes. */
async function* inPieces(text: string | Uint8Array, bytes = 1 << 16): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes)
}

async function read(text: string | Uint8Array, options: Partial<NdjsonOptions> = {}): Promise<Drained> {
  return await drain(readNdjson(inPieces(text), { maxRecordBytes: 1000, ...options }))
}

const texts = ({ records }: Drained): string[] => records.map(({ payload }) => Buffer.from(payload).toString())

describe('lines', () => {
  it('are those of the text, whatever pieces it comes in', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '\r', ' ') })), fc.integer({ min: 1, max: 9 }),
      async (lines, bytes) => {
        const seen: string[] = []
        const text = lines.map((line) => `${line}\n`).join('')
        for await (const some of readLines(inPieces(text, bytes), 1000)) {
          for (const line of some) {
            expect(line.isEnded).toBe(true)
            expect(line.number).toBe(seen.length + 1)
            expect(line.offset).toBe(Buffer.byteLength(seen.map((each) => `${each}\n`).join('')))
            seen.push(Buffer.from(line.bytes).toString())
          }
        }
        expect(seen).toEqual(lines)
      },
    ))
  })

  it.each(['0123456789\nmore\n', '0123456789'])('one that is too long is not gathered: %j', async (text) => {
    const seen = []
    for await (const some of readLines(inPieces(text, 3), 8)) seen.push(...some)
    expect(seen).toMatchObject([{ number: 1, isTooLong: true, bytes: new Uint8Array(0) }])
  })

  it('one that is too long within a piece ends it', async () => {
    const seen = []
    for await (const some of readLines(inPieces('ok\n0123456789\nmore\n'), 8)) seen.push(...some)
    expect(seen.map(({ isTooLong }) => isTooLong)).toEqual([false, true])
  })
})

describe('ndjson', () => {
  it('takes each line as it stands', async () => {
    const drained = await read('{"a": 1}\n"text"\n12\n[ 1 ]')
    expect(texts(drained)).toEqual(['{"a": 1}', '"text"', '12', '[ 1 ]'])
    expect(drained.stop).toBeUndefined()
    expect(drained.records.map(({ offset }) => offset)).toEqual([0, 9, 16, 19])
  })

  it.each([
    ['1\n{"a"\n3\n', 'corrupt', 2, 2, 'not JSON'],
    ['1\n\n3\n', 'corrupt', 2, 2, 'not JSON'],
    ['{}\n123', 'torn', 2, 3, 'may have lost'],
    ['{}\n{"a":', 'torn', 2, 3, 'not JSON'],
    [Buffer.from([0x31, 0x0a, 0x22, 0xff, 0x22, 0x0a]), 'corrupt', 2, 2, 'not UTF-8'],
    [`1\n"${'x'.repeat(1000)}"\n`, 'refused', 2, 2, 'more than 1000 bytes'],
  ] as const)('stops at %j: %s, line %i', async (text, verdict, record, offset, evidence) => {
    const { records, stop } = await read(text, { size: Buffer.from(text).length })
    expect(records).toHaveLength(1)
    expect(stop).toMatchObject({ verdict, record, offset, bytes: Buffer.from(text).length - offset })
    expect(stop?.evidence).toContain(evidence)
  })

  it('does not tell what is left of an input without a known end', async () => {
    expect((await read('x')).stop?.bytes).toBeUndefined()
  })

  it('hands on a batch when it is large enough', async () => {
    const source = readNdjson(inPieces('11111\n22222\n3\n'), { maxRecordBytes: 100, batchBytes: 10 })
    const first = await source.next()
    expect(first.value).toMatchObject({ bytesDone: 12 })
    expect((await drain(source)).records).toHaveLength(1)
  })
})

describe('fields', () => {
  it('become type, timestamp and payload', async () => {
    const { records, stop } = await read(
      '{"sequence":7,"type":3,"timestamp":9,"payload":"aä"}\n{"sequence":8,"payloadBase64":"AAH/"}\n', { fields: true },
    )
    expect(stop).toBeUndefined()
    expect(records).toMatchObject([
      { type: 3, timestamp: 9, payload: new Uint8Array(Buffer.from('aä')) },
      { payload: Buffer.from([0, 1, 255]) },
    ])
  })

  it.each([
    ['[]', 'no object'],
    ['null', 'no object'],
    ['{"payload":"a","colour":1}', 'a field "colour"'],
    ['{"type":65536,"payload":"a"}', 'type'],
    ['{"timestamp":-1,"payload":"a"}', 'timestamp'],
    ['{"sequence":1.5,"payload":"a"}', 'sequence'],
    ['{}', 'either a payload'],
    ['{"payload":"a","payloadBase64":"AA=="}', 'either a payload'],
    ['{"payload":{"a":1}}', 'no text'],
    ['{"payload":"\\ud800"}', 'half of a surrogate pair'],
    ['{"payloadBase64":"AB=="}', 'not base64'],
    ['{"payloadBase64":"A A="}', 'not base64'],
    ['{"payload"', 'not JSON'],
  ])('%s stops it: %s', async (line, evidence) => {
    const { records, stop } = await read(`{"payload":"before"}\n${line}\n`, { fields: true })
    expect(records).toHaveLength(1)
    expect(stop).toMatchObject({ verdict: 'corrupt', record: 2, offset: 21 })
    expect(stop?.evidence).toContain(evidence)
  })

  it.each([
    ['"timestamp":5', '"timestamp":4', 'below the one before'],
    ['"sequence":5', '"sequence":7', 'sequence 7 follows 5'],
    ['"sequence":5', '"sequence":5', 'sequence 5 follows 5'],
  ])('%s and then %s stops it', async (first, second, evidence) => {
    const { stop } = await read(`{"payload":"",${first}}\n{"payload":"",${second}}\n`, { fields: true })
    expect(stop).toMatchObject({ verdict: 'corrupt', record: 2 })
    expect(stop?.evidence).toContain(evidence)
  })

  it('a truncation at any byte gives whole records only', async () => {
    const lines = ['{"payload":"one"}', '{"type":2,"payload":"two"}', '{"payloadBase64":"AAH/"}']
    const text = lines.map((line) => `${line}\n`).join('')
    const whole = await read(text, { fields: true })
    for (let size = 0; size < text.length; size += 1) {
      const { records, stop } = await read(text.slice(0, size), { fields: true })
      expect(records).toEqual(whole.records.slice(0, records.length))
      const taken = lines.slice(0, records.length).join('\n').length
      if (stop === undefined) expect(size - taken).toBeLessThanOrEqual(1)
      else expect(stop).toMatchObject({ verdict: 'torn', record: records.length + 1 })
    }
  })
})
