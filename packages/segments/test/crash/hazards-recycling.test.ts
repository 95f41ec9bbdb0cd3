import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/index.ts'
import type { Books } from '../support/crash-books.ts'
import type { LogVariant } from '../support/crash-life.ts'
import { Explorer, type FaultAt } from '../support/crash-explorer.ts'
import { liveScheduled } from '../support/crash-scheduled.ts'
import { archive, archiveAll, checkpoints, large, reclaim, reopen, small } from '../support/crash-steps.ts'

const recycling: LogVariant = { recycle: true }

/** A crash at any operation of a reclaim that recycles, and of the rotation that uses what it made. */
const lives = [
  [large, large, large, archive, reclaim, small],
  [large, large, archiveAll, reclaim, large, reclaim, large],
  [large, checkpoints, archiveAll, large, reclaim, reopen, large, reclaim],
]

describe('a crash at any operation of a reclaim that recycles', () => {
  it.each([
    { name: 'the sync mode', options: { variant: recycling } },
    { name: 'the async mode', options: { variant: { ...recycling, durability: 'async' } } },
    { name: 'a storage without extras', options: { variant: recycling, extras: false } },
    { name: 'holes full of garbage', options: { variant: recycling, holes: 'garbage' } },
  ] as const)('leaves all that is above the floor, in $name', ({ options }) => {
    const explorer = new Explorer({ limits: [24], ...options })
    for (const steps of lives) explorer.explore(steps)
    expect(explorer.states).toBeGreaterThan(300)
  })

  it('and another in the recovery from it, and in what the next process does', () => {
    const afterlife = [small, archive, reclaim, large]
    const explorer = new Explorer({ variant: recycling, limits: [12, 8], nestEvery: 6, afterlife })
    for (const steps of lives) explorer.explore(steps, 3)
    expect(explorer.states).toBeGreaterThan(1000)
  })

  it('holds for every short life', () => {
    const explorer = new Explorer({ variant: recycling, limits: [12] })
    explorer.exploreAll([large, small, archiveAll, reclaim], 4, [large])
    expect(explorer.states).toBeGreaterThan(800)
  })
})

describe('an operation of a reclaim that recycles', () => {
  it.each(['clean', 'reverts', 'dirty'] as const)('costs no more than a crash when it fails: %s', (outcome) => {
    const faultAt: FaultAt = (number) => (operation, at) => {
      if (at !== number) return undefined
      return operation.kind === 'sync' ? { kind: 'failed-sync', outcome } : { kind: 'io', landedBytes: 40 }
    }
    const explorer = new Explorer({ variant: recycling, limits: [12], afterlife: [small, reclaim, large] })
    for (const steps of lives) explorer.exploreFaults(steps, faultAt)
    expect(explorer.states).toBeGreaterThan(400)
  })

  it('costs nothing when it fails although it was done', () => {
    const faultAt: FaultAt = (number) => (_, at) => (at === number ? { kind: 'io-although-done' } : undefined)
    const explorer = new Explorer({ variant: recycling, limits: [12], afterlife: [small, reclaim, large] })
    for (const steps of lives.slice(0, 2)) explorer.exploreFaults(steps, faultAt)
    expect(explorer.states).toBeGreaterThan(200)
  })
})

/** Reclaims beside appends that rotate, each of which keeps the last record that was there when it began. */
async function recycleBesideAppends(log: Log, books: Books): Promise<void> {
  const append = async (size: number): Promise<void> => {
    for (const payload of books.attempt([size])) books.cover(await log.append(payload))
  }
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([append(1500), append(1500)])
    const { attempted } = books
    books.attemptFloor(attempted)
    const reclaiming = log.reclaim(attempted).then(() => { books.coverState(attempted) })
    await Promise.all([append(100), reclaiming, append(1500)])
  }
}

describe('a crash at any operation of a reclaim that recycles beside appends, rotations and spares', () => {
  it('leaves the floor as it was or as it was to be, and all that was acknowledged', async () => {
    const explorer = new Explorer({ variant: recycling, limits: [6] })
    const orders: string[] = []
    for (let seed = 1; seed <= 4; seed += 1) {
      const points = await liveScheduled(seed, recycling, recycleBesideAppends)
      orders.push(points.map(({ at }) => at).join())
      explorer.exploreFrom(points, [`seed ${seed}`])
    }
    expect(orders.some((order) => /rename 0000000\d\S* spare-8|write spare-8/.test(order))).toBe(true)
    expect(new Set(orders).size).toBe(4)
    expect(explorer.states).toBeGreaterThan(500)
  })
})
