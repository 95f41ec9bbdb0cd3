import { VarveError } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import type { Log, LogRecord } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { fill, logOf } from '../support/log-retention.ts'
import { counting, follow, followers, upTo } from '../support/log-tails.ts'

/** As long as many tails are put off at most, in milliseconds. */
const putOffMs = 5

async function appendEach(log: Log, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await log.append(payload(log.lastSequence + 1, 20))
}

describe('many tails', () => {
  it('cost storage no more than one', async () => {
    const reads: number[] = []
    const opened: number[] = []
    for (const count of [1, 100]) {
      const clock = manualClock()
      const { disk, log } = await logOf(0, { runtime: clock.runtime })
      const tails = followers(count, log)
      await quiet()
      disk.operations.length = 0
      for (let round = 1; round <= 20; round += 1) {
        await appendEach(log, 1)
        await clock.advance(putOffMs)
        for (const { seen } of tails) expect(seen).toEqual(upTo(round))
      }
      reads.push(disk.count('read'))
      opened.push(disk.count(({ kind, detail }) => kind === 'open' && detail === 'read'))
      expect(disk.openFiles).toEqual([log.segments[0]?.name, log.segments[0]?.name])
      await log.close()
    }
    expect(reads).toEqual([20, 20])
    expect(opened).toEqual([1, 1])
  })

  it('are woken once each for all that is committed while they are put off', async () => {
    const clock = manualClock()
    const { runtime, waits } = counting(clock.runtime)
    const { log } = await logOf(0, { runtime })
    const tails = followers(100, log)
    await quiet()
    const before = log.stats().commits
    await appendEach(log, 20)
    await quiet()
    for (const { seen } of tails) expect(seen).toEqual([])
    waits.count = 0
    for (let ms = 0; ms < 8 * putOffMs; ms += 1) await clock.advance(1)
    for (const { seen } of tails) expect(seen).toEqual(upTo(20))
    expect(log.stats().commits - before).toBe(20)
    // Who was woken waits again.
    expect(waits.count).toBe(100)
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('are served a portion at a time beside a writer, and it is asked for no more while they are', async () => {
    const clock = manualClock()
    const { log } = await logOf(0, { runtime: clock.runtime })
    const tails = followers(100, log)
    await quiet()
    const served = (): number => tails.filter(({ seen }) => seen.length > 0).length
    await log.appendBatch(upTo(20).map((n) => payload(n, 20)))
    await clock.advance(3)
    expect(served()).toBe(0)
    const after: number[] = []
    for (let commit = 0; commit < 3; commit += 1) {
      await appendEach(log, 1)
      await quiet()
      after.push(served())
      await appendEach(log, 1)
      await quiet()
      expect(served()).toBe(after.at(-1))
      await clock.advance(2)
    }
    expect(after[0]).toBeGreaterThan(10)
    expect(after[0]).toBeLessThan(40)
    expect(after[2]).toBeGreaterThan(after[1] as number)
    expect(after[2]).toBeLessThan(100)
    await clock.advance(20)
    for (const { seen } of tails) expect(seen).toEqual(upTo(26))
    await log.close()
  })

  it('are all served when nothing more is appended, a portion at a time', async () => {
    const clock = manualClock()
    const { log } = await logOf(0, { runtime: clock.runtime })
    const tails = followers(100, log)
    await quiet()
    for (let round = 0; round < 2; round += 1) await Promise.all(upTo(100).map((n) => log.append(payload(n, 4))))
    const served: number[] = []
    for (let ms = 0; ms < 40; ms += 1) {
      await clock.advance(1)
      served.push(tails.filter(({ seen }) => seen.length > 0).length)
    }
    expect(new Set(served).size).toBeGreaterThan(2)
    for (const { seen } of tails) expect(seen).toEqual(upTo(200))
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('are served fewer at a time when what they get is large', async () => {
    const clock = manualClock()
    const { log } = await logOf(0, { runtime: clock.runtime, segmentBytes: 2 ** 20 })
    const tails = followers(50, log)
    await quiet()
    await log.append(payload(1, 200_000))
    const served: number[] = []
    for (let ms = 0; ms < 20; ms += 1) {
      await clock.advance(1)
      served.push(tails.filter(({ seen }) => seen.length > 0).length)
    }
    expect(new Set(served).size).toBeGreaterThan(2)
    expect(served.at(-1)).toBe(50)
    await log.close()
  })

  it('are served without a clock when they are few', async () => {
    const clock = manualClock()
    const { log } = await logOf(0, { runtime: clock.runtime })
    const tails = followers(4, log)
    await quiet()
    await appendEach(log, 3)
    await quiet()
    for (const { seen } of tails) expect(seen).toEqual([1, 2, 3])
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('get payloads of their own', async () => {
    const { log } = await logOf(0)
    const iterators = Array.from({ length: 3 }, () => log.tail())
    const nexts = iterators.map((iterator) => iterator.next())
    await log.append(payload(1, 20))
    const records = (await Promise.all(nexts)).map(({ value }) => value as LogRecord)
    records[0]?.payload.fill(0)
    expect(records[1]?.payload).toEqual(payload(1, 20))
    expect(records[2]?.payload).toEqual(payload(1, 20))
    for (const iterator of iterators) await iterator.return?.()
    await log.close()
  })

  it('that begin while others have much to catch up with are not held up by them', async () => {
    const { disk, log } = await logOf(6)
    const hold = disk.hold(({ kind, name }) => kind === 'read' && name === log.segments[0]?.name)
    const late = follow(log, { from: 1 })
    await hold.reached
    const fresh = follow(log)
    await quiet()
    await fill(log, 2)
    await quiet()
    expect(late.seen).toEqual([])
    expect(fresh.seen).toEqual([7, 8])
    hold.release()
    await quiet()
    expect(late.seen).toEqual(upTo(8))
    await log.close()
  })
})

describe('many tails that are put off end at once', () => {
  it('when the log is closed, each after all that is visible', async () => {
    const clock = manualClock()
    const { disk, log } = await logOf(0, { runtime: clock.runtime })
    const tails = followers(20, log)
    await quiet()
    await appendEach(log, 3)
    await log.close()
    await quiet()
    for (const { seen, end } of tails) expect([seen, end.state]).toEqual([[1, 2, 3], 'resolved'])
    expect([clock.timers, disk.openFiles]).toEqual([0, []])
  })

  it('when the log is poisoned, each after all that is visible', async () => {
    const clock = manualClock()
    const { disk, log } = await logOf(0, { runtime: clock.runtime }, { without: ['writeDurable'] })
    const tails = followers(20, log)
    await quiet()
    await appendEach(log, 2)
    disk.failAlways('sync', new VarveError('IO', 'the disk is gone'))
    await failure('POISONED', () => log.append(payload(3)))
    await quiet()
    const told = await log.failed
    for (const { seen, end } of tails) expect([seen, end.error]).toEqual([[1, 2], told])
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('when they are aborted or given up, and the others wait on', async () => {
    const clock = manualClock()
    const { log } = await logOf(0, { runtime: clock.runtime })
    const controller = new AbortController()
    const tails = followers(10, log)
    const leaving = followers(10, log, { signal: controller.signal })
    await quiet()
    await appendEach(log, 1)
    controller.abort()
    await quiet()
    for (const { end } of leaving) expect(end.error).toMatchObject({ code: 'ABORTED' })
    expect(log.segments.at(-1)?.leases).toBe(10)
    await clock.advance(putOffMs)
    for (const { seen } of tails) expect(seen).toEqual([1])
    await log.close()
  })
})
