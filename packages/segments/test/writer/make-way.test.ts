import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { burstOptions, data, openBursting, perSlab, sequencesOn, slab } from '../support/log-bursts.ts'
import { synchronousRuntime } from '@varve/storage'
import { manualClock } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAllSync } from '../support/log-records.ts'
import { upTo } from '../support/log-tails.ts'

describe('the async mode on storage that writes at once', () => {
  it('hands a full slab over before the call returns that found it full', async () => {
    const { disk, log } = await openBursting()
    for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
    expect(disk.count(isWriteCall)).toBe(0)
    expect(log.enqueue(data)).toBe(perSlab + 1)
    expect(disk.of(isWriteCall).map(({ bytes }) => bytes)).toEqual([slab])
    expect(log.stats()).toMatchObject({ queuedRecords: 1, queuedBytes: slab / perSlab, records: perSlab })
    expect(log.stats().commitReasons).toMatchObject({ bytes: 1, idle: 0 })
    await log.flush()
    expect(log.stats().commitReasons).toMatchObject({ bytes: 1, fence: 1 })
    await log.close()
  })

  it.each(['append', 'appendBatch'] as const)('does so within %s, too', async (call) => {
    const { disk, log } = await openBursting()
    for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
    const appended = call === 'append' ? log.append(data) : log.appendBatch([data, data])
    expect(disk.of(isWriteCall).map(({ bytes }) => bytes)).toEqual([slab])
    expect(await appended).toEqual(call === 'append' ? perSlab + 1 : { first: perSlab + 1, last: perSlab + 2 })
    expect(log.stats().commitReasons).toMatchObject({ bytes: 1, idle: 1 })
    await log.close()
  })

  it('never refuses a caller who never waits, across segments', async () => {
    const { disk, log } = await openBursting()
    for (let n = 1; n <= 8192; n += 1) log.enqueue(data)
    expect(disk.of(isWriteCall).reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2_000_000)
    expect(log.segments.length).toBeGreaterThan(7)
    await log.close()
    expect(sequencesOn(disk)).toEqual(upTo(8192))
    expect(disk.offences).toEqual([])
  })

  it('never refuses the caller of a synchronous log either', () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...burstOptions })
    disk.operations.length = 0
    for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
    expect(disk.count(isWriteCall)).toBe(0)
    log.enqueue(data)
    expect(disk.of(isWriteCall).map(({ bytes }) => bytes)).toEqual([slab])
    for (let n = log.lastSequence; n < 4096; n += 1) log.enqueue(data)
    expect(log.stats().queuedBytes).toBeLessThanOrEqual(slab)
    expect(log.appendBatchSync([data, data])).toEqual({ first: 4097, last: 4098 })
    expect(readAllSync(log)).toHaveLength(4098)
    log.closeSync()
    expect(sequencesOn(disk)).toEqual(upTo(4098))
  })

  it('acknowledges what was handed over', async () => {
    const { log } = await openBursting()
    const first = watch(log.append(data))
    for (let n = 2; n <= perSlab + 1; n += 1) log.enqueue(data)
    await Promise.resolve()
    expect(first.value).toBe(1)
    await log.close()
  })

  it('keeps records, changes of state and fences in the order of the calls', async () => {
    const { disk, log } = await openBursting()
    const burst = (): void => { for (let n = 0; n < 3 * perSlab + 5; n += 1) log.enqueue(data) }
    burst()
    const kept = log.recordCheckpoints(payload(1, 30))
    burst()
    const raised = log.archive(60)
    burst()
    const fence = log.sync()
    burst()
    await fence
    expect(log.durableSequence).toBeGreaterThanOrEqual(3 * 53)
    expect([log.firstSequence, log.checkpointList]).toEqual([60, payload(1, 30)])
    await Promise.all([kept, raised])
    expect(log.lastSequence).toBe(4 * 53)
    await log.close()
    const frames = segmentsOf(disk.snapshot()).flatMap((segment) => segment.frames)
    const changes = frames.filter(({ kind }) => kind === 'floor' || kind === 'checkpoint')
    // A FLOOR repeats the list that it goes with.
    expect(changes.map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ['checkpoint', 53],
      ['checkpoint', 106],
      ['floor', 106],
    ])
    expect(sequencesOn(disk)).toEqual(upTo(4 * 53))
  })

  it('leaves no more un-synced than is allowed', async () => {
    const maxUnsyncedBytes = 3 * slab
    const { disk, log } = await openBursting({ async: { maxUnsyncedBytes } })
    let unsynced = 0
    let most = 0
    for (let n = 1; n <= 2000; n += 1) {
      disk.operations.length = 0
      log.enqueue(data)
      for (const operation of disk.operations) {
        if (operation.kind === 'sync') unsynced = 0
        else if (isWriteCall(operation)) unsynced += operation.bytes
        most = Math.max(most, unsynced)
      }
    }
    expect(most).toBe(maxUnsyncedBytes)
    expect(log.durableSequence).toBeGreaterThan(2000 - 5 * perSlab)
    await log.close()
  })

  it('poisons the log within the call when the write fails, and stages nothing for it', async () => {
    for (const call of ['enqueue', 'append', 'appendBatch'] as const) {
      const { disk, log } = await openBursting()
      const first = watch(log.append(data))
      for (let n = 2; n <= perSlab; n += 1) log.enqueue(data)
      disk.fail(isWriteCall, new Error('no'))
      const calls = {
        enqueue: () => log.enqueue(data),
        append: () => log.append(data),
        appendBatch: () => log.appendBatch([data, data]),
      }
      const error = await failure('POISONED', calls[call])
      expect(error.cause).toMatchObject({ code: 'IO', cause: { message: 'no' } })
      expect([log.lastSequence, log.stats().queuedBytes]).toEqual([perSlab, 0])
      expect(await log.failed).toBe(error)
      expect(first.error).toBe(error)
      await failure('POISONED', () => log.enqueue(data))
      await failure('POISONED', () => log.close())
      expect([disk.count('release'), disk.openFiles]).toEqual([1, []])
    }
  })

  it('lets close() go when all records that were lost have been told of', async () => {
    const { disk, log } = await openBursting()
    const appended = Array.from({ length: perSlab }, () => watch(log.append(data)))
    disk.fail(isWriteCall, new Error('no'))
    await failure('POISONED', () => log.append(data))
    expect(appended.map(({ state }) => state)).toEqual(appended.map(() => 'rejected'))
    await log.close()
    expect(disk.count('release')).toBe(1)
  })

  it('poisons a synchronous log in the same way', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...burstOptions })
    for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
    disk.fail(isWriteCall, new Error('no'))
    await failure('POISONED', () => log.enqueue(data))
    expect([log.lastSequence, log.stats().queuedBytes]).toEqual([perSlab, 0])
    await failure('POISONED', () => { log.closeSync() })
    expect([disk.count('release'), disk.openFiles]).toEqual([1, []])
  })
})

