import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { burstOptions, data, openBursting, perSlab, sequencesOn, slab } from '../support/log-bursts.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall, isWriteCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { upTo } from '../support/log-tails.ts'

describe('the async mode on storage that answers later', () => {
  it('has one write under way, fills what comes next, and refuses at the bound of the queue', async () => {
    const { disk, log } = await openBursting()
    const hold = disk.hold(isWriteCall)
    for (let n = 1; n <= perSlab + 1; n += 1) log.enqueue(data)
    expect(hold.isReached).toBe(true)
    for (let n = 1; n <= 2 * perSlab; n += 1) log.enqueue(data)
    expect(log.stats()).toMatchObject({ queuedBytes: 2 * slab + slab / perSlab, records: 0 })
    await failure('BACKPRESSURE', () => log.enqueue(data))
    await quiet()
    expect(disk.count(isWriteCall)).toBe(1)
    const last = log.lastSequence
    expect(last).toBe(3 * perSlab + 1)
    hold.release()
    await log.flush()
    expect(log.enqueue(data)).toBe(last + 1)
    await log.close()
    expect(disk.offences).toEqual([])
    expect(sequencesOn(disk)).toEqual(upTo(last + 1))
  })

  it('lets those in who waited for room, and hands over what they fill', async () => {
    const { disk, log } = await openBursting()
    const hold = disk.hold(isWriteCall)
    const appended = Array.from({ length: 20 * perSlab }, () => log.append(data))
    expect(log.stats().waitingCalls).toBeGreaterThan(16 * perSlab)
    hold.release()
    expect(await Promise.all(appended)).toEqual(upTo(20 * perSlab))
    await log.close()
    expect(disk.offences).toEqual([])
    expect(sequencesOn(disk)).toEqual(upTo(20 * perSlab))
  })

  it('rejects those who wait when the write fails that lets them in', async () => {
    const { disk, log } = await openBursting()
    const hold = disk.hold(isWriteCall)
    const appended = Array.from({ length: 6 * perSlab }, () => watch(log.append(data)))
    hold.release()
    disk.fail(isWriteCall, new Error('no'))
    const error = await log.failed
    await quiet()
    expect(appended.filter(({ state }) => state === 'resolved').length).toBeLessThanOrEqual(perSlab)
    expect(appended.filter((one) => one.error === error).length).toBeGreaterThanOrEqual(5 * perSlab)
    await log.close()
    expect(disk.count('release')).toBe(1)
  })
})

describe('the other modes', () => {
  it.each(['sync', 'group'] as const)('start no commit in a call: one tick shares a sync (%s)', async (durability) => {
    const { disk, log } = await openBursting({ durability, group: { maxDelayMs: 0 }, queue: { maxBytes: 1_000_000 } })
    const appended = Array.from({ length: 1024 }, () => log.append(payload(1)))
    expect(disk.operations).toEqual([])
    await Promise.all(appended)
    expect(disk.count(isDurableCall)).toBe(1)
    expect(log.stats().commits).toBe(1)
    await log.close()
  })

  it('leave what is enqueued in a synchronous log to the call that writes it', async () => {
    const disk = new ControlledStorage()
    const options = { ...burstOptions, durability: 'sync', queue: { maxBytes: 2 * slab } } as const
    const log = openLogSync({ storage: disk.storage, ...options })
    disk.operations.length = 0
    for (let n = 1; n <= 2 * perSlab; n += 1) log.enqueue(data)
    await failure('BACKPRESSURE', () => log.enqueue(data))
    expect(disk.operations).toEqual([])
    log.closeSync()
  })
})

