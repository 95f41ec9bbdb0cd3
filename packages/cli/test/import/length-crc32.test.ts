import { crc32 as nodeCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Window } from '../../src/import/window.ts'
import { drain, fixtureBytes, fixturePayload, inputOf, readBytes, type Drained } from './support.ts'
import { readLengthCrc32 } from '../../src/import/length-crc32.ts'

/** CRC-32 a bit at a time: nothing in common with the one that is tested. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

function encode(payloads: readonly Uint8Array[]): Buffer {
  return Buffer.concat(payloads.flatMap((payload) => {
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32BE(payload.length, 0)
    prefix.writeUInt32BE(crcOf(payload), 4)
    return [prefix, payload]
  }))
}

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 })
const count = 40
const offsetOf20 = Array.from({ length: 19 }, (_, at) => 8 + fixturePayload(at + 1).length).reduce((a, b) => a + b)

function expectFixture({ records }: Drained, through: number): void {
  expect(records.map(({ payload }) => Buffer.from(payload))).toEqual(
    Array.from({ length: through }, (_, at) => fixturePayload(at + 1)),
  )
}

describe('files of an independent writer', () => {
  it('are read whole', async () => {
    const drained = await readBytes(fixtureBytes('whole.log'))
    expectFixture(drained, count)
    expect(drained.stop).toBeUndefined()
  })

  it.each([
    ['torn-payload.log', 'torn', count, 'ends 5 bytes before'],
    ['torn-prefix.log', 'torn', count, 'inside the 8 bytes'],
    ['zero-tail.log', 'torn', count + 1, 'nothing but zeros'],
    ['torn-and-zeros.log', 'torn', count, 'are zeros'],
    ['flipped-payload.log', 'corrupt', 20, 'does not match its checksum, with'],
    ['absurd-length.log', 'corrupt', 20, 'above the limit'],
    ['longer-length.log', 'corrupt', 20, 'above the limit'],
  ] as const)('%s: %s at record %i', async (name, verdict, record, evidence) => {
    const bytes = fixtureBytes(name)
    const drained = await readBytes(bytes)
    expectFixture(drained, record - 1)
    expect(drained.stop).toMatchObject({ verdict, record, bytes: bytes.length - (drained.stop?.offset ?? 0) })
    expect(drained.stop?.evidence).toContain(evidence)
    if (record === 20) expect(drained.stop?.offset).toBe(offsetOf20)
  })

  it('a length that is believable and reaches beyond the end is damage when a record verifies behind it', async () => {
    const { stop } = await readBytes(fixtureBytes('longer-length.log'), { maxRecordBytes: 1 << 24 })
    expect(stop).toMatchObject({ verdict: 'corrupt', record: 20 })
    expect(stop?.evidence).toContain('the record at offset')
  })

  it('empty records count when a record follows, and at the end only when that is asked for', async () => {
    const bytes = fixtureBytes('empty-records.log')
    const { records, stop } = await readBytes(bytes)
    expect(records.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['a', '', '', 'b'])
    expect(records.map(({ offset }) => offset)).toEqual([0, 9, 17, 25])
    expect(stop).toMatchObject({ verdict: 'torn', record: 5, offset: 34, bytes: 8 })
    const kept = await readBytes(bytes, { keepEmpty: true })
    expect(kept.records).toHaveLength(5)
    expect(kept.stop).toBeUndefined()
  })
})

describe('what verifies is what was written', () => {
  it('whatever the sizes of windows, reads and batches', async () => {
    await fc.assert(fc.asyncProperty(
      payloads, fc.integer({ min: 8, max: 64 }), fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }),
      async (written, windowBytes, atOnce, batchBytes) => {
        const options = { maxRecordBytes: 64, windowBytes, batchBytes }
        const { records, stop } = await drain(readLengthCrc32(inputOf(encode(written), atOnce), options))
        expect(stop).toBeUndefined()
        expect(records.map(({ payload }) => [...payload])).toEqual(written.map((payload) => [...payload]))
      },
    ))
  })

  it('a truncation at any byte is torn at the record that it hits, and gives what is before it', async () => {
    await fc.assert(fc.asyncProperty(payloads, async (written) => {
      const bytes = encode(written)
      for (let size = 0; size < bytes.length; size += 1) {
        const { records, stop } = await readBytes(bytes.subarray(0, size), { windowBytes: 16 })
        expect(records.map(({ payload }) => [...payload])).toEqual(
          written.slice(0, records.length).map((payload) => [...payload]),
        )
        const taken = encode(written.slice(0, records.length)).length
        if (taken === size) expect(stop).toBeUndefined()
        else {
          const place = { record: records.length + 1, offset: taken, bytes: size - taken }
          expect(stop).toMatchObject({ verdict: 'torn', ...place })
        }
        expect(size - taken).toBeLessThan(8 + (written[records.length]?.length ?? 0))
      }
    }), { numRuns: 30 })
  })

  it('a bit that flips stops it there, and never gives a record that was not written', async () => {
    await fc.assert(fc.asyncProperty(payloads, fc.nat(), async (written, seed) => {
      const bytes = encode(written)
      const bit = seed % (bytes.length * 8)
      bytes[bit >>> 3]! ^= 1 << (bit & 7)
      const { records, stop } = await readBytes(bytes, { windowBytes: 16 })
      expect(records.map(({ payload }) => [...payload])).toEqual(
        written.slice(0, records.length).map((payload) => [...payload]),
      )
      const hit = written.findIndex((_, at) => encode(written.slice(0, at + 1)).length > bit >>> 3)
      expect(records).toHaveLength(hit)
      expect(stop).toMatchObject({ record: hit + 1, offset: encode(written.slice(0, hit)).length })
      if (hit < written.length - 1) expect(stop?.verdict).toBe('corrupt')
    }), { numRuns: 300 })
  })
})

describe('lengths', () => {
  it('a record above the limit that verifies is refused, not damaged', async () => {
    const { records, stop } = await readBytes(encode([Buffer.from('ab'), Buffer.alloc(100, 1)]), { maxRecordBytes: 99 })
    expect(records).toHaveLength(1)
    expect(stop).toMatchObject({ verdict: 'refused', record: 2, offset: 10 })
  })

  it('a length of nothing with a checksum is damage', async () => {
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 2, 3, 4]), encode([Buffer.from('b')])])
    expect((await readBytes(bytes)).stop).toMatchObject({ verdict: 'corrupt', record: 1, offset: 0 })
  })

  it('zeros and then something else are one damaged place', async () => {
    const bytes = Buffer.concat([encode([Buffer.from('a')]), Buffer.alloc(16), Buffer.from('no record at all')])
    const { records, stop } = await readBytes(bytes)
    expect(records).toHaveLength(1)
    expect(stop).toMatchObject({ verdict: 'corrupt', record: 2, offset: 9, bytes: 32 })
    expect(stop?.evidence).toContain('zeros, and then')
  })

  it('no claim makes it read more than the limit at once', async () => {
    let most = 0
    const bytes = fixtureBytes('absurd-length.log')
    const input = inputOf(bytes)
    const watched = { size: input.size, read: async (into: Uint8Array, at: number) => {
      most = Math.max(most, into.length)
      return await input.read(into, at)
    } }
    await drain(readLengthCrc32(watched, { maxRecordBytes: 1024, windowBytes: 512 }))
    expect(most).toBeLessThanOrEqual(1024)
    expect(most).toBeGreaterThan(0)
  })

  it('ends a search among bytes that only look like lengths', async () => {
    // Each offset claims a record of 1 MiB, none of which verifies.
    const rest = Buffer.alloc(2 << 20, Buffer.from([0x00, 0x10, 0x00, 0x00]))
    const torn = Buffer.concat([Buffer.from([0, 0x30, 0, 0, 1, 1, 1, 1]), rest])
    expect((await readBytes(torn, { maxRecordBytes: 4 << 20 })).stop).toMatchObject({ verdict: 'torn', offset: 0 })
  })

  it('a file that shrinks under the reader is an error', async () => {
    const input = { ...inputOf(new Uint8Array(4)), size: 20 }
    await expect(drain(readLengthCrc32(input, { maxRecordBytes: 100 }))).rejects.toThrow('shorter')
  })

  it('thousands of empty records are held without memory and come in batches', async () => {
    const bytes = Buffer.concat([Buffer.alloc(8 * 3000), encode([Buffer.from('x')])])
    const source = readLengthCrc32(inputOf(bytes), { maxRecordBytes: 100 })
    const sizes: number[] = []
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      sizes.push(next.value.records.length)
    }
    expect(sizes).toEqual([1024, 1024, 953])
  })
})

describe('a window', () => {
  it('sums pieces as one', async () => {
    const bytes = fixtureBytes('whole.log')
    const window = new Window(inputOf(bytes), 100)
    expect(await window.crc32(0, bytes.length)).toBe(crcOf(bytes))
    if (typeof nodeCrc32 === 'function') expect(crcOf(bytes)).toBe(nodeCrc32(bytes))
  })
})
