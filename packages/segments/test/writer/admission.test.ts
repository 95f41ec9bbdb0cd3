import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { frame16, jammed } from '../support/log-jam.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'
import { listenersOf } from '../support/log-signal.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('a call that finds the queue full', () => {
  it('waits outside, in the order of the calls, and gets its number when it gets in', async () => {
    const { log, hold, first } = await jammed({ maxBytes: frame16 })
    const staged = log.append(payload(1))
    const waiting = [2, 3].map((n) => log.append(payload(n)))
    const batch = log.appendBatch([payload(4), payload(5)])
    const last = log.append(payload(6))
    expect(log.lastSequence).toBe(2)
    expect(log.stats()).toMatchObject({ queuedRecords: 1, queuedBytes: 56, waitingCalls: 4, waitingBytes: 5 * 56 })
    hold.release()
    expect(await Promise.all([first, staged, ...waiting])).toEqual([1, 2, 3, 4])
    expect(await Promise.all([batch, last])).toEqual([{ first: 5, last: 6 }, 7])
    expect(log.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, waitingCalls: 0, waitingBytes: 0 })
    const found = (await readAll(log)).map((record) => record.payload)
    expect(found).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => hex(payload(n))))
    await log.close()
  })

  it('is not overtaken by a smaller one that would fit, nor by enqueue', async () => {
    const { log, hold } = await jammed({ maxBytes: 200 })
    void log.append(payload(1))
    const large = watch(log.append(payload(2, 160)))
    const small = watch(log.append(payload(3)))
    await failure('BACKPRESSURE', () => log.enqueue(payload(4)))
    hold.release()
    await quiet()
    expect([large.value, small.value, log.lastSequence]).toEqual([3, 4, 4])
    await log.close()
  })

  it('is refused at once when it could never be taken', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 }, { maxRecordBytes: 100 })
    void log.append(payload(1))
    void log.append(payload(2))
    await failure('RECORD_TOO_LARGE', () => log.append(payload(3, 101)))
    await failure('INVALID_ARGUMENT', () => log.append(payload(3), { type: -1 }))
    await failure('INVALID_ARGUMENT', () => log.appendBatch([]))
    expect(log.stats().waitingCalls).toBe(1)
    hold.release()
    await log.close()
  })

  it('takes its time from the record before it when it gets in, and is held against all that wait', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    void log.append(payload(1), { timestamp: 5 })
    const later = log.append(payload(2), { timestamp: 9 })
    const batch = log.appendBatch([{ payload: payload(3), timestamp: 11 }, payload(4)])
    await failure('INVALID_ARGUMENT', () => log.append(payload(5), { timestamp: 10 }))
    const same = log.append(payload(5))
    hold.release()
    await Promise.all([later, batch, same])
    expect((await readAll(log)).map(({ timestamp }) => timestamp)).toEqual([0, 5, 9, 11, 11, 11])
    expect(await log.append(payload(6), { timestamp: 11 })).toBe(7)
    await log.close()
  })

  it('does not wait for company in the group mode, and neither does a queue that refuses', async () => {
    for (const onFull of ['wait', 'reject'] as const) {
      const clock = manualClock()
      const disk = new ControlledStorage()
      const group = { maxDelayMs: 10_000 }
      const options = { durability: 'group', group, queue: { maxBytes: frame16, onFull } } as const
      const log = await openLog({ storage: disk.storage, runtime: clock.runtime, ...options })
      const calls = [watch(log.append(payload(1))), watch(log.append(payload(2)))]
      await clock.advance(0)
      expect(calls[0]?.state).toBe('resolved')
      expect(log.stats().commitReasons.full).toBe(1)
      await clock.advance(10_000)
      expect(calls[1]?.state).toBe(onFull === 'wait' ? 'resolved' : 'rejected')
      await log.close()
    }
  })
})

