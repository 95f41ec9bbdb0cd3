import { synchronousRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type LogEvent, type LogObserver, type LogOptions } from '../../src/index.ts'
import { Observation } from '../../src/observe/observation.ts'
import { seededRuntime } from '../format/seeded-runtime.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall } from '../support/log-intercept.ts'
import { frame16, jammed } from '../support/log-jam.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128 } as const

function recorder(): { readonly events: LogEvent[]; readonly observer: LogObserver } {
  const events: LogEvent[] = []
  return { events, observer: (event) => events.push(event) }
}

const kinds = (events: readonly LogEvent[]): string[] => events.map(({ kind }) => kind)

describe('an observer', () => {
  it('hears of what a log does, in order, from opened to closed', async () => {
    const { events, observer } = recorder()
    const clock = manualClock()
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, observer, runtime: clock.runtime })
    const hold = disk.hold(isDurableCall)
    const appended = log.append(payload(1))
    await hold.reached
    await clock.advance(20)
    hold.release()
    await appended
    await log.archive(2)
    await log.archive(1)
    log.procedures.observe({ kind: 'other', name: 'checkpoint', details: { sequence: 1 } })
    await log.close()
    await quiet()
    const durable = { writtenSequence: 1, durableSequence: 1 }
    expect(events).toMatchObject([
      { kind: 'opened', recovery: { created: true } },
      { kind: 'synced', ms: 20 },
      { kind: 'committed', records: 1, bytes: 56, ms: 20, ...durable },
      { kind: 'synced', ms: 0 },
      { kind: 'committed', records: 0, bytes: 48, ...durable },
      { kind: 'archived', floor: 2 },
      { kind: 'other', name: 'checkpoint', details: { sequence: 1 } },
      { kind: 'committed', records: 0, bytes: 0, ...durable },
      { kind: 'closed', lastSequence: 1, durableSequence: 1 },
    ])
  })

  it('hears of rotations and of what is reclaimed', async () => {
    const { events, observer } = recorder()
    const log = await openLog({ storage: memoryStorage(), ...geometry, observer })
    for (let n = 1; n <= 3; n += 1) await log.append(payload(n, 2000))
    const { removed, bytes } = await log.reclaim(3)
    await log.close()
    const names = log.segments.map(({ name }) => name)
    expect(events.filter(({ kind }) => kind === 'rotated')).toEqual([
      { kind: 'rotated', segment: removed[1], firstSequence: 2 },
      { kind: 'rotated', segment: names.at(-1), firstSequence: 3 },
    ])
    expect(events.filter(({ kind }) => kind === 'reclaimed')).toEqual([{ kind: 'reclaimed', floor: 3, removed, bytes }])
  })

  it('hears that the queue is full once for each time that it fills up', async () => {
    const { events, observer } = recorder()
    const { log, hold, first } = await jammed({ maxBytes: frame16 }, { observer })
    void log.append(payload(1))
    const waiting = [2, 3].map((n) => log.append(payload(n)))
    await failure('BACKPRESSURE', () => log.enqueue(payload(4)))
    hold.release()
    await Promise.all([first, ...waiting])
    log.enqueue(payload(5))
    await failure('BACKPRESSURE', () => log.enqueue(payload(6)))
    await log.close()
    const full = events.filter(({ kind }) => kind === 'full')
    const queued = { kind: 'full', queuedRecords: 1, queuedBytes: 56 }
    expect(full).toEqual([
      { ...queued, outcome: 'waiting', waitingCalls: 1, waitingBytes: 56 },
      { ...queued, outcome: 'refused', waitingCalls: 0, waitingBytes: 0 },
    ])
  })

  it('hears of a failure with its cause, and of the end of a log that is only read', async () => {
    const { events, observer } = recorder()
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, observer })
    await log.append(payload(1))
    disk.fail(isDurableCall, new Error('no'))
    await failure('POISONED', () => log.append(payload(2)))
    await log.close()
    const error = await log.failed
    expect(events.slice(-2)).toEqual([
      { kind: 'failed', error },
      { kind: 'closed', lastSequence: 2, durableSequence: 1 },
    ])
    const reader = recorder()
    const read = await openLog({ storage: disk.storage, ...geometry, readOnly: true, observer: reader.observer })
    read.procedures.observe({ kind: 'other', name: 'seen', details: {} })
    await read.close()
    expect(kinds(reader.events)).toEqual(['opened', 'other', 'closed'])
  })

  it('is called later, never by who tells, once for all that was told until then', () => {
    const putOff: (() => void)[] = []
    const runtime = { ...synchronousRuntime(), later: (task: () => void) => { putOff.push(task) } }
    const { events, observer } = recorder()
    const observation = new Observation(runtime, (event) => {
      if (events.length === 0) observation.tell({ kind: 'archived', floor: 3 })
      return observer(event)
    })
    observation.tell({ kind: 'archived', floor: 1 })
    observation.tell({ kind: 'archived', floor: 2 })
    expect([events.length, putOff.length]).toEqual([0, 1])
    putOff[0]?.()
    expect([events.length, putOff.length]).toEqual([2, 2])
    putOff[1]?.()
    expect(events).toEqual([1, 2, 3].map((floor) => ({ kind: 'archived', floor })))
  })

  it('may use the log that it hears of', async () => {
    const seen: number[] = []
    const log = await openLog({
      storage: memoryStorage(),
      ...geometry,
      observer: (event) => {
        if (event.kind === 'committed') seen.push(event.writtenSequence)
        if (event.kind === 'committed' && event.writtenSequence === 1) log.enqueue(payload(2))
      },
    })
    await log.append(payload(1))
    await log.sync()
    await log.close()
    expect(seen.slice(0, 2)).toEqual([1, 2])
  })
})

