import { describe, expect, it } from 'vitest'
import { Explorer, type FaultAt } from '../support/crash-explorer.ts'
import { asynchronously, batch, enqueue, large, reopen, small, sync } from '../support/crash-steps.ts'

/** A sync that fails, after which its bytes can be read and are not on the disk. */
const failedSync: FaultAt = (number) => (operation, at) => {
  return at === number && operation.kind === 'sync' ? { kind: 'failed-sync', outcome: 'clean' } : undefined
}

describe('syncs', () => {
  it('a durable write covers its own bytes only: what lies un-synced before it is synced', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [64] })
    explorer.explore([small, enqueue, sync])
    explorer.explore([enqueue, large, enqueue, sync])
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(10)
  })

  it('a durable end never claims what no sync has covered: a torn tail is never taken for corruption', () => {
    for (const extras of [true, false]) {
      const explorer = new Explorer({ variant: asynchronously, limits: [96], extras })
      explorer.explore([small, small, batch, small])
      explorer.explore([batch, sync, small, batch, small])
      expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(10)
    }
  })

  it('a MARK says what a sync has confirmed, not what was written', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [96] })
    explorer.explore([small, sync, batch, enqueue, sync, small])
    expect(explorer.rows.get('last.torn-batch')).toBeGreaterThan(0)
  })

  it('a sync that failed is not tried again: it could succeed without writing anything', () => {
    const explorer = new Explorer({ limits: [64], extras: false, afterlife: [] })
    explorer.exploreFaults([small, small], failedSync)
    explorer.exploreFaults([large, large], failedSync)
    expect(explorer.states).toBeGreaterThan(30)
  })

  it('records that can be read but may not be on the disk are written again before they are shown', () => {
    for (const variant of [{}, asynchronously]) {
      const explorer = new Explorer({ variant, limits: [48], extras: false, afterlife: [small] })
      explorer.exploreFaults([small, batch, sync], failedSync)
      expect(explorer.states).toBeGreaterThan(100)
    }
  })

  it('a CLOSE that can be read but may not be on the disk is written again before anything stands behind it', () => {
    const explorer = new Explorer({ limits: [48], afterlife: [small] })
    explorer.exploreFaults([small, reopen], failedSync)
    explorer.exploreFaults([small, reopen], failedSync, true)
    expect(explorer.rows.get('last.clean-shutdown')).toBeGreaterThan(5)
  })

  it('a segment is durable as a whole before the next one is born', () => {
    for (const variant of [{}, asynchronously]) {
      const explorer = new Explorer({ variant, limits: [64] })
      explorer.explore([small, large, large])
      expect(explorer.rows.get('last.interrupted-rotation')).toBeGreaterThan(0)
    }
  })

  it('a SEAL that only the cache has closes nothing', () => {
    const explorer = new Explorer({ limits: [48], afterlife: [small] })
    explorer.exploreFaults([large, large], failedSync)
    expect(explorer.rows.get('last.interrupted-rotation')).toBeGreaterThan(5)
  })

  it('a trailer is no evidence that what it points at was ever durable', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [128] })
    explorer.explore([large, large], 1)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(10)
  })
})
