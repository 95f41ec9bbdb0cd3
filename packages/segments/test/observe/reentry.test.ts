import type { LogStorage } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync, type LogEvent, type SynchronousLog } from '../../src/index.ts'
import { frame16 } from '../support/log-jam.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128 } as const
/** A log whose queue holds two records and is full, and what its observer does when it hears of the next commit. */
function full(act: (log: SynchronousLog) => void): { readonly log: SynchronousLog; readonly storage: LogStorage } {
  const storage = memoryStorage()
  let isArmed = false
  const observer = ({ kind }: LogEvent): void => {
    if (!isArmed || kind !== 'committed') return
    isArmed = false
    act(log)
  }
  const log = openLogSync({ storage, ...geometry, queue: { maxBytes: 2 * frame16 }, observer })
  log.enqueue(payload(1), { timestamp: 1 })
  log.enqueue(payload(2), { timestamp: 2 })
  isArmed = true
  return { log, storage }
}

const late = { payload: payload(4), timestamp: 5 }
const calls: Readonly<Record<string, (log: SynchronousLog) => unknown>> = {
  record: (log) => log.appendSync(late.payload, late),
  batch: (log) => log.appendBatchSync([late]),
}

describe.each(Object.keys(calls))('what an observer of a synchronous log does while a %s makes room', (name) => {
  const call = calls[name] as (log: SynchronousLog) => unknown

  it('cannot put records in an order in which they are not found again', async () => {
    const { log, storage } = full((it) => it.enqueue(payload(3), { timestamp: 10 }))
    await failure('INVALID_ARGUMENT', () => call(log))
    log.appendSync(payload(4))
    log.closeSync()
    const again = openLogSync({ storage, ...geometry })
    expect([...again.readSync()].map(({ timestamp }) => timestamp)).toEqual([1, 2, 10, 10])
    again.closeSync()
  })

  it('cannot overfill the queue', async () => {
    const { log } = full((it) => {
      it.enqueue(payload(3))
      it.enqueue(payload(3))
    })
    await failure('BACKPRESSURE', () => call(log))
    expect(log.stats().queuedBytes).toBe(2 * frame16)
    log.closeSync()
  })

  it('cannot let records into a log that it closes', async () => {
    const { log } = full((it) => { it.closeSync() })
    await failure('CLOSED', () => call(log))
    expect(log.lastSequence).toBe(2)
  })
})
