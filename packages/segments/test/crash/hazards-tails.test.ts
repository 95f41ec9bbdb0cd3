import { frameFlag } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import type { SynchronousLog } from '../../src/index.ts'
import { Explorer, type FaultAt } from '../support/crash-explorer.ts'
import { asynchronously, batch, large, small } from '../support/crash-steps.ts'
import { continueImage, smallGeometry } from '../support/damage-image.ts'
import { segmentsOf } from '../support/log-files.ts'
import { payload } from '../support/log-records.ts'

const failedSync: FaultAt = (number) => (operation, at) => {
  return at === number && operation.kind === 'sync' ? { kind: 'failed-sync', outcome: 'clean' } : undefined
}

describe('torn tails', () => {
  it('what was appended behind a torn tail is safe, and the torn tail is gone for good', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [48, 12], nestEvery: 2, afterlife: [small] })
    explorer.explore([small, small, small], 1)
    explorer.explore([batch, small, batch], 1)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(100)
  })

  it('a record of the same length in the place of a discarded one does not bring its old neighbours back', () => {
    // All records are equally long, so a replacement ends exactly where the discarded one did.
    const explorer = new Explorer({ variant: asynchronously, limits: [96, 6], afterlife: [small] })
    explorer.explore([small, small, small, small], 3)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(100)
  })

  it('a record with zeros in it does not shield what was discarded behind it', () => {
    const zeros = { do: 'append', bytes: 100 } as const
    const explorer = new Explorer({ variant: asynchronously, limits: [64, 6], afterlife: [zeros] })
    explorer.explore([small, zeros, zeros, small], 3)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(100)
  })

  it('a recovery whose own sync fails does not bring a discarded tail back', () => {
    const options = { variant: asynchronously, limits: [48, 6], nestEvery: 2, afterlife: [small] }
    const explorer = new Explorer({ ...options, recoveryFaultAt: failedSync })
    explorer.explore([small, small, small], 2)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(100)
  })

  it('a batch that lost a record in the middle or at its end is gone as a whole', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [256, 4], nestEvery: 4, afterlife: [batch] })
    explorer.explore([batch, { do: 'batch', bytes: [100, 100, 1] }], 1)
    explorer.explore([large, { do: 'batch', bytes: [300, 300, 300] }], 1)
    expect(explorer.rows.get('last.torn-batch')).toBeGreaterThan(20)
  })

  it('a batch that is written again is one batch still', () => {
    const write = (log: SynchronousLog): void => { log.appendBatchSync([payload(1), payload(2), payload(3)]) }
    const killed = continueImage(undefined, { ...smallGeometry, durability: 'async' }, 'crash', write)
    const reopened = continueImage(killed, smallGeometry, 'crash', () => undefined)
    const flags = segmentsOf(reopened).map(({ frames }) => frames.map((frame) => frame.flags))
    expect(flags).toEqual([[], [frameFlag.batchContinues, frameFlag.batchContinues, 0]])
  })

  it('what another life of the disk left behind is never taken for a frame', () => {
    const explorer = new Explorer({ limits: [48, 8], nestEvery: 4, holes: 'garbage', afterlife: [small] })
    explorer.explore([small, large, large, small], 2)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(100)
  })
})
