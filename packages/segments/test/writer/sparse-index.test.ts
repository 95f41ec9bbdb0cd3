import { describe, expect, it } from 'vitest'
import { openLog, type Log } from '../../src/index.ts'
import { indexStrideBytes, sparseIndexEntries } from '../../src/format/geometry.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { payload } from '../support/log-records.ts'

const segmentBytes = 1_048_576
const readBytes = 8192
const records = 5000
const recordBytes = 400

async function build(disk: ControlledStorage): Promise<Log> {
  const log = await openLog({ storage: disk.storage, segmentBytes, blockBytes: 4096, readBytes })
  for (let n = 1; n < records; n += 10) {
    if (n % 3 === 0) await log.appendBatch(Array.from({ length: 10 }, (_, k) => payload(n + k, recordBytes)))
    else await Promise.all(Array.from({ length: 10 }, (_, k) => log.append(payload(n + k, recordBytes))))
  }
  return log
}

/** Gets every hundredth record; returns the bytes that the costliest of them took to read. */
async function costliestGet(log: Log, disk: ControlledStorage): Promise<number> {
  let most = 0
  for (let sequence = 1; sequence <= records; sequence += 99) {
    disk.operations.length = 0
    const record = await log.get(sequence)
    expect(record).toMatchObject({ sequence, payload: payload(sequence, recordBytes) })
    most = Math.max(most, disk.of('read').reduce((sum, { bytes }) => sum + bytes, 0))
  }
  return most
}

describe('the sparse index of a segment', () => {
  it('lets get read little more than one stride, whatever the size of the segment', async () => {
    const disk = new ControlledStorage()
    const log = await build(disk)
    expect(log.segments.length).toBeGreaterThan(1)
    for (const { sparseIndex, state } of log.segments) {
      // That of a sealed segment stands in its SEAL, not in memory.
      if (state === 'sealed') expect(sparseIndex).toBeUndefined()
      else expect(sparseIndex?.length).toBeLessThanOrEqual(sparseIndexEntries(segmentBytes))
    }
    // A batch begins at most its own length behind where a stride ends.
    const bound = indexStrideBytes(segmentBytes) + 10 * (recordBytes + 40) + 3 * readBytes
    expect(await costliestGet(log, disk)).toBeLessThan(bound)
    await log.close()
  })

  it('is read back from the SEAL, and made again for the last segment', async () => {
    const disk = new ControlledStorage()
    const log = await build(disk)
    const before = log.segments.map(({ sparseIndex }) => sparseIndex)
    await log.close()
    const again = await openLog({ storage: disk.storage, segmentBytes, blockBytes: 4096, readBytes })
    expect(again.segments.map(({ sparseIndex }) => sparseIndex)).toEqual(before)
    const bound = indexStrideBytes(segmentBytes) + 10 * (recordBytes + 40) + 2 * readBytes
    expect(await costliestGet(again, disk)).toBeLessThan(bound)
    await again.close()
  })

  it('is made for records that a hand-over carries', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, segmentBytes, durability: 'async' })
    for (let n = 1; n < 1000; n += 9) {
      void log.appendBatch(Array.from({ length: 9 }, (_, k) => payload(n + k, recordBytes)))
    }
    await log.flush()
    const dead = new ControlledStorage({ snapshot: disk.snapshot() })
    const again = await openLog({ storage: dead.storage, segmentBytes, readBytes })
    expect(again.recovery.carriedRecords).toBe(999)
    expect(again.segments.at(-1)?.sparseIndex?.length).toBeGreaterThan(4)
    // A reader may begin at each of them, so none stands inside a batch.
    for (const { sequence } of again.segments.at(-1)?.sparseIndex ?? []) expect(sequence % 9).toBe(1)
    dead.operations.length = 0
    expect((await again.get(900))?.payload).toEqual(payload(900, recordBytes))
    expect(dead.of('read').reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(100_000)
    await again.close()
    await log.close()
  })
})
