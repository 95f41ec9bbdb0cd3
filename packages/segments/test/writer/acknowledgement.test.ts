import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isDurableCall, isWriteCall } from '../support/log-intercept.ts'
import { watch } from '../support/log-promises.ts'
import { payload, plain, readAll } from '../support/log-records.ts'

type Options = Omit<LogOptions, 'storage'>

/** A log on a storage that writes and syncs in two calls, which can be told apart. */
async function open(options: Options = {}): Promise<{ disk: ControlledStorage; log: Log }> {
  const disk = new ControlledStorage({ without: ['writeDurable'] })
  const log = await openLog({ storage: disk.storage, segmentBytes: 65_536, ...options })
  disk.operations.length = 0
  return { disk, log }
}

describe('sequence numbers', () => {
  it('are given in the order of the calls, before a promise is returned', async () => {
    const { log } = await open()
    const seen: number[] = []
    const first = log.append(payload(1))
    seen.push(log.lastSequence)
    const batch = log.appendBatch([payload(2), payload(3)])
    seen.push(log.lastSequence, log.enqueue(payload(4)))
    const last = log.append(payload(5))
    seen.push(log.lastSequence)
    expect(seen).toEqual([1, 3, 4, 5])
    expect(await Promise.all([first, batch, last])).toEqual([1, { first: 2, last: 3 }, 5])
    expect((await readAll(log)).map((record) => record.sequence)).toEqual([1, 2, 3, 4, 5])
    await log.close()
  })
})

describe('a payload', () => {
  it('is copied before the call returns, whatever becomes of the buffer', async () => {
    const { disk, log } = await open()
    const write = disk.hold('write')
    const buffer = payload(1, 100)
    const expected = plain({ sequence: 0, timestamp: 0, type: 0, payload: payload(1, 100) }).payload
    const appended = [log.append(buffer), log.appendBatch([buffer, { payload: buffer }])]
    log.enqueue(buffer)
    buffer.fill(0xee)
    await write.reached
    buffer.fill(0xdd)
    write.release()
    await Promise.all(appended)
    await log.flush()
    const found = await readAll(log, { visibility: 'written' })
    expect(found.map((record) => record.payload)).toEqual(Array(4).fill(expected))
    await log.close()
  })

  it('may be a view into something larger, or empty', async () => {
    const { log } = await open()
    const whole = payload(1, 100)
    const payloads = [whole.subarray(10, 30), new Uint8Array(0), Buffer.from('héllo')]
    await Promise.all(payloads.map((bytes) => log.append(bytes)))
    const found: Uint8Array[] = []
    for await (const record of log.read()) found.push(record.payload)
    expect(found.map((bytes) => [...bytes])).toEqual(payloads.map((bytes) => [...bytes]))
    await log.close()
  })
})

