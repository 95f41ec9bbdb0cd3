import { describe, expect, it } from 'vitest'
import { synchronousRuntime } from '@varve/storage'
import { openLogSync, type LogRecord, type SegmentInfo } from '../../src/index.ts'
import { Leases } from '../../src/read/leases.ts'
import { Lookup } from '../../src/read/lookup.ts'
import { ReadBuffers } from '../../src/read/read-buffers.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { asked, damage, logOfStretches, oneRead, stretches } from '../support/log-lookups.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, plain, readAll } from '../support/log-records.ts'

const at = (n: number): Uint8Array<ArrayBuffer> => payload(n, 1000)

describe('a record that was looked up before, or a neighbour of it', () => {
  it.each([false, true])('is one read and nothing else, on storage that answers later: %s', async (asynchronous) => {
    const { disk, log } = await logOfStretches(600, {}, asynchronous)
    expect(log.segments.length).toBe(3)
    for (const first of [1, 300, 600]) {
      expect((await log.get(first))?.payload).toEqual(at(first))
      expect(await asked(disk, () => log.get(first))).toEqual(oneRead)
    }
    // All three segments are open now; a place that was read over is known.
    expect((await asked(disk, () => log.get(303))).others).toEqual([])
    expect(await asked(disk, () => log.get(303))).toEqual(oneRead)
    expect(await asked(disk, () => log.get(301))).toEqual(oneRead)
    expect((await log.get(301))?.payload).toEqual(at(301))
    await log.close()
  })

  it('is one read inside a batch, beside control records, and through a snapshot', async () => {
    const { disk, log } = await logOfStretches(3)
    await log.appendBatch([payload(4, 10), payload(5, 20), payload(6, 30)])
    await log.recordCheckpoints(payload(1, 500))
    await log.append(payload(7, 0))
    await log.archive(2)
    const snapshot = log.snapshot()
    await log.get(7)
    for (const [n, bytes] of [[3, 1000], [4, 10], [5, 20], [6, 30], [7, 0]] as const) {
      expect(await asked(disk, () => log.get(n))).toEqual(oneRead)
      expect((await snapshot.get(n))?.payload).toEqual(payload(n, bytes))
      expect(await asked(disk, () => snapshot.get(n))).toEqual(oneRead)
    }
    await failure('RECLAIMED', () => log.get(1))
    await log.append(payload(8))
    expect(await snapshot.get(8)).toBeUndefined()
    expect((await log.get(8))?.payload).toEqual(payload(8))
    await snapshot.close()
    await log.close()
  })

  it('is one read in a synchronous log', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...stretches })
    log.appendBatchSync([at(1), at(2), at(3)])
    log.getSync(3)
    expect(await asked(disk, () => log.getSync(2))).toEqual(oneRead)
    const snapshot = log.snapshot()
    expect(await asked(disk, () => snapshot.getSync(1))).toEqual(oneRead)
    expect(snapshot.getSync(1)?.payload).toEqual(at(1))
    log.closeSync()
  })

  it('is found further on when the segment has grown, was sealed, and has a successor', async () => {
    const { disk, log } = await logOfStretches(10)
    let known = 0
    while (log.segments.length < 3) {
      const last = log.lastSequence
      expect((await asked(disk, () => log.get(last))).others).toHaveLength(known < log.segments.length ? 1 : 0)
      known = log.segments.length
      expect(await asked(disk, () => log.get(last))).toEqual(oneRead)
      expect((await log.get(last))?.payload).toEqual(at(last))
      for (let n = 0; n < 7; n += 1) await log.append(at(log.lastSequence + 1))
    }
    const read = await readAll(log)
    for (const record of read) expect(plain((await log.get(record.sequence)) as LogRecord)).toEqual(record)
    expect(disk.openFiles).toHaveLength(4)
    await log.close()
  })

  it('larger than a buffer is read like any other', async () => {
    const { disk, log } = await logOfStretches(3)
    await log.appendBatch([payload(4, 9000), payload(5, 4056), payload(6, 4057), payload(7, 1)])
    for (const n of [7, 6, 5, 4, 4, 5, 6, 7]) {
      expect((await log.get(n))?.payload).toEqual(payload(n, [9000, 4056, 4057, 1][n - 4]))
    }
    // One that fills the buffer just so is not larger.
    expect(await asked(disk, () => log.get(5))).toEqual(oneRead)
    expect((await asked(disk, () => log.get(6))).others).not.toEqual([])
    await log.close()
  })
})

