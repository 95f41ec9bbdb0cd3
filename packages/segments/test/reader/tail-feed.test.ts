import { describe, expect, it } from 'vitest'
import type { Log, LogRecord } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { fill, indexesOf, indexesOn, logOf } from '../support/log-retention.ts'
import { follow, upTo } from '../support/log-tails.ts'

const leasesOf = (log: Log): number[] => log.segments.map(({ leases }) => leases)

/** A reader that comes for one record at a time, when it is told to. */
async function take(iterator: AsyncIterator<LogRecord>): Promise<number> {
  return ((await iterator.next()) as { value: LogRecord }).value.sequence
}

describe('a tail that falls behind the others', () => {
  it('holds what it has still to read, reads it by itself, and joins them again', async () => {
    const { disk, log } = await logOf(1)
    const slow = log.tail()
    const first = take(slow)
    const fast = follow(log)
    await quiet()
    await fill(log, 1)
    await quiet()
    expect(await first).toBe(2)
    for (let n = 0; n < 4; n += 1) {
      await fill(log, 1)
      await quiet()
    }
    expect(fast.seen).toEqual(upTo(6, 2))
    // It has not come for the third record, which lies in the third segment.
    expect(leasesOf(log)).toEqual([0, 0, 1, 1, 1, 2])
    expect(indexesOf((await log.reclaim(7)).removed)).toEqual([1, 2])
    expect([await take(slow), await take(slow), await take(slow), await take(slow)]).toEqual([3, 4, 5, 6])
    const next = watch(take(slow))
    await quiet()
    expect(leasesOf(log)).toEqual([0, 0, 0, 2])
    const opened = disk.count('open')
    await fill(log, 1)
    await quiet()
    expect(next.value).toBe(7)
    expect(fast.seen).toEqual(upTo(7, 2))
    // The rotation opens a spare and a segment; the two tails open that segment once.
    expect(disk.count('open') - opened).toBe(3)
    await slow.return?.()
    await log.close()
  })

  it('is not left behind by what it has taken already', async () => {
    const { disk, log } = await logOf(1)
    const [one, other] = [log.tail(), log.tail()]
    for (let round = 2; round <= 5; round += 1) {
      const nexts = [take(one), take(other)]
      await quiet()
      await fill(log, 1)
      expect(await Promise.all(nexts)).toEqual([round, round])
    }
    expect(disk.count(({ kind, detail }) => kind === 'open' && detail === 'read')).toBe(4)
    expect(leasesOf(log)).toEqual([0, 0, 0, 0, 2])
    await one.return?.()
    await other.return?.()
    expect(leasesOf(log)).toEqual([0, 0, 0, 0, 0])
    await log.close()
  })

  it('and is given up there holds nothing any more', async () => {
    const { log } = await logOf(1)
    const slow = log.tail()
    const first = take(slow)
    const fast = follow(log)
    await quiet()
    for (let n = 0; n < 3; n += 1) {
      await fill(log, 1)
      await quiet()
    }
    expect(await first).toBe(2)
    expect(leasesOf(log)).toEqual([0, 0, 1, 2])
    await slow.return?.()
    expect(leasesOf(log)).toEqual([0, 0, 0, 1])
    expect(fast.seen).toEqual([2, 3, 4])
    await log.close()
  })
})

