import { frameBytes } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { unitBytesMax } from '../../src/format/geometry.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll, replayAll } from '../support/log-records.ts'

type Geometry = Pick<LogOptions, 'commitAlignment'> & { readonly segmentBytes: number; readonly blockBytes: number }

const geometries: readonly Geometry[] = [
  { segmentBytes: 4096, blockBytes: 128 },
  { segmentBytes: 4096, blockBytes: 128, commitAlignment: 'block' },
  { segmentBytes: 65_536, blockBytes: 4096 },
  { segmentBytes: 65_536, blockBytes: 4096, commitAlignment: 'block' },
]

/** The largest record that the log takes, found by trying. */
async function largestRecord(log: Log, segmentBytes: number): Promise<number> {
  const error = await failure('RECORD_TOO_LARGE', () => log.append(new Uint8Array(segmentBytes)))
  return Number(error.context.maxRecordBytes)
}

describe('the largest record that a log takes', () => {
  it.each(geometries)('can be read again, with a buffer of any size: %o', async (geometry) => {
    const storage = memoryStorage()
    const log = await openLog({ storage, stagingBytes: 4096, ...geometry })
    const bytes = await largestRecord(log, geometry.segmentBytes)
    expect(bytes).toBeGreaterThan(geometry.segmentBytes / 2)
    await log.append(payload(1, bytes))
    await log.append(payload(2, 1))
    await log.append(payload(3, bytes))
    await failure('RECORD_TOO_LARGE', () => log.append(payload(4, bytes + 1)))
    expect(log.lastSequence).toBe(3)
    await log.close()
    for (const readBytes of [4096, 262_144]) {
      for (const readOnly of [false, true]) {
        const again = await openLog({ storage, readBytes, readOnly, verify: 'all', ...geometry })
        const sizes = (await readAll(again)).map(({ payload: hex }) => hex.length / 2)
        expect(sizes).toEqual([bytes, 1, bytes])
        expect(await replayAll(again)).toHaveLength(3)
        await again.close()
      }
    }
  })

  it('is a matter of the writer: a reader takes whatever the segment could hold', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, segmentBytes: 65_536 })
    await log.append(payload(1, 50_000))
    await log.close()
    const small = await openLog({ storage, segmentBytes: 16_384, maxRecordBytes: 100 })
    await failure('RECORD_TOO_LARGE', () => small.append(payload(2, 101)))
    expect(await small.append(payload(2, 100))).toBe(2)
    expect(await readAll(small)).toHaveLength(2)
    await small.close()
  })

  it('can be carried over by a recovery that makes smaller segments', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, segmentBytes: 65_536, durability: 'async' })
    await log.append(payload(1, 50_000))
    const dead = memoryStorage({ snapshot: storage.snapshot() })
    const small = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const
    const again = await openLog({ storage: dead, ...small })
    expect(again.recovery).toMatchObject({ carriedRecords: 1, lastSequence: 1 })
    await again.append(payload(2, 1000))
    await again.append(payload(3, 3000))
    await again.close()
    const third = await openLog({ storage: dead, readOnly: true, verify: 'all' })
    expect(await readAll(third)).toHaveLength(3)
    await log.close()
  })
})

