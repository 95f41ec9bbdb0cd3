import { VarveError } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type TailOptions } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { failure, watch, type Watched } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { fill, geometry, logOf } from '../support/log-retention.ts'

interface Tailing {
  readonly seen: number[]
  readonly end: Watched<unknown>
}

/** Follows a log until the tail ends, or `last` was seen. */
function follow(log: Log, options?: TailOptions, last = Infinity): Tailing {
  const seen: number[] = []
  const run = async (): Promise<void> => {
    for await (const { sequence } of log.tail(options)) {
      seen.push(sequence)
      if (sequence === last) break
    }
  }
  return { seen, end: watch(run()) }
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

describe('a tail', () => {
  it('gives what is there, then each record as it comes, over rotations', async () => {
    const { log } = await logOf(3)
    const { seen, end } = follow(log, { from: 1 }, 40)
    await quiet()
    expect(seen).toEqual([1, 2, 3])
    for (let n = 4; n <= 40; n += 1) {
      await log.append(payload(n, 400))
      if (n % 3 === 0) await quiet()
    }
    await quiet()
    expect(seen).toEqual(upTo(40))
    expect(end.state).toBe('resolved')
    expect(log.segments.length).toBeGreaterThan(6)
    await log.close()
  })

  it('begins behind the last visible record unless it is told where, also ahead of all', async () => {
    const { log } = await logOf(2)
    const fresh = follow(log)
    const ahead = follow(log, { from: 5 })
    await quiet()
    await fill(log, 4)
    await quiet()
    expect(fresh.seen).toEqual([3, 4, 5, 6])
    expect(ahead.seen).toEqual([5, 6])
    await log.close()
  })

  it('shows a record when it is visible and not before', async () => {
    const { disk, log } = await logOf(0, { durability: 'async' })
    const written = follow(log)
    const durable = follow(log, { visibility: 'durable' })
    await log.append(payload(1))
    await quiet()
    expect([written.seen, durable.seen]).toEqual([[1], []])
    const hold = disk.hold('sync')
    const synced = log.sync()
    await hold.reached
    await quiet()
    expect(durable.seen).toEqual([])
    hold.release()
    await synced
    await quiet()
    expect(durable.seen).toEqual([1])
    await log.close()
  })

  it('waits without polling: no timer, no operation, nothing', async () => {
    const clock = manualClock()
    const { disk, log } = await logOf(2, { runtime: clock.runtime })
    follow(log, { from: 1 })
    await quiet()
    const before = disk.operations.length
    await clock.advance(3_600_000)
    expect(clock.timers).toBe(0)
    expect(disk.operations.length).toBe(before)
    await log.close()
  })

  it('does not make the writer wait', async () => {
    const { disk, log } = await logOf(1)
    const tail = follow(log, { from: 1 })
    await quiet()
    const hold = disk.hold('read')
    await log.append(payload(2))
    await hold.reached
    await fill(log, 3)
    expect(tail.seen).toEqual([1])
    hold.release()
    await quiet()
    expect(tail.seen).toEqual(upTo(5))
    await log.close()
  })

  it('refuses what cannot be followed', async () => {
    const { log } = await logOf(3)
    await log.archive(2)
    expect((await failure('RECLAIMED', () => log.tail({ from: 1 }))).context).toEqual({ sequence: 1, floor: 2 })
    for (const options of [{ from: 0 }, { from: 1.5 }, { pollMs: 0 }, { pollMs: Number.NaN }]) {
      await failure('INVALID_ARGUMENT', () => log.tail(options))
    }
    await log.close()
    await failure('CLOSED', () => log.tail())
  })
})

describe('a tail ends', () => {
  it('when the log is closed, with all that close() made durable', async () => {
    const { disk, log } = await logOf(1)
    const waiting = follow(log, { from: 1 })
    await quiet()
    log.enqueue(payload(2))
    void log.appendBatch([payload(3), payload(4)])
    const closed = log.close()
    await closed
    await quiet()
    expect(waiting.seen).toEqual(upTo(4))
    expect(waiting.end.state).toBe('resolved')
    expect(disk.openFiles).toEqual([])
  })

  it('when the log and its storage are closed while there is more to read', async () => {
    const storage = memoryStorage({ asynchronous: true })
    const log = await openLog({ storage, ...geometry, ownsStorage: true })
    await fill(log, 3)
    const tail = log.tail({ from: 1 })
    expect(await tail.next()).toMatchObject({ value: { sequence: 1 } })
    await log.close()
    expect(await tail.next()).toEqual({ done: true, value: undefined })
    expect(await tail.next()).toEqual({ done: true, value: undefined })
  })

  it('when the log is closed while it loads', async () => {
    const { disk, log } = await logOf(1)
    const hold = disk.hold('read')
    const tail = follow(log, { from: 1 })
    await hold.reached
    await log.close()
    hold.release()
    await quiet()
    expect(tail.seen).toEqual([1])
    expect(tail.end.state).toBe('resolved')
  })

  it('with POISONED when the log is poisoned, after all that is visible', async () => {
    const { disk, log } = await logOf(0, {}, { without: ['writeDurable'] })
    const waiting = follow(log)
    for (let n = 1; n <= 4; n += 1) await log.append(payload(n, 2600))
    await quiet()
    const late = log.tail({ from: 1 })
    const cause = new VarveError('IO', 'the disk is gone')
    disk.failAlways('sync', cause)
    await failure('POISONED', () => log.append(payload(5)))
    await quiet()
    const told = await log.failed
    expect(waiting.seen).toEqual(upTo(4))
    expect(waiting.end.error).toBe(told)
    const seen: (number | undefined)[] = []
    const rest = async (): Promise<void> => {
      for await (const { sequence } of late) seen.push(sequence)
    }
    expect(await failure('POISONED', rest)).toBe(told)
    expect(seen).toEqual(upTo(4))
    await log.close()
  })

  it('with ABORTED when its signal says so, whether it waits or not', async () => {
    const { disk, log } = await logOf(1)
    const before = disk.openFiles
    const controller = new AbortController()
    const { signal } = controller
    const waiting = follow(log, { signal })
    const other = follow(log)
    const paused = log.tail({ from: 1, signal })
    await paused.next()
    await quiet()
    controller.abort('enough')
    await quiet()
    expect(waiting.end.error).toMatchObject({ code: 'ABORTED', cause: 'enough' })
    expect((await failure('ABORTED', () => paused.next())).cause).toBe('enough')
    await failure('ABORTED', () => log.tail({ from: 1, signal }).next())
    expect(other.end.state).toBe('pending')
    expect(disk.openFiles).toEqual(before)
    expect(log.segments.map(({ leases }) => leases)).toEqual([1])
    await log.close()
  })

  it('and listens to its signal no more', async () => {
    const { log } = await logOf(1)
    const listeners = new Set<() => void>()
    const signal = {
      aborted: false,
      addEventListener: (_: 'abort', listener: () => void) => { listeners.add(listener) },
      removeEventListener: (_: 'abort', listener: () => void) => { listeners.delete(listener) },
    }
    const tail = log.tail({ from: 1, signal })
    expect(listeners.size).toBe(0)
    await tail.next()
    expect(listeners.size).toBe(1)
    await tail.return?.()
    expect(listeners.size).toBe(0)
    await log.close()
  })

  it('when it is given up while it waits, or while it loads', async () => {
    const { disk, log } = await logOf(1)
    const before = disk.openFiles
    const waiting = log.tail()
    const next = watch(waiting.next())
    await quiet()
    await waiting.return?.()
    await quiet()
    expect(next.value).toEqual({ done: true, value: undefined })
    const loading = log.tail({ from: 1 })
    const hold = disk.hold('read')
    const first = watch(loading.next())
    await hold.reached
    const given = loading.return?.()
    hold.release()
    await given
    expect(first.state).toBe('resolved')
    expect(await loading.next()).toEqual({ done: true, value: undefined })
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })
})

describe('the event loop gets a turn', () => {
  it.each(['read', 'tail'] as const)('during a long %s of a storage that answers at once', async (how) => {
    const log = await openLog({ storage: memoryStorage(), readBytes: 4096 })
    const records = 20_000
    for (let n = 0; n < records / 1000; n += 1) {
      await log.appendBatch(Array.from({ length: 1000 }, () => payload(n, 50)))
    }
    let turns = 0
    const turn = (): void => {
      turns += 1
      immediate = setImmediate(turn)
    }
    let immediate = setImmediate(turn)
    for await (const { sequence } of how === 'read' ? log.read() : log.tail({ from: 1 })) {
      // Two hundred milliseconds of a caller who does not wait for anything.
      if (sequence % 100 === 0) for (const began = performance.now(); performance.now() - began < 1; );
      if (sequence === records) break
    }
    clearImmediate(immediate)
    expect(turns).toBeGreaterThan(5)
    await log.close()
  })
})
