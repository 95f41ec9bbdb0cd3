import { VarveError } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import type { ControlledStorage } from '../support/log-controlled-storage.ts'
import type { Operation } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAllSync } from '../support/log-records.ts'
import { fill, geometry, indexesOf, indexesOn, logOf } from '../support/log-retention.ts'

const isRemoval = ({ kind, name }: Operation): boolean => kind === 'remove' && !name.startsWith('spare')

/** Names and their syncs, and syncs of files, in the order in which they came. */
function changesOf(disk: ControlledStorage): string[] {
  const kinds = new Set(['remove', 'syncNames', 'sync', 'writeDurable'])
  return disk.operations
    .filter(({ kind, name }) => kinds.has(kind) && !name.startsWith('spare'))
    .map(({ kind, name }) => `${kind} ${name.slice(0, 8)}`.trim())
}

describe('reclaim', () => {
  it('removes what lies wholly below the floor, oldest first, each removal durable before the next', async () => {
    const { disk, log } = await logOf(5)
    await quiet()
    disk.operations.length = 0
    const report = await log.reclaim(4)
    expect(changesOf(disk)).toEqual([
      'writeDurable 00000005',
      'remove 00000001',
      'syncNames',
      'remove 00000002',
      'syncNames',
      'remove 00000003',
      'syncNames',
    ])
    expect(report).toMatchObject({ floor: 4, deferred: [], bytes: 3 * 4096 })
    expect(indexesOf(report.removed)).toEqual([1, 2, 3])
    expect(log.segments.map(({ index }) => index)).toEqual([4, 5])
    expect(disk.offences).toEqual([])
    await log.close()
  })

  it('without a floor removes nothing, and without a new one what an archive before it allows', async () => {
    const { disk, log } = await logOf(4)
    expect(await log.reclaim()).toEqual({ floor: 1, removed: [], recycled: [], deferred: [], bytes: 0 })
    const archived = log.archive(3)
    expect(indexesOf((await log.reclaim()).removed)).toEqual([1, 2])
    await archived
    expect(await log.reclaim()).toEqual({ floor: 3, removed: [], recycled: [], deferred: [], bytes: 0 })
    expect(indexesOn(disk)).toEqual([3, 4])
    await log.close()
  })

  it('never takes the active segment: numbers go on where they were', async () => {
    const { disk, log } = await logOf(3)
    const report = await log.reclaim(4)
    expect(indexesOf(report.removed)).toEqual([1, 2])
    expect(report.deferred).toEqual([])
    expect(log.segments.map(({ index, state }) => `${index} ${state}`)).toEqual(['3 active'])
    for (const snapshot of [disk.snapshot(), await log.close().then(() => disk.snapshot())]) {
      const again = openLogSync({ storage: memoryStorage({ snapshot }), ...geometry })
      expect([again.firstSequence, again.lastSequence]).toEqual([4, 3])
      expect(again.appendSync(payload(4))).toBe(4)
      again.closeSync()
    }
  })

  it('removes nothing when the sync of the floor fails: the log is poisoned', async () => {
    const { disk, log } = await logOf(4, {}, { without: ['writeDurable'] })
    disk.failAlways('sync', new VarveError('IO', 'the disk is gone'))
    await failure('POISONED', () => log.reclaim(3))
    expect(disk.count('remove')).toBe(0)
    expect(log.firstSequence).toBe(1)
    await log.close()
    expect(indexesOn(disk)).toEqual([1, 2, 3, 4])
  })

  it('that cannot remove a file says so, poisons nothing, and can be called again', async () => {
    const { disk, log } = await logOf(4)
    const second = ({ kind, name }: { kind: string; name: string }): boolean =>
      kind === 'remove' && name.startsWith('00000002')
    disk.fail(second, new Error('busy'))
    expect((await failure('IO', () => log.reclaim(4))).message).toContain('busy')
    const states = log.segments.map(({ index, state }) => `${index} ${state}`)
    expect(states).toEqual(['2 archived', '3 archived', '4 active'])
    await fill(log, 1)
    expect(indexesOf((await log.reclaim()).removed)).toEqual([2, 3])
    await log.close()
  })

  it('that cannot make a removal durable stops there, and the next one makes up for it', async () => {
    const { disk, log } = await logOf(4)
    disk.fail('syncNames', new Error('busy'))
    await failure('IO', () => log.reclaim(4))
    expect(indexesOn(disk)).toEqual([2, 3, 4])
    expect(indexesOf((await log.reclaim()).removed)).toEqual([2, 3])
    await log.close()
  })

  it('takes a file that is gone already as removed', async () => {
    const { disk, log } = await logOf(3)
    await disk.storage.remove(log.segments[0]?.name as string)
    expect(indexesOf((await log.reclaim(3)).removed)).toEqual([1, 2])
    await log.close()
  })

  it('of two at once removes each segment once', async () => {
    const { disk, log } = await logOf(5)
    const hold = disk.hold('remove')
    const first = log.reclaim(3)
    await hold.reached
    const others = [log.reclaim(5), log.reclaim()]
    await quiet()
    expect(disk.count(isRemoval)).toBe(1)
    hold.release()
    const reports = await Promise.all([first, ...others])
    expect(indexesOf(reports.flatMap(({ removed }) => removed))).toEqual([1, 2, 3, 4])
    expect(disk.count(isRemoval)).toBe(4)
    await log.close()
  })

  it('runs beside appends and rotations', async () => {
    const { disk, log } = await logOf(4)
    const hold = disk.hold('remove')
    const reclaiming = log.reclaim(4)
    await hold.reached
    await fill(log, 3)
    expect(log.segments.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7])
    hold.release()
    expect(indexesOf((await reclaiming).removed)).toEqual([1, 2, 3])
    expect(indexesOn(disk)).toEqual([4, 5, 6, 7])
    await log.close()
  })

  it('leaves a segment that became the only one to state the floor meanwhile', async () => {
    const { disk, log } = await logOf(3)
    await log.recordCheckpoints(payload(1))
    const hold = disk.hold('remove')
    const reclaiming = log.reclaim(4)
    await hold.reached
    await fill(log, 1)
    hold.release()
    const report = await reclaiming
    expect([indexesOf(report.removed), indexesOf(report.deferred)]).toEqual([[1, 2], [3]])
    const lookAgain = (): void => {
      const again = openLogSync({ storage: memoryStorage({ snapshot: disk.snapshot() }), ...geometry })
      expect([again.firstSequence, again.lastSequence, again.checkpointList]).toEqual([4, 4, payload(1)])
    }
    lookAgain()
    expect(indexesOf((await log.reclaim()).removed)).toEqual([3])
    lookAgain()
    await log.close()
  })

  it('does not rely on a statement of the floor that is written and not durable', async () => {
    const { disk, log } = await logOf(3, {}, { without: ['writeDurable'] })
    const removal = disk.hold('remove')
    const reclaiming = log.reclaim(4)
    await removal.reached
    await fill(log, 1)
    await quiet()
    const sync = disk.hold('sync')
    const archived = log.archive(5)
    await sync.reached
    removal.release()
    expect(indexesOf((await reclaiming).deferred)).toEqual([3])
    sync.release()
    await archived
    expect(indexesOf((await log.reclaim()).removed)).toEqual([3])
    await log.close()
  })

  it('is over before the lock is given back, and removes no more once the log is being closed', async () => {
    const { disk, log } = await logOf(4)
    const hold = disk.hold('remove')
    const reclaiming = watch(log.reclaim(4))
    await hold.reached
    const closed = watch(log.close())
    await quiet()
    expect(closed.state).toBe('pending')
    expect(disk.count('release')).toBe(0)
    hold.release()
    await quiet()
    expect(closed.state).toBe('resolved')
    expect(reclaiming.error).toMatchObject({ code: 'CLOSED' })
    expect(disk.count(isRemoval)).toBe(1)
  })

  it('removes no more once the lock is lost', async () => {
    const { disk, log } = await logOf(4)
    const hold = disk.hold('remove')
    const reclaiming = watch(log.reclaim(4))
    await hold.reached
    disk.loseLock('somebody else')
    await quiet()
    hold.release()
    await quiet()
    expect(reclaiming.error).toMatchObject({ code: 'POISONED' })
    expect(disk.count(isRemoval)).toBe(1)
    await log.close()
  })

  it('leaves everything where a name may still vanish with the floor in it, until the next open', async () => {
    const { disk, log } = await logOf(3)
    Object.assign(disk.storage, { capabilities: { ...disk.storage.capabilities, names: 'eventual' } })
    const report = await log.reclaim(3)
    expect([report.removed, indexesOf(report.deferred), report.floor]).toEqual([[], [1, 2], 3])
    await log.close()
    const again = openLogSync({ storage: memoryStorage({ snapshot: disk.snapshot() }), ...geometry })
    expect(indexesOf(again.recovery.removedSegments)).toEqual([1, 2])
    again.closeSync()
  })

  it('works without an event loop', () => {
    const storage = memoryStorage()
    const log = openLogSync({ storage, ...geometry })
    for (let n = 1; n <= 4; n += 1) log.appendSync(payload(n, 2600))
    log.recordCheckpointsSync(payload(1))
    log.archiveSync(2)
    log.archiveSync(1)
    expect(log.firstSequence).toBe(2)
    expect(indexesOf(log.reclaimSync().removed)).toEqual([1])
    expect(indexesOf(log.reclaimSync(4).removed)).toEqual([2, 3])
    expect(readAllSync(log).map(({ sequence }) => sequence)).toEqual([4])
    expect(log.checkpointList).toEqual(payload(1))
    log.appendSync(payload(5, 2600))
    expect(indexesOf(log.reclaimSync(6).removed)).toEqual([4])
    expect(log.segments.map(({ state }) => state)).toEqual(['active'])
    log.closeSync()
    expect(() => log.reclaimSync()).toThrow('CLOSED')
    const again = openLogSync({ storage, ...geometry, verify: 'all' })
    expect([again.firstSequence, again.lastSequence]).toEqual([6, 5])
    expect(again.checkpointList).toEqual(payload(1))
    again.closeSync()
  })
})
