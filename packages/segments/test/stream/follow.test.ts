import { VarveError } from '@varve/codec'
import { asynchronousRuntime, synchronousRuntime, type Runtime } from '@varve/storage'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type Log, type StreamChunk, type StreamOptions } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { framesOf } from '../support/stream-frames.ts'
import { failure, watch, type Watched } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { logOf } from '../support/log-retention.ts'
import { small, storageOf } from '../support/replica-pair.ts'

interface Followed {
  readonly chunks: StreamChunk[]
  readonly end: Watched<unknown>
}

function follow(log: Log, options: StreamOptions = {}): Followed {
  const chunks: StreamChunk[] = []
  const run = async (): Promise<void> => {
    for await (const chunk of log.stream({ follow: true, ...options })) chunks.push(chunk)
  }
  return { chunks, end: watch(run()) }
}

describe('a stream that follows', () => {
  it('gets what becomes durable, across rotations', async () => {
    const { log } = await logOf(1)
    const { chunks } = follow(log)
    await quiet()
    expect(framesOf(chunks)).toEqual(['record 1'])
    for (let n = 2; n <= 30; n += 1) {
      await log.append(payload(n, 400))
      if (n % 4 === 0) await quiet()
    }
    await quiet()
    const records = framesOf(chunks).filter((frame) => frame.startsWith('record'))
    expect(records).toEqual(Array.from({ length: 30 }, (_, at) => `record ${at + 1}`))
    expect(new Set(chunks.map(({ from }) => from.segment)).size).toBe(log.segments.length)
    await log.close()
  })

  it('gets nothing that is only written', async () => {
    const { disk, log } = await logOf(0, { durability: 'async' })
    const { chunks } = follow(log)
    await log.append(payload(1))
    await quiet()
    expect(framesOf(chunks)).toEqual([])
    const hold = disk.hold('sync')
    const synced = log.sync()
    await hold.reached
    await quiet()
    expect(framesOf(chunks)).toEqual([])
    hold.release()
    await synced
    await quiet()
    expect(framesOf(chunks)).toEqual(['record 1'])
    await log.close()
  })

  it('waits without polling: no timer, no operation, nothing', async () => {
    const clock = manualClock()
    const { disk, log } = await logOf(2, { runtime: clock.runtime })
    follow(log)
    await quiet()
    const before = disk.operations.length
    await clock.advance(3_600_000)
    expect([clock.timers, disk.operations.length - before]).toEqual([0, 0])
    await log.close()
  })

  it('ends when the log is closed, with its CLOSE', async () => {
    const { disk, log } = await logOf(1)
    const { chunks, end } = follow(log)
    await quiet()
    await log.close()
    await quiet()
    expect([end.state, framesOf(chunks)]).toEqual(['resolved', ['record 1', 'close']])
    expect(disk.openFiles).toEqual([])
  })

  it('ends when the log is closed although its storage is gone with it', async () => {
    const log = await openLog({ storage: storageOf(), ...small, ownsStorage: true })
    await log.append(payload(1))
    const { chunks, end } = follow(log)
    await quiet()
    await log.close()
    await quiet()
    expect([end.state, framesOf(chunks)[0]]).toEqual(['resolved', 'record 1'])
  })

  it('throws POISONED after all that is durable', async () => {
    const { disk, log } = await logOf(1)
    const { chunks, end } = follow(log)
    await quiet()
    const hold = disk.hold('read')
    await log.append(payload(2))
    await hold.reached
    disk.fail('writeDurable', new Error('no'))
    await failure('POISONED', () => log.append(payload(3)))
    hold.release()
    await quiet()
    expect([end.state, framesOf(chunks)]).toEqual(['rejected', ['record 1', 'record 2']])
    await failure('POISONED', () => { throw end.error })
    const plain: StreamChunk[] = []
    for await (const chunk of log.stream()) plain.push(chunk)
    expect(framesOf(plain)).toEqual(['record 1', 'record 2'])
    await log.close()
  })

  it('throws ABORTED with the reason, also when it was aborted before, and listens no longer', async () => {
    const { disk, log } = await logOf(1)
    const before = disk.openFiles
    const controller = new AbortController()
    const { end } = follow(log, { signal: controller.signal })
    await quiet()
    expect(end.state).toBe('pending')
    controller.abort('enough')
    await quiet()
    expect((await failure('ABORTED', () => { throw end.error })).cause).toBe('enough')
    const late = follow(log, { signal: controller.signal })
    await quiet()
    expect([late.end.state, late.chunks]).toEqual(['rejected', []])
    expect(disk.openFiles).toEqual(before)
    const listeners = new Set<() => void>()
    const signal = {
      aborted: false,
      addEventListener: (_: 'abort', listener: () => void) => listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => listeners.delete(listener),
    }
    const stream = log.stream({ follow: true, signal })
    await stream.next()
    expect(listeners.size).toBe(1)
    await stream.return?.()
    expect(listeners.size).toBe(0)
    await log.close()
  })

  it('is woken by return() and ends', async () => {
    const { disk, log } = await logOf(1)
    const before = disk.openFiles
    const stream = log.stream({ follow: true })
    await stream.next()
    await stream.next()
    const waiting = watch(stream.next())
    await quiet()
    expect(waiting.state).toBe('pending')
    await stream.return?.()
    await quiet()
    expect([waiting.state, waiting.value]).toEqual(['resolved', { done: true, value: undefined }])
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })

  it('looks again when the log moves while it is looking', async () => {
    const { disk, log } = await logOf(1)
    const { chunks, end } = follow(log)
    await quiet()
    const hold = disk.hold('read')
    await log.append(payload(2))
    await hold.reached
    await log.append(payload(3))
    await log.close()
    hold.release()
    await quiet()
    expect([end.state, framesOf(chunks)]).toEqual(['resolved', ['record 1', 'record 2', 'record 3', 'close']])
  })

  it('waits for a log to begin, and for the segment that comes next', async () => {
    const { log } = await logOf(1)
    const next = follow(log, { from: { segment: 2, offset: 0 } })
    await quiet()
    expect([next.chunks, next.end.state]).toEqual([[], 'pending'])
    await log.append(payload(2, 2600))
    await quiet()
    expect(framesOf(next.chunks)).toEqual(['record 2'])
    await log.close()
  })

  it('refuses a nonsensical interval', async () => {
    const { log } = await logOf(1)
    for (const pollMs of [0, -1, Number.NaN]) await failure('INVALID_ARGUMENT', () => log.stream({ pollMs }))
    await log.close()
  })

  it('has no place in a program without an event loop', async () => {
    const log = openLogSync({ storage: storageOf(), ...small, runtime: synchronousRuntime() })
    const stream = log.procedures.stream({ follow: true })
    log.procedures.runtime.run(stream.next())
    await failure('UNSUPPORTED', () => log.procedures.runtime.run(stream.next()))
    log.procedures.runtime.run(stream.close())
    log.closeSync()
  })
})

