import { describe, expect, it } from 'vitest'
import { openLog, type GroupOptions, type Log } from '../../src/index.ts'
import { manualClock, quiet, type ManualClock } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall } from '../support/log-intercept.ts'
import { watch, type Watched } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

interface Opened {
  readonly disk: ControlledStorage
  readonly clock: ManualClock
  readonly log: Log
}

async function open(group: GroupOptions): Promise<Opened> {
  const disk = new ControlledStorage()
  const clock = manualClock()
  const log = await openLog({ storage: disk.storage, durability: 'group', group, runtime: clock.runtime })
  disk.operations.length = 0
  return { disk, clock, log }
}

/** Appends, each in a turn of its own, so that none of them is there when the commit begins to wait. */
async function appendOneByOne(log: Log, count: number, bytes = 16): Promise<Watched<number>[]> {
  const appended: Watched<number>[] = []
  for (let n = 0; n < count; n += 1) {
    appended.push(watch(log.append(payload(n, bytes))))
    await quiet()
  }
  return appended
}

function states(appended: readonly Watched<unknown>[]): string[] {
  return appended.map(({ state }) => state)
}

describe('a commit of the group mode', () => {
  it('waits for company as long as it may, counted from the first record', async () => {
    const { disk, clock, log } = await open({ maxDelayMs: 10 })
    const first = watch(log.append(payload(1)))
    await clock.advance(6)
    const second = watch(log.append(payload(2)))
    await clock.advance(3.9)
    expect(states([first, second])).toEqual(['pending', 'pending'])
    expect(disk.operations).toEqual([])
    await clock.advance(0.1)
    expect(states([first, second])).toEqual(['resolved', 'resolved'])
    expect(disk.count(isDurableCall)).toBe(1)
    expect(log.stats().commitReasons).toEqual({ idle: 0, bytes: 0, records: 0, delay: 1, full: 0, fence: 0 })
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('counts the delay of the next group from its own first record', async () => {
    const { clock, log } = await open({ maxDelayMs: 10 })
    void log.append(payload(1))
    await clock.advance(50)
    const late = watch(log.append(payload(2)))
    await clock.advance(9)
    expect(late.state).toBe('pending')
    await clock.advance(1)
    expect(late.state).toBe('resolved')
    await log.close()
  })

  it('counts the time that a sync of the group before it took', async () => {
    const { disk, clock, log } = await open({ maxDelayMs: 10 })
    void log.append(payload(1))
    const hold = disk.hold(isDurableCall)
    await clock.advance(10)
    expect(hold.isReached).toBe(true)
    const next = watch(log.append(payload(2)))
    await clock.advance(30)
    expect(next.state).toBe('pending')
    hold.release()
    await quiet()
    expect(next.state).toBe('resolved')
    expect(log.stats().commitReasons).toMatchObject({ delay: 2 })
    await log.close()
  })

  it('waits from the first record on that came during the commit before, not from the last', async () => {
    const { disk, clock, log } = await open({ maxDelayMs: 10 })
    void log.append(payload(1))
    const hold = disk.hold(isDurableCall)
    await clock.advance(10)
    const next = [watch(log.append(payload(2)))]
    await clock.advance(6)
    next.push(watch(log.append(payload(3))))
    hold.release()
    await clock.advance(3.9)
    expect(states(next)).toEqual(['pending', 'pending'])
    await clock.advance(0.1)
    expect(states(next)).toEqual(['resolved', 'resolved'])
    await log.close()
  })

  it('begins with the record that fills the group, and not one later', async () => {
    const { clock, log } = await open({ maxDelayMs: 1000, maxRecords: 3 })
    const appended = await appendOneByOne(log, 2)
    expect(states(appended)).toEqual(['pending', 'pending'])
    appended.push(...(await appendOneByOne(log, 1)))
    expect(states(appended)).toEqual(['resolved', 'resolved', 'resolved'])
    expect(log.stats().commitReasons).toMatchObject({ records: 1, delay: 0 })
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('begins with the byte that fills the group', async () => {
    const { log } = await open({ maxDelayMs: 1000, maxBytes: 3 * 56 })
    const appended = await appendOneByOne(log, 2)
    expect(states(appended)).toEqual(['pending', 'pending'])
    appended.push(...(await appendOneByOne(log, 1)))
    expect(states(appended)).toEqual(['resolved', 'resolved', 'resolved'])
    expect(log.stats().commitReasons).toMatchObject({ bytes: 1, delay: 0 })
    await log.close()
  })

  it('does not wait when the group was full before it began', async () => {
    const { clock, log } = await open({ maxDelayMs: 1000, maxRecords: 3 })
    await Promise.all([1, 2, 3, 4].map((n) => log.append(payload(n))))
    expect(log.stats().commitReasons).toMatchObject({ records: 1 })
    expect(clock.now).toBe(0)
    await log.close()
  })

  it('does not wait at all with a delay of nothing', async () => {
    const { clock, log } = await open({ maxDelayMs: 0 })
    await log.append(payload(1))
    expect(clock.now).toBe(0)
    expect(log.stats().commitReasons).toMatchObject({ delay: 1 })
    await log.close()
  })
})

describe('nobody has to wait for company', () => {
  it.each(['flush', 'sync'] as const)('who calls %s, in the same turn or later', async (fence) => {
    const { clock, log } = await open({ maxDelayMs: 1000 })
    const first = watch(log.append(payload(1)))
    await log[fence]()
    await quiet()
    expect(first.state).toBe('resolved')
    const second = watch(log.append(payload(2)))
    await quiet()
    expect(second.state).toBe('pending')
    await log[fence]()
    await quiet()
    expect(second.state).toBe('resolved')
    expect(clock.now).toBe(0)
    expect(log.stats().commitReasons).toMatchObject({ fence: 2, delay: 0 })
    await log.close()
  })

  it('who calls flush while another commit is under way', async () => {
    const { disk, clock, log } = await open({ maxDelayMs: 1000 })
    const hold = disk.hold(isDurableCall)
    void log.append(payload(1))
    void log.flush()
    await hold.reached
    const second = watch(log.append(payload(2)))
    const flushed = watch(log.flush())
    hold.release()
    await quiet()
    expect(states([second, flushed])).toEqual(['resolved', 'resolved'])
    expect(clock.now).toBe(0)
    await log.close()
  })

  it('who closes the log', async () => {
    const { clock, log } = await open({ maxDelayMs: 1000 })
    const waiting = watch(log.append(payload(1)))
    await quiet()
    await log.close()
    expect(waiting.state).toBe('resolved')
    expect(clock.now).toBe(0)
    expect(clock.timers).toBe(0)
  })

  it('when the log is poisoned', async () => {
    const { disk, clock, log } = await open({ maxDelayMs: 1000 })
    const waiting = watch(log.append(payload(1)))
    await quiet()
    disk.loseLock('taken')
    await quiet()
    expect(waiting.state).toBe('rejected')
    await log.close()
    expect(clock.timers).toBe(0)
  })
})
