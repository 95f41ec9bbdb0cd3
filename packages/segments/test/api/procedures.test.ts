import { synchronousRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall, isWriteCall } from '../support/log-intercept.ts'
import { frame16, jammed } from '../support/log-jam.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128, readBytes: 8192 } as const

describe('the calls of a log as procedures', () => {
  it('do in a synchronous log what its methods do', () => {
    const storage = memoryStorage()
    const runtime = synchronousRuntime()
    const log = openLogSync({ storage, runtime, ...geometry, durability: 'async' })
    const { procedures } = log
    const run = runtime.run.bind(runtime)
    for (let n = 1; n <= 3; n += 1) log.appendSync(payload(n, 2000))
    expect([procedures.storage, procedures.runtime, procedures.readBytes]).toEqual([storage, runtime, 8192])
    expect(procedures.logId).toEqual(log.segments[0]?.header.logId)
    procedures.checkWritable()
    expect(procedures.durableSequence).toBeLessThan(3)
    run(procedures.sync())
    expect([procedures.firstSequence, procedures.lastSequence, procedures.durableSequence]).toEqual([1, 3, 3])
    run(procedures.recordCheckpoints(Uint8Array.of(1, 2)))
    expect(procedures.checkpointList).toEqual(Uint8Array.of(1, 2))
    run(procedures.archive(2))
    expect(procedures.firstSequence).toBe(2)
    const source = procedures.read({ from: 2 })
    const next = run(source.next()) as readonly { sequence: number }[] | undefined
    expect(next?.[0]?.sequence).toBe(2)
    run(source.close())
    expect(run(procedures.reclaim(3))).toMatchObject({ floor: 3, deferred: [] })
    expect(run(procedures.reclaim())).toMatchObject({ floor: 3, removed: [] })
    log.closeSync()
    expect(() => { procedures.checkWritable() }).toThrow('CLOSED')
  })

  it('fail as the methods do', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, durability: 'async' })
    const { procedures } = log
    const { runtime } = procedures
    await log.append(payload(1))
    const readOnly = await openLog({ storage: disk.storage, ...geometry, readOnly: true })
    await failure('READ_ONLY', () => runtime.run(readOnly.procedures.sync()))
    expect(readOnly.procedures.lastSequence).toBe(1)
    await readOnly.close()
    disk.fail(isDurableCall, new Error('no'))
    await failure('POISONED', () => runtime.run(procedures.sync()))
    await failure('POISONED', () => runtime.run(procedures.archive(1)))
    await failure('POISONED', () => runtime.run(procedures.reclaim()))
    await failure('POISONED', () => runtime.run(procedures.recordCheckpoints(payload(1))))
    await log.close()
  })

  it('tell whether there is room, for those who want to know before they call', async () => {
    const { log, hold } = await jammed({ maxBytes: 2 * frame16 })
    expect(log.procedures.isFull(16)).toBe(false)
    log.enqueue(payload(1))
    expect([log.procedures.isFull(16), log.procedures.isFull(17)]).toEqual([false, true])
    void log.append(payload(2, 1000))
    expect(log.procedures.isFull(0)).toBe(true)
    hold.release()
    await log.close()
  })
})

describe('a change whose restatement fails', () => {
  it('is heard of where a reclaim has to state the floor once more', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    for (let n = 1; n <= 2; n += 1) await log.append(payload(n, 2000))
    await log.archive(2)
    await log.append(payload(3, 2000))
    await log.append(payload(4, 100))
    disk.fail(isWriteCall, new Error('no'))
    await failure('POISONED', () => log.reclaim(3))
    await log.close()
  })
})