it('a synchronous log syncs no more often because slabs were handed over', () => {
  const disk = new ControlledStorage()
  const log = openLogSync({ storage: disk.storage, ...burstOptions, async: { maxUnsyncedMs: 60_000 } })
  disk.operations.length = 0
  for (let n = 1; n <= 5 * perSlab; n += 1) log.enqueue(data)
  log.flushSync()
  expect(log.getSync(1)?.payload).toEqual(data)
  log.appendSync(data)
  expect(disk.count('sync')).toBe(0)
  log.closeSync()
})

it('an asynchronous log syncs in time what was handed over within a call', async () => {
  const clock = manualClock()
  const { disk, log } = await openBursting({ runtime: clock.runtime, async: { maxUnsyncedMs: 100 } })
  for (let n = 1; n <= perSlab + 1; n += 1) log.enqueue(data)
  expect(clock.timers).toBe(1)
  await clock.advance(100)
  expect([disk.count('sync'), log.durableSequence]).toEqual([1, perSlab + 1])
  await log.close()
})

it('a synchronous log looks at the age of what is un-synced when it hands a slab over', () => {
  const clock = { now: 0 }
  const runtime = synchronousRuntime({ performance: { now: () => clock.now }, crypto: globalThis.crypto })
  const disk = new ControlledStorage()
  const log = openLogSync({ storage: disk.storage, ...burstOptions, runtime, async: { maxUnsyncedMs: 100 } })
  disk.operations.length = 0
  for (let n = 1; n <= 2 * perSlab + 1; n += 1) log.enqueue(data)
  clock.now = 99
  for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
  expect(disk.count('sync')).toBe(0)
  clock.now = 100
  for (let n = 1; n <= perSlab; n += 1) log.enqueue(data)
  expect([disk.count('sync'), log.durableSequence]).toEqual([1, 4 * perSlab])
  log.closeSync()
})
