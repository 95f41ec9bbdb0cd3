import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { payload, plain, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 8192, blockBytes: 128 } as const

describe('probe', () => {
  it('group: maxRecords reached later', async () => {
    const disk = new ControlledStorage()
    const clock = manualClock()
    const log = await openLog({ storage: disk.storage, ...geometry, runtime: clock.runtime, durability: 'group', group: { maxRecords: 3, maxDelayMs: 1000 } })
    const done: number[] = []
    for (let i = 1; i <= 3; i += 1) {
      void log.append(payload(i)).then((n) => done.push(n))
      await quiet()
    }
    expect(done).toEqual([1, 2, 3])
    await log.close()
  })
  it('group: flush hurries', async () => {
    const disk = new ControlledStorage()
    const clock = manualClock()
    const log = await openLog({ storage: disk.storage, ...geometry, runtime: clock.runtime, durability: 'group', group: { maxRecords: 3, maxDelayMs: 1000 } })
    let flushed = false
    void log.append(payload(1))
    void log.flush().then(() => { flushed = true })
    await quiet()
    expect(flushed).toBe(true)
    await log.close()
  })
  it('reader skips', async () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const log = await openLog({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    await Promise.all([1, 2, 3].map((n) => log.append(payload(n))))
    // A big one makes write + sync two operations
    const hold = disk.hold('sync')
    const pending = [4, 5, 6].map((n) => log.append(payload(n)))
    void pending
    await quiet()
    expect(hold.isReached).toBe(true)
    const seen: number[] = []
    const reading = log.read()
    for (let n = 0; n < 3; n += 1) seen.push((await reading.next()).value!.sequence)
    hold.release()
    await Promise.all(pending)
    await log.append(payload(7))
    for await (const r of reading) seen.push(r.sequence)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7])
    await log.close()
  })
  it('log.segments during rotation', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, segmentBytes: 4096 })
    const hold = disk.hold('rename')
    const all = Array.from({ length: 40 }, (_, n) => log.append(payload(n, 100)))
    await hold.reached
    expect(log.segments.map(({ index }) => index)).toEqual([1])
    hold.release()
    await Promise.all(all)
    await log.close()
    expect(disk.offences).toEqual([])
    expect(disk.openFiles).toEqual([])
  })
})