describe('a batch', () => {
  it.each(geometries)('may fill a segment to the last byte that is free, and no further: %o', async (geometry) => {
    const log = await openLog({ storage: memoryStorage(), ...geometry })
    const limit = unitBytesMax(geometry.segmentBytes, geometry.blockBytes, geometry.commitAlignment ?? 'frame')
    const perRecord = frameBytes(200)
    const many = Array.from({ length: Math.floor(limit / perRecord) }, (_, n) => payload(n, 200))
    const rest = limit - many.length * perRecord - frameBytes(0)
    if (rest < 0) many.pop()
    const fill = payload(99, rest < 0 ? rest + perRecord : rest)
    const error = await failure('RECORD_TOO_LARGE', () => log.appendBatch([...many, payload(99, fill.length + 1)]))
    expect(error.context).toEqual({ bytes: limit + 8, limit })
    expect(log.lastSequence).toBe(0)
    expect(log.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0 })
    await log.append(payload(0))
    const { first, last } = await log.appendBatch([...many, fill])
    expect(log.segments.map(({ firstSequence }) => firstSequence)).toEqual([1, first])
    expect(await readAll(log)).toHaveLength(last)
    await log.close()
  })

  it('of nothing is refused', async () => {
    const log = await openLog({ storage: memoryStorage() })
    await failure('INVALID_ARGUMENT', () => log.appendBatch([]))
    await log.close()
  })

  it('with one record that is refused stages none of the others', async () => {
    const log = await openLog({ storage: memoryStorage(), segmentBytes: 65_536, maxRecordBytes: 100 })
    const good = payload(1)
    await failure('RECORD_TOO_LARGE', () => log.appendBatch([good, payload(2, 101)]))
    await failure('INVALID_ARGUMENT', () => log.appendBatch([good, { payload: good, type: -1 }]))
    const [early, late] = [{ payload: good, timestamp: 4 }, { payload: good, timestamp: 5, type: 65_535 }]
    await failure('INVALID_ARGUMENT', () => log.appendBatch([late, early]))
    expect(log.lastSequence).toBe(0)
    expect(await log.appendBatch([early, good, late])).toEqual({ first: 1, last: 3 })
    const found = await readAll(log)
    expect(found.map(({ timestamp, type }) => [timestamp, type])).toEqual([[4, 0], [4, 0], [5, 65_535]])
    await log.close()
  })
})

describe('what a record may be', () => {
  const bad: readonly unknown[] = ['text', [1, 2], new ArrayBuffer(8), undefined, null, new Uint16Array(2), {}]

  it.each(bad)('is bytes, and not %o', async (value) => {
    const log = await openLog({ storage: memoryStorage() })
    await failure('INVALID_ARGUMENT', () => log.append(value as Uint8Array))
    await failure('INVALID_ARGUMENT', () => log.enqueue(value as Uint8Array))
    await failure('INVALID_ARGUMENT', () => log.appendBatch([value as Uint8Array]))
    expect(log.lastSequence).toBe(0)
    await log.close()
  })

  it.each([-1, 65_536, 1.5, Number.NaN, '1'])('has no type %o', async (type) => {
    const log = await openLog({ storage: memoryStorage() })
    await failure('INVALID_ARGUMENT', () => log.append(payload(1), { type: type as number }))
    expect(await log.append(payload(1), { type: 65_535 })).toBe(1)
    await log.close()
  })
})

describe('timestamps', () => {
  it('never decrease, over segments and reopening; the default repeats the last', async () => {
    const storage = memoryStorage()
    const geometry = { storage, segmentBytes: 4096, blockBytes: 128 } as const
    const log = await openLog(geometry)
    await log.append(payload(1), { timestamp: 1000 })
    for (let n = 0; n < 40; n += 1) await log.append(payload(n, 100))
    expect(log.segments.length).toBeGreaterThan(1)
    await failure('INVALID_ARGUMENT', () => log.append(payload(2), { timestamp: 999 }))
    await log.close()
    const again = await openLog(geometry)
    const error = await failure('INVALID_ARGUMENT', () => again.append(payload(2), { timestamp: 999 }))
    expect(error.context).toEqual({ timestamp: 999, lastTimestamp: 1000 })
    await again.append(payload(2))
    await again.append(payload(3), { timestamp: Number.MAX_SAFE_INTEGER })
    for (const timestamp of [Number.MAX_SAFE_INTEGER + 1, 1.5, Number.NaN, -1]) {
      await failure('INVALID_ARGUMENT', () => again.append(payload(4), { timestamp }))
    }
    const stamps = (await readAll(again)).map(({ timestamp }) => timestamp)
    expect(new Set(stamps)).toEqual(new Set([1000, Number.MAX_SAFE_INTEGER]))
    await again.close()
  })
})
