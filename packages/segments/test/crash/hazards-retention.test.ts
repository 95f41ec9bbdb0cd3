import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/index.ts'
import { Books } from '../support/crash-books.ts'
import type { FailedSync } from '../support/crash-content.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { Explorer, type FaultAt } from '../support/crash-explorer.ts'
import { Life, openRepeatably, payloadsOf, smallLog } from '../support/crash-life.ts'
import { afterPowerLoss } from '../support/crash-outcomes.ts'
import { notesOn } from '../support/crash-points.ts'
import { liveScheduled } from '../support/crash-scheduled.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import {
  archive,
  archiveAll,
  asynchronously,
  checkpoints,
  enqueue,
  inBlocks,
  large,
  reclaim,
  reopen,
  small,
} from '../support/crash-steps.ts'

/** A crash at any operation from the first change of the floor on. */
const lives = [
  [large, large, large, archive, reclaim, small],
  [large, large, archiveAll, reclaim, large, reclaim, small],
  [large, checkpoints, archiveAll, large, reclaim, reopen, large, reclaim],
  [large, checkpoints, large, archive, large, archiveAll, reclaim, checkpoints, large],
]

describe('a crash at any operation of archive, reclaim and a list of checkpoints', () => {
  it.each([
    { name: 'the sync mode', options: {} },
    { name: 'the async mode', options: { variant: asynchronously } },
    { name: 'commits in blocks', options: { variant: inBlocks } },
    { name: 'a storage without extras', options: { extras: false } },
    { name: 'holes full of garbage', options: { holes: 'garbage' } },
  ] as const)('leaves the floor and the list as they were or as they were to be, in $name', ({ options }) => {
    const explorer = new Explorer({ limits: [24], ...options })
    for (const steps of lives) explorer.explore(steps)
    expect(explorer.states).toBeGreaterThan(300)
  })

  it('and another in the recovery from it, and in what the next process does', () => {
    const explorer = new Explorer({ limits: [12, 8], nestEvery: 4, afterlife: [small, archive, reclaim] })
    for (const steps of lives) explorer.explore(steps, 3)
    expect(explorer.states).toBeGreaterThan(1500)
  })

  it('holds for every short life', () => {
    const explorer = new Explorer({ limits: [12] })
    explorer.exploreAll([large, checkpoints, archiveAll, reclaim], 4, [large])
    expect(explorer.states).toBeGreaterThan(800)
  })

  it('keeps the order of records and floor among what nobody waited for', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [32], afterlife: [small] })
    explorer.explore([large, enqueue, enqueue, archiveAll, enqueue, reclaim, reopen])
    expect(explorer.states).toBeGreaterThan(100)
  })
})

/** Reclaims beside appends that rotate, each of which keeps the last record that was there when it began. */
async function reclaimBesideAppends(log: Log, books: Books): Promise<void> {
  const append = async (size: number): Promise<void> => {
    for (const payload of books.attempt([size])) books.cover(await log.append(payload))
  }
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([append(1500), append(1500)])
    const { attempted } = books
    books.attemptFloor(attempted)
    const reclaiming = log.reclaim(attempted).then(() => { books.coverState(attempted) })
    await Promise.all([append(1500), reclaiming, append(1500)])
  }
}

describe('a crash at any operation of a reclaim beside appends, rotations and spares', () => {
  it('leaves the floor as it was or as it was to be, and all that was acknowledged', async () => {
    const explorer = new Explorer({ limits: [6] })
    const orders = new Set<string>()
    for (let seed = 1; seed <= 4; seed += 1) {
      const points = await liveScheduled(seed, {}, reclaimBesideAppends)
      orders.add(points.map(({ at }) => at.replace(/^[^\d]*\d+ /, '')).join())
      explorer.exploreFrom(points, [`seed ${seed}`])
    }
    expect([...orders].some((order) => /remove 0000000\d.*rename.*syncNames/.test(order))).toBe(true)
    expect(orders.size).toBe(4)
    expect(explorer.states).toBeGreaterThan(500)
  })
})

/** One operation fails: a sync in the way of some file system, anything else without effect. */
function failing(outcome: FailedSync): FaultAt {
  return (number) => (operation, at) => {
    if (at !== number) return undefined
    return operation.kind === 'sync' ? { kind: 'failed-sync', outcome } : { kind: 'io', landedBytes: 40 }
  }
}

describe('an operation of archive or reclaim that fails', () => {
  it.each(['clean', 'reverts', 'dirty'] as const)('costs no more than a crash; a failed sync leaves %s', (outcome) => {
    const explorer = new Explorer({ limits: [12], afterlife: [small, reclaim] })
    for (const steps of lives.slice(0, 3)) explorer.exploreFaults(steps, failing(outcome))
    expect(explorer.states).toBeGreaterThan(400)
  })

  it('although it was done, costs nothing', () => {
    const explorer = new Explorer({ limits: [12], afterlife: [small, reclaim] })
    const faultAt: FaultAt = (number) => (_, at) => (at === number ? { kind: 'io-although-done' } : undefined)
    for (const steps of lives.slice(0, 2)) explorer.exploreFaults(steps, faultAt)
    expect(explorer.states).toBeGreaterThan(200)
  })
})

/** A log of six segments with a record each, of which a reclaim removes four, and every moment of that reclaim. */
function reclaimed(): { readonly points: ReturnType<typeof notesOn>['points']; readonly life: Life } {
  const disk = new CrashDisk()
  const books = new Books()
  const noted = notesOn({ disk, books, lives: 1 })
  let isNoting = false
  const before: ReturnType<typeof notesOn>['note'] = (operation, number) => {
    if (isNoting) noted.note(operation, number)
    return undefined
  }
  const life = new Life(new CrashStorage(disk, { before }), books, {}, 1)
  life.open()
  for (const step of [large, large, large, large, large, large]) life.run(step)
  life.run({ do: 'archive', keep: 2 })
  isNoting = true
  life.run(reclaim)
  return { points: noted.points, life }
}

describe('names of segments that were removed', () => {
  it('go oldest first on the disk: power loss between two removals leaves no gap', () => {
    const { points } = reclaimed()
    const left = new Set<string>()
    for (const point of points) {
      for (const disk of afterPowerLoss(point.disk, { limit: 64, holes: 'zeros', seed: 1 })) {
        left.add([...disk.names.keys()].map((name) => Number(name.slice(0, 8))).sort().join(''))
      }
    }
    expect([...left].sort()).toEqual(['123456', '23456', '3456', '456', '56'])
  })

  it('may come back in any combination: the next open accepts what is left and removes it again', () => {
    const { points, life } = reclaimed()
    const whole = points[0]?.disk as CrashDisk
    const names = [...whole.names.keys()].sort()
    for (let kept = 0; kept < 16; kept += 1) {
      const disk = whole.clone()
      for (const [at, name] of names.slice(0, 4).entries()) if ((kept & (1 << at)) === 0) disk.remove(name)
      const log = openRepeatably({ ...smallLog, storage: new CrashStorage(disk), verify: 'all' }, 9)
      const books = life.books.clone()
      books.recoveredState(log.firstSequence, log.checkpointList)
      books.recovered(payloadsOf(log), log.firstSequence)
      expect(log.firstSequence).toBe(5)
      expect([...disk.names.keys()].some((name) => names.slice(0, 4).includes(name))).toBe(false)
    }
  })
})
