import { describe, expect, it } from 'vitest'
import { openLogSync, type LogEvent, type SynchronousLog } from '../../src/index.ts'
import { burstOptions, data, perSlab, slab } from '../support/log-bursts.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAllSync } from '../support/log-records.ts'

type Call = (log: SynchronousLog, timestamp?: number) => unknown

const calls: Readonly<Record<string, Call>> = {
  record: (log, timestamp) => log.enqueue(data, timestamp === undefined ? {} : { timestamp }),
  batch: (log, timestamp) => log.appendBatchSync([timestamp === undefined ? data : { payload: data, timestamp }]),
}

describe.each(Object.keys(calls))('what an observer does while a full slab makes way for a %s', (name) => {
  const call = calls[name] as Call

  /** A synchronous log whose slab is full, and what its observer does when it hears that it was handed over. */
  function full(act: (log: SynchronousLog) => void): {
    readonly log: SynchronousLog
    readonly disk: ControlledStorage
    readonly heard: () => unknown
  } {
    const disk = new ControlledStorage()
    let isArmed = true
    let thrown: unknown
    const observer = ({ kind }: LogEvent): void => {
      if (!isArmed || kind !== 'committed') return
      isArmed = false
      try {
        act(log)
      } catch (error) {
        thrown = error
      }
    }
    const queue = { maxBytes: 2 * slab }
    const log = openLogSync({ storage: disk.storage, ...burstOptions, queue, observer })
    for (let n = 1; n <= perSlab; n += 1) log.enqueue(data, { timestamp: 1 })
    return { log, disk, heard: () => thrown }
  }

  it('cannot put records in an order in which they are not found again', async () => {
    const { log, disk } = full((it) => it.enqueue(data, { timestamp: 10 }))
    await failure('INVALID_ARGUMENT', () => call(log, 5))
    log.closeSync()
    const again = openLogSync({ storage: disk.storage, ...burstOptions })
    expect(readAllSync(again).map(({ timestamp }) => timestamp)).toEqual([...new Array<number>(perSlab).fill(1), 10])
    again.closeSync()
  })

  it('cannot overfill the queue', async () => {
    const { log } = full((it) => it.enqueue(payload(1, 2 * slab - 40)))
    await failure('BACKPRESSURE', () => call(log))
    expect([log.lastSequence, log.stats().queuedBytes]).toEqual([perSlab + 1, 2 * slab])
    log.flushSync()
    call(log)
    expect(log.lastSequence).toBe(perSlab + 2)
    log.closeSync()
  })

  it('cannot let records into a log that it closes', async () => {
    const { log } = full((it) => { it.closeSync() })
    await failure('CLOSED', () => call(log))
    expect(log.lastSequence).toBe(perSlab)
  })

  it('may append and make durable what it likes', () => {
    const { log, heard } = full((it) => {
      it.appendSync(data)
      it.syncSync()
    })
    call(log)
    expect(heard()).toBeUndefined()
    expect([log.durableSequence, log.lastSequence]).toEqual([perSlab + 1, perSlab + 2])
    log.closeSync()
  })
})

