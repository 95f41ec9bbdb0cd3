import { describe, expect, it } from 'vitest'
import { Explorer } from '../support/crash-explorer.ts'
import { asynchronously, damagedBlockBytes, everyAsyncStep, everyStep, inBlocks } from '../support/crash-steps.ts'

describe('commits in blocks survive a device that damages every block that it was rewriting', () => {
  it('in the sync mode', () => {
    const explorer = new Explorer({ variant: inBlocks, damagedBlockBytes, limits: [32] })
    explorer.exploreAll(everyStep, 3)
    expect(explorer.states).toBeGreaterThan(3000)
    expect(explorer.rows.get('last.clean-shutdown')).toBeGreaterThan(50)
  })

  it('in the async mode', () => {
    const explorer = new Explorer({ variant: { ...asynchronously, ...inBlocks }, damagedBlockBytes, limits: [24] })
    explorer.exploreAll(everyAsyncStep, 3)
    expect(explorer.states).toBeGreaterThan(3000)
    expect(explorer.rows.get('last.clean-shutdown')).toBeGreaterThan(50)
  })

  it('also when the recovery of one crash is cut short by another', () => {
    const afterlife = everyStep.slice(0, 1)
    const explorer = new Explorer({ variant: inBlocks, damagedBlockBytes, limits: [24, 8], nestEvery: 16, afterlife })
    explorer.exploreAll(everyStep, 2)
    expect(explorer.states).toBeGreaterThan(2000)
  })
})