describe('a commit', () => {
  it('begins after the call that asked for it, so that calls of one tick share it', async () => {
    const { disk, log } = await open()
    const appended = log.append(payload(1))
    expect(disk.operations).toEqual([])
    await appended
    expect(disk.operations.map(({ kind }) => kind)).toContain('sync')
    await log.close()
  })

  it.each(['sync', 'group'] as const)('of 1,024 appends of one tick makes one sync (%s)', async (durability) => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, durability, group: { maxDelayMs: 0 } })
    disk.operations.length = 0
    await Promise.all(Array.from({ length: 1024 }, (_, n) => log.append(payload(n, 20))))
    expect(disk.count(isDurableCall)).toBe(1)
    expect(disk.count((operation) => isWriteCall(operation) && operation.bytes > 40)).toBe(1)
    expect(log.stats()).toMatchObject({ records: 1024, commits: 1, syncs: 1, queuedRecords: 0, queuedBytes: 0 })
    await log.close()
  })

  it('that is under way takes nobody along who comes later: they wait for the next sync', async () => {
    const { disk, log } = await open()
    const sync = disk.hold('sync')
    const early = watch(log.append(payload(1)))
    await sync.reached
    const next = disk.hold('sync')
    const late = [watch(log.append(payload(2))), watch(log.append(payload(3)))]
    await quiet()
    expect(disk.count('write')).toBe(1)
    sync.release()
    await next.reached
    await quiet()
    expect(early.state).toBe('resolved')
    expect(late.map(({ state }) => state)).toEqual(['pending', 'pending'])
    expect(log.durableSequence).toBe(1)
    next.release()
    await quiet()
    expect(late.map(({ value }) => value)).toEqual([2, 3])
    expect(disk.offences).toEqual([])
    await log.close()
  })

  it('takes nobody along either who comes while it is still writing', async () => {
    const { disk, log } = await open()
    const write = disk.hold('write')
    const early = watch(log.append(payload(1)))
    await write.reached
    const late = watch(log.append(payload(2)))
    const next = disk.hold(({ kind }) => kind === 'sync' && disk.count('write') > 1)
    write.release()
    await next.reached
    await quiet()
    expect([early.state, late.state]).toEqual(['resolved', 'pending'])
    expect(log.durableSequence).toBe(1)
    next.release()
    await quiet()
    expect(late.state).toBe('resolved')
    await log.close()
  })

  it('is one at a time: nothing is written to a file while it is written or synced', async () => {
    for (const durability of ['sync', 'group', 'async'] as const) {
      for (const commitAlignment of ['frame', 'block'] as const) {
        const disk = new ControlledStorage({ asynchronous: true })
        const geometry = { segmentBytes: 8192, blockBytes: 128, stagingBytes: 4096, commitAlignment } as const
        const log = await openLog({ storage: disk.storage, durability, ...geometry, group: { maxDelayMs: 0 } })
        const appended: Promise<number>[] = []
        for (let n = 1; n <= 120; n += 1) {
          appended.push(log.append(payload(n, n * 3)))
          if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
          if (n % 13 === 0) void log.sync()
        }
        await Promise.all(appended)
        await log.close()
        expect(disk.offences).toEqual([])
        expect(disk.openFiles).toEqual([])
      }
    }
  })
})

describe('an append', () => {
  it.each(['sync', 'group'] as const)('resolves after its sync, not after its write (%s)', async (durability) => {
    const { disk, log } = await open({ durability, group: { maxDelayMs: 0 } })
    const sync = disk.hold('sync')
    const appended = watch(log.append(payload(1)))
    await sync.reached
    await quiet()
    expect(appended.state).toBe('pending')
    expect(log.durableSequence).toBe(0)
    expect(await readAll(log)).toEqual([])
    expect(await readAll(log, { visibility: 'written' })).toHaveLength(1)
    sync.release()
    await quiet()
    expect(appended.value).toBe(1)
    expect(log.durableSequence).toBe(1)
    expect(await readAll(log)).toHaveLength(1)
    await log.close()
  })

  it('resolves after its write in the async mode, and readers see it then', async () => {
    const { disk, log } = await open({ durability: 'async' })
    expect(await log.append(payload(1))).toBe(1)
    expect(disk.count(isDurableCall)).toBe(0)
    expect(log.durableSequence).toBe(0)
    expect(await readAll(log)).toHaveLength(1)
    expect(await readAll(log, { visibility: 'durable' })).toEqual([])
    await log.close()
  })
})

describe('a fence', () => {
  it('flush is over when the operating system has the records, sync when they are durable', async () => {
    const { disk, log } = await open({ durability: 'async' })
    log.enqueue(payload(1))
    await log.flush()
    expect(disk.of(isWriteCall)).toHaveLength(1)
    expect(disk.count('sync')).toBe(0)
    await log.sync()
    expect(disk.count('sync')).toBe(1)
    expect(log.durableSequence).toBe(1)
    await log.sync()
    await log.flush()
    expect(disk.count('sync')).toBe(1)
    await log.close()
  })

  it('is not over with a sync that began before its records were written', async () => {
    const { disk, log } = await open({ durability: 'async' })
    await log.append(payload(1))
    const first = disk.hold('sync')
    const early = watch(log.sync())
    await first.reached
    const second = disk.hold('sync')
    log.enqueue(payload(2))
    const late = watch(log.sync())
    first.release()
    await second.reached
    await quiet()
    expect(early.state).toBe('resolved')
    expect(late.state).toBe('pending')
    second.release()
    await quiet()
    expect(late.state).toBe('resolved')
    await log.close()
  })

  it('of an empty log is over at once', async () => {
    const { disk, log } = await open()
    await Promise.all([log.flush(), log.sync()])
    expect(disk.operations).toEqual([])
    await log.close()
  })
})
