import { describe, expect, it } from 'vitest'
import { Explorer } from '../support/crash-explorer.ts'
import { asynchronously, everyAsyncStep } from '../support/crash-steps.ts'

describe('async mode: kill -9 loses nothing written, power loss nothing that a sync covers', () => {
  it('of every workload of up to three steps, at every operation', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [48] })
    explorer.exploreAll(everyAsyncStep, 3)
    expect(explorer.states).toBeGreaterThan(3500)
    expect(explorer.rows.get('last.interrupted-rotation')).toBeGreaterThan(50)
    expect(explorer.rows.get('last.torn-batch')).toBeGreaterThan(50)
  })

  it('on a storage that has neither durable writes nor reservations, over what other files left behind', () => {
    const device = { extras: false, holes: 'garbage', tornSectors: true } as const
    const explorer = new Explorer({ ...device, variant: asynchronously, limits: [32] })
    explorer.exploreAll(everyAsyncStep, 3)
    expect(explorer.states).toBeGreaterThan(3000)
    expect(explorer.rows.get('last.torn-tail')).toBeGreaterThan(1000)
  })
})