describe('a payload', () => {
  it('that is changed while its call waits is refused, and nothing of it is staged', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const copied = payload(1)
    const staged = log.append(copied)
    copied.fill(0)
    const buffers = [payload(2), payload(3), payload(4), payload(5)] as const
    const changed = watch(log.append(buffers[0]))
    const kept = watch(log.append(buffers[1]))
    const batch = watch(log.appendBatch([payload(9), buffers[2]]))
    const restored = watch(log.append(buffers[3]))
    buffers[0][15]! ^= 1
    buffers[2].fill(7)
    buffers[3].fill(7)
    buffers[3].set(payload(5))
    hold.release()
    await staged
    await log.sync()
    await failure('INVALID_ARGUMENT', () => { throw changed.error })
    await failure('INVALID_ARGUMENT', () => { throw batch.error })
    expect([kept.value, restored.value, log.lastSequence]).toEqual([3, 4, 4])
    expect((await readAll(log)).map((record) => record.payload)).toEqual([0, 1, 3, 5].map((n) => hex(payload(n))))
    await log.close()
  })

  it('whose buffer is given away while its call waits is refused too; an empty one was never there', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    void log.append(payload(1))
    const [away, empty] = [payload(2), new Uint8Array(0)]
    const refused = watch(log.append(away))
    const taken = watch(log.append(empty))
    structuredClone(away, { transfer: [away.buffer] })
    hold.release()
    await log.sync()
    await failure('INVALID_ARGUMENT', () => { throw refused.error })
    expect(taken.value).toBe(3)
    await log.close()
  })
})

describe('the signal of a call', () => {
  it('that is aborted before gives the call up, whether the queue is full or not', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const signal = AbortSignal.abort('enough')
    const error = await failure('ABORTED', () => log.append(payload(1), { signal }))
    expect(error.cause).toBe('enough')
    await failure('ABORTED', () => log.appendBatch([payload(1)], { signal }))
    void log.append(payload(1))
    await failure('ABORTED', () => log.append(payload(2), { signal }))
    expect([log.lastSequence, log.stats().waitingCalls]).toEqual([2, 0])
    hold.release()
    await log.close()
  })

  it('that is aborted while it waits gives it up, and nothing is staged', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    void log.append(payload(1))
    const controllers = [new AbortController(), new AbortController()] as const
    const [one, two] = controllers.map(({ signal }) => signal) as [AbortSignal, AbortSignal]
    const single = watch(log.append(payload(2), { signal: one }))
    const batch = watch(log.appendBatch([payload(3), payload(4)], { signal: two }))
    const behind = watch(log.append(payload(5), { signal: two }))
    controllers[0].abort('no more')
    await quiet()
    expect((await failure('ABORTED', () => { throw single.error })).cause).toBe('no more')
    expect(log.stats()).toMatchObject({ waitingCalls: 2, waitingBytes: 3 * 56 })
    controllers[1].abort()
    await quiet()
    await failure('ABORTED', () => { throw batch.error })
    await failure('ABORTED', () => { throw behind.error })
    hold.release()
    await log.sync()
    expect(await readAll(log)).toHaveLength(2)
    await log.close()
  })

  it('that is aborted lets those behind it in for whom there is room', async () => {
    const { log, hold } = await jammed({ maxBytes: 200 })
    const controller = new AbortController()
    void log.append(payload(1))
    const large = watch(log.append(payload(2, 160), controller))
    const small = log.append(payload(3))
    expect(log.lastSequence).toBe(2)
    controller.abort()
    await quiet()
    expect([large.state, log.lastSequence, log.stats().waitingCalls]).toEqual(['rejected', 3, 0])
    hold.release()
    expect(await small).toBe(3)
    await log.close()
  })

  it('has no effect on what is staged, and is let go of', async () => {
    const { log, hold, first } = await jammed({ maxBytes: frame16 })
    const controller = new AbortController()
    const { signal } = controller
    const listeners = listenersOf(signal)
    const staged = log.append(payload(1), { signal })
    const waiting = log.append(payload(2), { signal })
    expect(listeners.size).toBe(1)
    hold.release()
    await first
    await log.flush()
    expect(listeners.size).toBe(0)
    controller.abort()
    expect(await Promise.all([staged, waiting])).toEqual([2, 3])
    await log.close()
  })

  it('of a kind of its own that fires more than once, or after it was let go of, is heard once', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const listeners: (() => void)[] = []
    const signal = {
      aborted: false,
      addEventListener: (_type: 'abort', listener: () => void) => { listeners.push(listener) },
      removeEventListener: () => undefined,
    }
    void log.append(payload(1))
    const gone = watch(log.append(payload(2), { signal }))
    const kept = watch(log.append(payload(3), { signal }))
    listeners[0]?.()
    listeners[0]?.()
    expect(log.stats()).toMatchObject({ waitingCalls: 1, waitingBytes: frame16 })
    hold.release()
    await log.sync()
    listeners[1]?.()
    await log.sync()
    expect([gone.state, kept.value, log.stats().waitingBytes]).toEqual(['rejected', 3, 0])
    await log.close()
  })

  it('of a kind of its own that cannot be let go of costs its own call only', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const signal = {
      aborted: false,
      addEventListener: () => undefined,
      removeEventListener: () => { throw new Error('never') },
    }
    void log.append(payload(1))
    const odd = watch(log.append(payload(2), { signal }))
    const other = watch(log.append(payload(3)))
    hold.release()
    await log.sync()
    expect([odd.error, other.value]).toEqual([new Error('never'), 3])
    await log.close()
  })
})

