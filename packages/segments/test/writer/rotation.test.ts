import { fileKind, frameBytes } from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type LogOptions } from '../../src/index.ts'
import { contentLimit } from '../../src/format/geometry.ts'
import { decodeSeal } from '../../src/format/seal.ts'
import { decodeTrailer } from '../../src/format/trailer.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { payload, readAll } from '../support/log-records.ts'

type Options = Omit<LogOptions, 'storage'>

const geometry = { segmentBytes: 4096, blockBytes: 128 } as const
const sizes = Array.from({ length: 70 }, (_, n) => (n * 37) % 260)

/** Appends a record of each size, `together` of them at a time. */
async function write(together: number, options: Options): Promise<MemorySnapshot> {
  const storage = memoryStorage()
  const log = await openLog({ storage, ...geometry, group: { maxDelayMs: 0 }, ...options })
  for (let at = 0; at < sizes.length; at += together) {
    await Promise.all(sizes.slice(at, at + together).map((size, n) => log.append(payload(at + n, size))))
  }
  await log.close()
  return storage.snapshot()
}

/** What of the segments must not depend on how records were grouped: names, and which frame stands where. */
function layout(snapshot: MemorySnapshot): unknown {
  return segmentsOf(snapshot).map(({ name, frames }) => {
    return { name, places: frames.map(({ kind, position, sequence }) => [kind, position, sequence]) }
  })
}

describe('where a segment ends', () => {
  it('depends on its frames alone, not on how they were grouped, buffered or acknowledged', async () => {
    const expected = layout(await write(1, {}))
    for (const durability of ['sync', 'group', 'async'] as const) {
      for (const together of [1, 5, 70]) {
        for (const stagingBytes of [4096, 65_536]) {
          expect(layout(await write(together, { durability, stagingBytes }))).toEqual(expected)
        }
      }
    }
  })

  it('is exactly where the next frame would not leave the room that is kept for the SEAL', async () => {
    const [first, second] = segmentsOf(await write(1, {})) as [PlainSegment, PlainSegment]
    const records = first.frames.filter(({ kind }) => kind === 'record')
    const end = records.at(-1)?.end as number
    const next = second.frames[0] as PlainSegment['frames'][number]
    expect(end).toBeLessThanOrEqual(contentLimit(4096))
    expect(end + frameBytes(next.payload.length)).toBeGreaterThan(contentLimit(4096))
  })

  it.each([0, 8])('lets a frame in that leaves exactly that room, none that is 8 bytes longer (%i)', async (more) => {
    const log = await openLog({ storage: memoryStorage(), ...geometry })
    const room = contentLimit(4096) - 128
    await log.append(payload(1, room - 2 * 40 - 16 + more))
    await log.append(payload(2, 16))
    expect(log.segments.map(({ firstSequence }) => firstSequence)).toEqual(more === 0 ? [1] : [1, 2])
    await log.close()
  })

  it('is never inside a batch', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, ...geometry })
    const batches = Array.from({ length: 30 }, (_, n) => Array<Uint8Array>(1 + (n % 8)).fill(payload(n, 90)))
    const ranges = await Promise.all(batches.map((batch) => log.appendBatch(batch)))
    const starts = log.segments.map(({ firstSequence }) => firstSequence)
    expect(starts.length).toBeGreaterThan(3)
    for (const { first, last } of ranges) {
      expect(starts.filter((start) => start > first && start <= last)).toEqual([])
    }
    await log.close()
  })
})

describe('a sealed segment', () => {
  it('says what it holds, and its trailer says where that stands', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, ...geometry })
    for (let n = 1; n <= 40; n += 1) await log.append(payload(n, 100), { timestamp: 10 * n })
    await log.close()
    const segments = segmentsOf(storage.snapshot())
    expect(segments.length).toBeGreaterThan(1)
    segments.slice(0, -1).forEach(({ header, bytes, frames }, at) => {
      const next = (segments[at + 1] as PlainSegment).header
      const seal = frames.at(-1) as PlainSegment['frames'][number]
      const last = frames.at(-2) as PlainSegment['frames'][number]
      const { end: position, sequence, timestamp } = last
      expect(seal).toMatchObject({ kind: 'seal', position, sequence, timestamp })
      expect(decodeSeal(seal.payload)).toEqual({
        records: frames.length - 1,
        lastSequence: last.sequence,
        lastTimestamp: last.timestamp,
        endOffset: seal.position,
        chain: next.chain,
        floor: 1,
        checkpoints: new Uint8Array(0),
        index: [],
      })
      expect(next).toMatchObject({
        kind: fileKind.segment,
        segmentIndex: header.segmentIndex + 1,
        firstSequence: last.sequence + 1,
        lastTimestamp: last.timestamp,
        logId: header.logId,
        epoch: header.epoch,
        cut: 0,
        bornEnd: 128,
      })
      expect(next.salt).not.toEqual(header.salt)
      const trailer = bytes.slice(4096 - 64)
      const hint = { sealOffset: seal.position, sealPayloadBytes: seal.payload.length }
      expect(decodeTrailer(trailer, header.salt)).toEqual(hint)
      expect(bytes.subarray(seal.end, 4096 - 64).every((byte) => byte === 0)).toBe(true)
    })
  })

  it('is durable as a whole before its successor has a name, and so is the header of that', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    for (let n = 1; n <= 30; n += 1) await log.append(payload(n, 100))
    const rename = disk.operations.findIndex(({ kind }) => kind === 'rename')
    const { name: spare, detail: born } = disk.operations[rename] as (typeof disk.operations)[number]
    const before = disk.operations.slice(0, rename)
    const [first] = log.segments
    for (const file of [first?.name, spare]) {
      const ofFile = before.filter(({ name }) => name === file)
      const lastWrite = ofFile.findLastIndex(isWriteCall)
      expect(lastWrite).toBeGreaterThanOrEqual(0)
      expect(ofFile.findLastIndex(({ kind }) => kind === 'sync')).toBeGreaterThan(lastWrite)
    }
    // Only when the name is durable is anything appended.
    const after = disk.operations.slice(rename)
    const named = after.findIndex(({ kind }) => kind === 'syncNames')
    expect(named).toBeGreaterThan(0)
    expect(after.findIndex((operation) => isWriteCall(operation) && operation.name === born)).toBeGreaterThan(named)
    await log.close()
  })

  it('is listed once, also while its successor is being born', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    const rename = disk.hold('rename')
    const appended = Promise.all(Array.from({ length: 40 }, (_, n) => log.append(payload(n, 100))))
    await rename.reached
    expect(log.segments.map(({ index }) => index)).toEqual([1])
    const written = await readAll(log, { visibility: 'written' })
    expect(written.length).toBeGreaterThan(10)
    rename.release()
    await appended
    await quiet()
    expect(log.segments.map(({ index, state }) => [index, state])).toEqual([[1, 'sealed'], [2, 'active']])
    expect(log.stats()).toMatchObject({ rotations: 1 })
    await log.close()
  })
})
