import { describe, expect, it } from 'vitest'
import { frame16, jammed } from '../support/log-jam.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

describe('a full queue', () => {
  it('makes enqueue refuse, and nothing is staged', async () => {
    const { log, hold } = await jammed({ maxBytes: 3 * 56 })
    for (let n = 1; n <= 3; n += 1) log.enqueue(payload(n))
    const error = await failure('BACKPRESSURE', () => log.enqueue(payload(4)))
    expect(error.context).toMatchObject({ queuedRecords: 3, queuedBytes: 168, maxBytes: 168 })
    expect(log.lastSequence).toBe(4)
    expect(log.stats()).toMatchObject({ queuedRecords: 3, queuedBytes: 168 })
    hold.release()
    await log.flush()
    expect(log.enqueue(payload(4))).toBe(5)
    await log.sync()
    expect(await readAll(log)).toHaveLength(5)
    await log.close()
  })

  it('is full one byte before its bound is exceeded', async () => {
    const { log, hold } = await jammed({ maxBytes: 3 * frame16 - 1 })
    for (let n = 1; n <= 2; n += 1) log.enqueue(payload(n))
    await failure('BACKPRESSURE', () => log.enqueue(payload(3)))
    hold.release()
    await log.close()
  })

  it('makes append and appendBatch reject, when that is asked for', async () => {
    const { log, hold, first } = await jammed({ maxBytes: 100, onFull: 'reject' })
    const accepted = watch(log.append(payload(1)))
    await failure('BACKPRESSURE', () => log.append(payload(2)))
    await failure('BACKPRESSURE', () => log.appendBatch([payload(2)]))
    expect(log.lastSequence).toBe(2)
    hold.release()
    await first
    await log.flush()
    expect(accepted.value).toBe(2)
    expect(await log.append(payload(2))).toBe(3)
    await log.close()
  })

  it('is never so full that a record or batch above its bound could not get in at all', async () => {
    const { log, hold, first } = await jammed({ maxBytes: 1, onFull: 'reject' })
    expect(log.enqueue(payload(1, 9000))).toBe(2)
    await failure('BACKPRESSURE', () => log.enqueue(new Uint8Array(0)))
    hold.release()
    await first
    await log.flush()
    expect(await log.appendBatch([payload(2, 3000), payload(3, 3000)])).toEqual({ first: 3, last: 4 })
    expect((await readAll(log)).map(({ payload: hex }) => hex.length / 2)).toEqual([16, 9000, 3000, 3000])
    await log.close()
  })
})
