import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync, type Log, type LogRecord } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'
import { geometry, indexesOf, indexesOn, logOf } from '../support/log-retention.ts'

type Reading = AsyncIterableIterator<LogRecord>

async function next(reading: Reading): Promise<number | undefined> {
  const { value } = (await reading.next()) as { value: LogRecord | undefined }
  return value?.sequence
}

const readers: readonly { name: string; open: (log: Log, from: number) => Reading }[] = [
  { name: 'read', open: (log, from) => log.read({ from }) },
  { name: 'tail', open: (log, from) => log.tail({ from }) },
]

describe.each(readers)('an open $name', ({ open }) => {
  it('holds its segment and all behind it, and reads on below the floor', async () => {
    const { disk, log } = await logOf(6)
    const reading = open(log, 3)
    expect(await next(reading)).toBe(3)
    expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0, 1, 1, 1, 1])
    const report = await log.reclaim(6)
    expect(indexesOf(report.removed)).toEqual([1, 2])
    expect(indexesOf(report.deferred)).toEqual([3, 4, 5])
    expect(indexesOn(disk)).toEqual([3, 4, 5, 6])
    await failure('RECLAIMED', () => log.get(4))
    expect([await next(reading), await next(reading)]).toEqual([4, 5])
    expect(indexesOf((await log.reclaim()).removed)).toEqual([3, 4])
    await reading.return?.()
    expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0])
    expect(indexesOf((await log.reclaim()).removed)).toEqual([5])
    expect(disk.offences).toEqual([])
    await log.close()
  })

  it('that was not begun holds nothing, and is told that it comes too late', async () => {
    const { log } = await logOf(4)
    const reading = open(log, 2)
    expect(indexesOf((await log.reclaim(3)).removed)).toEqual([1, 2])
    expect((await failure('RECLAIMED', () => reading.next())).context).toEqual({ sequence: 2, floor: 3 })
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    await log.close()
  })

  it('that failed holds nothing any more', async () => {
    const { disk, log } = await logOf(4)
    const before = disk.openFiles
    const reading = open(log, 1)
    disk.fail('read', new Error('bad sector'))
    await failure('IO', () => reading.next())
    expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0, 0, 0])
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })

  it('that is given up holds its segment until its file is closed', async () => {
    const { disk, log } = await logOf(4)
    const reading = open(log, 1)
    await next(reading)
    const hold = disk.hold('close')
    const given = reading.return?.()
    await hold.reached
    expect(indexesOf((await log.reclaim(4)).removed)).toEqual([])
    hold.release()
    await given
    expect(indexesOf((await log.reclaim()).removed)).toEqual([1, 2, 3])
    await log.close()
  })
})

describe('what reads only during a call', () => {
  it('holds its segment as long: a replay and a get', async () => {
    const { disk, log } = await logOf(4)
    for (const begin of [(): Promise<unknown> => log.get(1), () => log.replay(() => undefined, { to: 1 })]) {
      const hold = disk.hold('read')
      const reading = begin()
      await hold.reached
      expect(log.segments.map(({ leases }) => leases)).toEqual([1, 1, 1, 1])
      hold.release()
      await reading
      await quiet()
      expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0, 0, 0])
    }
    await log.close()
  })

  it('and a synchronous iterator, until it is left', () => {
    const log = openLogSync({ storage: memoryStorage(), ...geometry })
    for (let n = 1; n <= 4; n += 1) log.appendSync(payload(n, 2600))
    for (const { sequence } of log.readSync({ from: 2 })) {
      const report = log.reclaimSync(4)
      expect(indexesOf(report.removed)).toEqual([1])
      expect(indexesOf(report.deferred)).toEqual([2, 3])
      expect(sequence).toBe(2)
      break
    }
    expect(indexesOf(log.reclaimSync().removed)).toEqual([2, 3])
    log.closeSync()
  })
})

describe('a reader that has come to the end', () => {
  it('holds nothing', async () => {
    const { log } = await logOf(3)
    await readAll(log)
    expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0, 0])
    await log.close()
  })
})