describe('what get() answered always', () => {
  it('is the same for numbers that are none, are not there yet, or are gone', async () => {
    const { log } = await logOfStretches(5)
    await log.get(5)
    for (const number of [Number.NaN, 0, -1, 1.5, Infinity, -0.5, 2 ** 53]) {
      await failure('INVALID_ARGUMENT', () => log.get(number))
    }
    for (const number of [6, 7, Number.MAX_SAFE_INTEGER]) expect(await log.get(number)).toBeUndefined()
    await log.archive(6)
    await failure('RECLAIMED', () => log.get(5))
    await log.close()
    await failure('CLOSED', () => log.get(5))
  })

  it('does not show what is written and not visible yet', async () => {
    const { disk, log } = await logOfStretches(5)
    await log.get(5)
    const hold = disk.hold(({ kind }) => kind === 'sync' || kind === 'writeDurable')
    const appended = log.append(at(6))
    await hold.reached
    expect(await log.get(6)).toBeUndefined()
    hold.release()
    await appended
    expect((await log.get(6))?.payload).toEqual(at(6))
    await log.close()
  })

  it('is CORRUPT for a frame that was damaged since its place was noted, as for who reads up to it', async () => {
    for (const target of ['header', 'payload']) {
      const { disk, log } = await logOfStretches(9)
      await log.get(9)
      const [segment] = segmentsOf(disk.snapshot())
      const position = segment?.frames[4]?.position ?? 0
      await damage(disk, segment?.name ?? '', target === 'header' ? position + 9 : position + 500)
      const error = await failure('CORRUPT', () => log.get(5))
      const other = await failure('CORRUPT', () => readAll(log))
      expect([error.message, error.context]).toEqual([other.message, other.context])
      expect((await log.get(6))?.payload).toEqual(at(6))
      await log.close()
    }
  })

  it('is an IO error while the storage fails, and right when it does not any more', async () => {
    const { disk, log } = await logOfStretches(9)
    disk.fail('open', new Error('no'))
    await failure('IO', () => log.get(9))
    disk.fail('read', new Error('no'))
    await failure('IO', () => log.get(9))
    await log.get(9)
    disk.fail('read', new Error('no'))
    await failure('IO', () => log.get(9))
    expect((await log.get(9))?.payload).toEqual(at(9))
    await log.close()
    expect(disk.openFiles).toEqual([])
  })

  it('is right when the SEAL can be read only later', async () => {
    const { disk, log } = await logOfStretches(300)
    disk.fail('read', new Error('no'))
    await failure('IO', () => log.get(3))
    expect(disk.openFiles).toHaveLength(1)
    expect((await log.get(3))?.payload).toEqual(at(3))
    await log.close()
    expect(disk.openFiles).toEqual([])
  })
})

it('a MARK that stands where a write is under way is not taken for a place in the notes', async () => {
  const { disk, log } = await logOfStretches(63)
  await quiet()
  const hold = disk.hold(isWriteCall)
  const appended = Array.from({ length: 130 }, (_, n) => log.append(at(64 + n)))
  await hold.reached
  // What is being written has an entry in the sparse index already, behind the MARK.
  expect((await log.get(63))?.payload).toEqual(at(63))
  hold.release()
  await Promise.all(appended)
  await log.get(64)
  expect(await asked(disk, () => log.get(64))).toEqual(oneRead)
  await log.close()
})

it('gets at once, on storage that answers later, each get their record', async () => {
  const { log } = await logOfStretches(600, {}, true)
  const gets = Array.from({ length: 200 }, (_, n) => 1 + ((n * 211) % 600))
  const appended = log.append(at(601))
  const found = await Promise.all(gets.map((n) => log.get(n)))
  expect(found.map((record) => record?.payload)).toEqual(gets.map(at))
  await appended
  await log.close()
})

it('a get that is under way when the log is closed gets its record, and closes the file last', async () => {
  const { disk, log } = await logOfStretches(9)
  await log.get(9)
  const hold = disk.hold('read')
  const two = [watch(log.get(8)), watch(log.get(7))]
  await hold.reached
  await log.close()
  expect(two[1]?.value).toBeDefined()
  expect(disk.openFiles).toHaveLength(1)
  hold.release()
  await quiet()
  expect(two.map(({ value }) => value?.payload)).toEqual([at(8), at(7)])
  expect(disk.openFiles).toEqual([])
  expect(disk.offences).toEqual([])
})

it('the oldest notes are forgotten when there are too many, and made again', async () => {
  const { disk, log } = await logOfStretches(600)
  const runtime = synchronousRuntime()
  const [first, second] = log.segments
  if (first === undefined || second === undefined) throw new Error('the log has too few segments')
  // A note for each record of that size, as far as one was read: some 40 for each of the first two.
  const lookup = new Lookup(disk.storage, new ReadBuffers(4096, 'portable'), new Leases(), runtime, 60)
  const get = async (segment: SegmentInfo, n: number): Promise<number> => {
    const { reads } = await asked(disk, () => {
      const record = runtime.run(lookup.find(segment, n)) as LogRecord
      expect([record.sequence, record.payload]).toEqual([n, at(n)])
    })
    return reads
  }
  expect(await get(first, 40)).toBeGreaterThan(1)
  expect([await get(first, 40), await get(first, 20)]).toEqual([1, 1])
  expect(await get(first, 100)).toBeGreaterThan(1)
  // Only a search looks how many there are. The oldest go.
  expect([await get(first, 40), await get(first, 100)]).toEqual([1, 1])
  const other = second.firstSequence
  await get(second, other)
  expect([await get(second, other), await get(first, 100)]).toEqual([1, 1])
  expect(await get(first, 40)).toBeGreaterThan(1)
  expect(await get(first, 40)).toBe(1)
  // With more than one file, those of the one that was not used for longest go first.
  await get(second, other + 40)
  expect(await get(second, other + 40)).toBe(1)
  await get(second, other + 100)
  expect([await get(second, other + 100), await get(second, other + 40)]).toEqual([1, 1])
  expect(await get(first, 100)).toBeGreaterThan(1)
  void runtime.run(lookup.close())
  await log.close()
})