describe('an observer that fails', () => {
  it.each([
    { what: 'throws', failing: () => { throw new Error('oops') }, expected: new Error('oops') },
    { what: 'rejects', failing: () => Promise.reject(new Error('late')), expected: new Error('late') },
    {
      what: 'throws undefined',
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a caller may do
      failing: () => { throw undefined },
      expected: new Error('the observer threw undefined'),
    },
  ])('is let go of and shown, and the log goes on: it $what', async ({ failing, expected }) => {
    let calls = 0
    const observer = (): unknown => {
      calls += 1
      return calls > 1 ? failing() : undefined
    }
    const log = await openLog({ storage: memoryStorage(), ...geometry, observer })
    await log.append(payload(1))
    await quiet()
    const before = calls
    await log.append(payload(2))
    await log.sync()
    expect(log.stats().observerFailure).toEqual(expected)
    expect(calls).toBe(before)
    expect(await readAll(log)).toHaveLength(2)
    await log.close()
  })

  it('that returns something else has not failed', async () => {
    const observer = (): unknown => ({ then: 1 })
    const log = await openLog({ storage: memoryStorage(), ...geometry, observer })
    await log.append(payload(1))
    await log.close()
    expect(log.stats().observerFailure).toBeUndefined()
  })
})

describe('what is on the disk', () => {
  const failing = (): void => { throw new Error('oops') }

  it.each([
    { who: 'a recording observer', observer: recorder().observer },
    { who: 'a failing observer', observer: failing },
  ])('is the same with $who as without one', ({ observer }) => {
    const live = (options: Partial<LogOptions>): unknown => {
      const storage = memoryStorage()
      const chance = seededRuntime(1)
      const getRandomValues = (target: Uint8Array<ArrayBuffer>): void => { chance.random(target) }
      const runtime = synchronousRuntime({ performance: { now: () => 0 }, crypto: { getRandomValues } })
      const log = openLogSync({ storage, runtime, ...geometry, queue: { maxBytes: 100 }, ...options })
      for (let n = 1; n <= 40; n += 1) {
        if (n % 3 === 0) log.enqueue(payload(n, 50))
        log.appendSync(payload(n, n * 20))
        if (n === 30) log.reclaimSync(20)
      }
      log.closeSync()
      return storage.snapshot()
    }
    expect(live({ observer })).toEqual(live({}))
  })
})