describe('the feed of the tails', () => {
  it('that cannot be read fails those who wait; who is still busy reads on alone', async () => {
    const { disk, log } = await logOf(1)
    const before = disk.openFiles
    const busy = log.tail()
    const first = take(busy)
    const waiting = follow(log)
    await quiet()
    await fill(log, 1)
    await quiet()
    expect(await first).toBe(2)
    disk.fail('read', new Error('bad sector'))
    disk.fail(({ kind, name }) => kind === 'close' && name === log.segments[2]?.name, new Error('no'))
    await fill(log, 1)
    await quiet()
    expect(waiting.seen).toEqual([2])
    expect(waiting.end.error).toMatchObject({ code: 'IO' })
    expect(leasesOf(log)).toEqual([0, 0, 1])
    expect(await take(busy)).toBe(3)
    await fill(log, 1)
    expect(await take(busy)).toBe(4)
    await busy.return?.()
    expect(leasesOf(log)).toEqual([0, 0, 0, 0])
    expect(disk.openFiles).toHaveLength(before.length)
    await log.close()
  })

  it('is closed by the last who leaves, not before a read of it has ended, and begun again by who comes', async () => {
    const { disk, log } = await logOf(1)
    const [one, other] = [log.tail(), log.tail()]
    const pending = [watch(one.next()), watch(other.next())]
    await quiet()
    const hold = disk.hold(({ kind, name }) => kind === 'read' && indexesOf([name])[0] === 2)
    await fill(log, 1)
    await hold.reached
    const left = [watch(Promise.resolve(one.return?.())), watch(Promise.resolve(other.return?.()))]
    await quiet()
    expect(indexesOf((await log.reclaim(3)).removed)).toEqual([1])
    const third = watch(take(log.tail()))
    await quiet()
    hold.release()
    await quiet()
    expect([...left, ...pending].map(({ state }) => state)).toEqual(Array(4).fill('resolved'))
    await fill(log, 1)
    await quiet()
    expect(third.value).toBe(3)
    expect(leasesOf(log)).toEqual([0, 1])
    expect(indexesOn(disk)).toEqual([2, 3])
    await log.close()
    expect(disk.offences).toEqual([])
  })

  it('refuses a first step that comes too late, although others stand there', async () => {
    const { disk, log } = await logOf(2)
    const others = follow(log)
    await quiet()
    const late = log.tail()
    const hold = disk.hold(({ kind, name }) => kind === 'read' && indexesOf([name])[0] === 3)
    await fill(log, 2)
    await hold.reached
    await log.archive(5)
    expect((await failure('RECLAIMED', () => late.next())).context).toEqual({ sequence: 3, floor: 5 })
    hold.release()
    await quiet()
    expect(others.seen).toEqual([3, 4])
    await log.close()
  })

  it('is overtaken by who reads alone, who then waits for it, and holds no more than the others', async () => {
    const { disk, log } = await logOf(0)
    await log.append(payload(1, 20))
    const waiting = follow(log)
    await quiet()
    const hold = disk.hold('read')
    await log.append(payload(2, 20))
    await hold.reached
    const ahead = log.tail({ from: 1 })
    expect([await take(ahead), await take(ahead)]).toEqual([1, 2])
    const third = watch(take(ahead))
    await quiet()
    hold.release()
    await log.append(payload(3, 20))
    await quiet()
    expect([third.value, waiting.seen]).toEqual([3, [2, 3]])
    expect(leasesOf(log)).toEqual([2])
    await ahead.return?.()
    await log.close()
  })

  it('that failed is begun again by who had overtaken it', async () => {
    const { disk, log } = await logOf(0)
    await log.append(payload(1, 20))
    const waiting = follow(log)
    await quiet()
    const hold = disk.hold('read')
    await log.append(payload(2, 20))
    await hold.reached
    const ahead = log.tail({ from: 1 })
    expect(await take(ahead)).toBe(1)
    hold.release(new Error('bad sector'))
    await quiet()
    expect(waiting.end.error).toMatchObject({ code: 'IO' })
    expect(await take(ahead)).toBe(2)
    const third = watch(take(ahead))
    await quiet()
    expect(leasesOf(log)).toEqual([1])
    await log.append(payload(3, 20))
    await quiet()
    expect(third.value).toBe(3)
    await ahead.return?.()
    await log.close()
  })

  it('that failed is not left twice by who was leaving: whoever began it again holds what it needs', async () => {
    const { disk, log } = await logOf(1)
    const leaving = log.tail()
    const pending = watch(leaving.next())
    await quiet()
    const read = disk.hold('read')
    await fill(log, 1)
    await read.reached
    const left = watch(Promise.resolve(leaving.return?.()))
    await quiet()
    const close = disk.hold(({ kind, name }) => kind === 'close' && indexesOf([name])[0] === 2)
    read.release(new Error('bad sector'))
    await close.reached
    const third = watch(take(log.tail()))
    await quiet()
    close.release()
    await quiet()
    expect([pending.state, left.state]).toEqual(['resolved', 'resolved'])
    expect(leasesOf(log)).toEqual([0, 1])
    await fill(log, 1)
    await quiet()
    expect(third.value).toBe(3)
    await log.close()
  })
})