describe('a stream that is busy', () => {
  it('gives the event loop a turn, also while it only reads up to its place', async () => {
    let now = 0
    let turns = 0
    const runtime: Runtime = asynchronousRuntime({
      performance: { now: () => (now += 5) },
      crypto: globalThis.crypto,
      queueMicrotask: (task) => { queueMicrotask(task) },
      setTimeout: (task, delayMs) => setTimeout(task, delayMs),
      clearTimeout: (timer) => { clearTimeout(timer as NodeJS.Timeout) },
      setImmediate: (task) => {
        turns += 1
        return setImmediate(task)
      },
    })
    const log = await openLog({ storage: storageOf(), ...small, segmentBytes: 65_536, runtime })
    for (let n = 1; n <= 150; n += 1) log.enqueue(payload(n, 300))
    await log.sync()
    turns = 0
    const chunks: StreamChunk[] = []
    for await (const chunk of log.stream()) chunks.push(chunk)
    expect(turns).toBeGreaterThan(chunks.length / 4)
    turns = 0
    for await (const { bytes } of log.stream({ from: chunks.at(-1)?.to })) throw new Error(`${bytes.length} more bytes`)
    expect(turns).toBeGreaterThan(chunks.length / 4)
    await log.close()
  })

  it('comes to its end when a read fails, and says what failed', async () => {
    const { disk, log } = await logOf(2)
    const before = disk.openFiles
    disk.fail('read', new VarveError('IO', 'no'))
    await failure('IO', () => log.stream().next().then(() => log.stream().next()))
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })
})
