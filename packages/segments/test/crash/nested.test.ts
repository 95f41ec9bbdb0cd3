import { describe, expect, it } from 'vitest'
import { Explorer } from '../support/crash-explorer.ts'
import { asynchronously, batch, everyAsyncStep, everyStep, large, small } from '../support/crash-steps.ts'

describe('a crash during the recovery from a crash', () => {
  it('loses nothing acknowledged and nothing that was exposed, in the sync mode', () => {
    const explorer = new Explorer({ limits: [24, 8], nestEvery: 16, afterlife: [small] })
    explorer.exploreAll(everyStep, 3)
    expect(explorer.states).toBeGreaterThan(4000)
  })

  it('loses nothing covered and nothing that was exposed, in the async mode', () => {
    const explorer = new Explorer({ variant: asynchronously, limits: [24, 8], nestEvery: 16, afterlife: [batch] })
    explorer.exploreAll(everyAsyncStep, 3)
    expect(explorer.states).toBeGreaterThan(4000)
  })

  it('and during the recovery from that one', () => {
    const explorer = new Explorer({ limits: [16, 8, 8], nestEvery: 4, afterlife: [small] })
    explorer.explore([small, batch])
    explorer.explore([large, large])
    expect(explorer.states).toBeGreaterThan(4000)
  })
})