describe('a fence', () => {
  it.each(['flush', 'sync'] as const)('called behind calls that wait covers them: %s', async (fence) => {
    const { disk, log, hold } = await jammed({ maxBytes: frame16 }, { durability: 'async' })
    void log.append(payload(1))
    const waiting = [2, 3].map((n) => watch(log.append(payload(n))))
    const over = watch(log[fence]())
    const late = watch(log.append(payload(4)))
    hold.release()
    const next = disk.hold((operation) => isWriteCall(operation) && operation.position > 128 + 4 * frame16 - 1)
    await next.reached
    await quiet()
    expect([over.state, ...waiting.map(({ value }) => value)]).toEqual(['resolved', 3, 4])
    expect(log.durableSequence >= 4).toBe(fence === 'sync')
    expect(late.state).toBe('pending')
    next.release()
    await log.close()
  })

  it('behind calls that are all given up is over with what is left', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const controller = new AbortController()
    void log.append(payload(1))
    const gone = watch(log.append(payload(2), controller))
    const fence = watch(log.sync())
    controller.abort()
    hold.release()
    await quiet()
    expect([gone.state, fence.state, log.durableSequence]).toEqual(['rejected', 'resolved', 2])
    await log.close()
  })
})

describe('changes of the state', () => {
  it('go in behind calls that wait, and what they say then is durable with those', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    void log.append(payload(1))
    const waiting = watch(log.append(payload(2)))
    const list = Uint8Array.of(1, 2)
    const changed = Promise.all([log.archive(2), log.recordCheckpoints(list), log.reclaim(), log.archive(1)])
    list.fill(9)
    hold.release()
    await changed
    expect([waiting.value, log.firstSequence, log.durableSequence, log.checkpointList]).toEqual([
      3, 2, 3, Uint8Array.of(1, 2),
    ])
    await log.close()
  })
})

describe('the end of a log', () => {
  it('by close comes after all that wait, and nobody else gets in', async () => {
    const { disk, log, hold, first } = await jammed({ maxBytes: frame16 })
    const calls = [1, 2, 3].map((n) => log.append(payload(n)))
    const batch = log.appendBatch([payload(4), payload(5)])
    const fence = log.sync()
    const closing = log.close()
    await failure('CLOSED', () => log.append(payload(6)))
    hold.release()
    expect(await Promise.all([first, ...calls, batch])).toEqual([1, 2, 3, 4, { first: 5, last: 6 }])
    await Promise.all([fence, closing])
    const again = await openLog({ storage: disk.storage })
    expect(again.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 6 })
    await again.close()
  })

  it('by close may still be waited for in vain: who gives up meanwhile is not in it', async () => {
    const { log, hold } = await jammed({ maxBytes: frame16 })
    const controller = new AbortController()
    void log.append(payload(1))
    const gone = watch(log.append(payload(2), controller))
    const closing = log.close()
    controller.abort()
    hold.release()
    await closing
    expect([gone.state, log.lastSequence]).toEqual(['rejected', 2])
  })

  it('by poison rejects all that wait, and close ends all the same', async () => {
    const { log, hold, first } = await jammed({ maxBytes: frame16 })
    const signal = new AbortController().signal
    const listeners = listenersOf(signal)
    const calls = [first, ...[1, 2, 3].map((n) => log.append(payload(n), { signal }))].map(watch)
    const fence = watch(log.sync())
    const closing = log.close()
    hold.release(new Error('no'))
    await closing
    const told = await log.failed
    expect([...calls, fence].map(({ error }) => error)).toEqual(Array(5).fill(told))
    expect(log.stats()).toMatchObject({ waitingCalls: 0, waitingBytes: 0 })
    expect(listeners.size).toBe(0)
  })
})
