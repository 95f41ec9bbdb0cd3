import { describe, expect, it } from 'vitest'
import { openLog, type AsyncOptions, type Log } from '../../src/index.ts'
import { manualClock, type ManualClock } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { payload, readAll } from '../support/log-records.ts'

interface Opened {
  readonly disk: ControlledStorage
  readonly clock: ManualClock
  readonly log: Log
}

async function open(async: AsyncOptions, segmentBytes = 65_536): Promise<Opened> {
  const disk = new ControlledStorage()
  const clock = manualClock()
  const log = await openLog({ storage: disk.storage, durability: 'async', async, segmentBytes, runtime: clock.runtime })
  disk.operations.length = 0
  return { disk, clock, log }
}

describe('what the async mode has acknowledged and not synced', () => {
  it('is synced at the latest when the oldest of it has the age that is allowed', async () => {
    const { disk, clock, log } = await open({ maxUnsyncedMs: 100 })
    await log.append(payload(1))
    await clock.advance(60)
    await log.append(payload(2))
    await clock.advance(39.9)
    expect(disk.count('sync')).toBe(0)
    await clock.advance(0.1)
    expect(disk.count('sync')).toBe(1)
    expect(log.durableSequence).toBe(2)
    await clock.advance(1000)
    expect(disk.count('sync')).toBe(1)
    expect(clock.timers).toBe(0)
    await log.append(payload(3))
    await clock.advance(100)
    expect(log.durableSequence).toBe(3)
    await log.close()
  })

  it('is synced in time although a sync that somebody asked for came between', async () => {
    const { clock, log } = await open({ maxUnsyncedMs: 100 })
    await log.append(payload(1))
    await clock.advance(90)
    await log.sync()
    await log.append(payload(2))
    await clock.advance(100)
    expect(log.durableSequence).toBe(2)
    await log.close()
  })

  it('leaves no timer behind when the log is closed', async () => {
    const { clock, log } = await open({ maxUnsyncedMs: 100 })
    await log.append(payload(1))
    expect(clock.timers).toBe(1)
    await log.close()
    expect(clock.timers).toBe(0)
  })

  it.each([
    { name: 'that comes one by one', together: 1 },
    { name: 'that comes in a burst larger than the bound', together: 40 },
  ])('is never more than allowed, of a load $name', async ({ together }) => {
    const maxUnsyncedBytes = 600
    const { disk, log } = await open({ maxUnsyncedBytes })
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(Array.from({ length: together }, (_, n) => log.append(payload(n, 100))))
      const lastSync = disk.operations.findLastIndex(({ kind }) => kind === 'sync')
      const unsynced = disk.operations.slice(lastSync + 1).filter(isWriteCall)
      expect(unsynced.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(maxUnsyncedBytes)
    }
    expect(disk.count('sync')).toBeGreaterThan(0)
    expect(await readAll(log)).toHaveLength(12 * together)
    await log.close()
  })

  it('is not synced more often than that asks for', async () => {
    const { disk, log } = await open({ maxUnsyncedBytes: 10 * 144 })
    for (let n = 0; n < 40; n += 1) await log.append(payload(n, 104))
    expect(disk.count('sync')).toBe(3)
    await log.close()
  })

  it('is synced as a whole when a segment is sealed', async () => {
    const { disk, log } = await open({}, 4096 * 2)
    for (let n = 1; n <= 40; n += 1) {
      await log.append(payload(n, 100))
      if (log.segments.length > 1) break
    }
    expect(log.durableSequence).toBe(log.lastSequence - 1)
    expect(disk.offences).toEqual([])
    await log.close()
  })
})
