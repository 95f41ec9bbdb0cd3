import { describe, expect, it } from 'vitest'
import type { FailedSync } from '../support/crash-content.ts'
import { Explorer } from '../support/crash-explorer.ts'
import type { Faults } from '../support/crash-points.ts'
import { asynchronously, batch, large, reopen, small, sync } from '../support/crash-steps.ts'

const workloads = [[small, batch], [small, reopen, small], [small, large, sync, large]]

/** One operation fails: a sync in the way of some file system, anything else with a few bytes landed. */
function failing(outcome: FailedSync): (number: number) => Faults {
  return (number) => (operation, at) => {
    if (at !== number) return undefined
    return operation.kind === 'sync' ? { kind: 'failed-sync', outcome } : { kind: 'io', landedBytes: 40 }
  }
}

function exploreAll(explorer: Explorer, faultAt: (number: number) => Faults): Explorer {
  for (const steps of workloads) explorer.exploreFaults(steps, faultAt)
  return explorer
}

describe('an operation that fails poisons the log; what the next process finds is exact and stays so', () => {
  for (const outcome of ['clean', 'reverts', 'dirty'] as const) {
    it(`where the bytes of a failed sync stay ${outcome}, in the sync mode`, () => {
      const explorer = exploreAll(new Explorer({ limits: [24], afterlife: [small] }), failing(outcome))
      expect(explorer.states).toBeGreaterThan(600)
    })

    it(`where the bytes of a failed sync stay ${outcome}, in the async mode`, () => {
      const options = { variant: asynchronously, limits: [24], afterlife: [small] }
      const explorer = exploreAll(new Explorer(options), failing(outcome))
      expect(explorer.states).toBeGreaterThan(600)
    })
  }

  it('although it had done all it was asked for', () => {
    const explorer = exploreAll(new Explorer({ limits: [24], afterlife: [small] }), (number) => (_operation, at) => {
      return at === number ? { kind: 'io-although-done' } : undefined
    })
    expect(explorer.states).toBeGreaterThan(600)
  })

  it('and the recovery fails in the same way', () => {
    const explorer = new Explorer({ limits: [12], afterlife: [small] })
    explorer.exploreFaults([small, batch], failing('clean'), true)
    explorer.exploreFaults([small, reopen, small], failing('clean'), true)
    expect(explorer.states).toBeGreaterThan(1000)
  })
})

describe('a disk that is full', () => {
  const takesSpace = new Set(['create', 'write', 'writeDurable', 'reserve'])
  const full = (landedBytes: number) => (number: number): Faults => (operation, at) => {
    return at >= number && takesSpace.has(operation.kind) ? { kind: 'no-space', landedBytes } : undefined
  }

  it('leaves no half batch and everything earlier, and the log goes on when there is room again', () => {
    for (const landedBytes of [0, 40, 100]) {
      const explorer = exploreAll(new Explorer({ limits: [12], afterlife: [batch] }), full(landedBytes))
      expect(explorer.states).toBeGreaterThan(300)
    }
  })

  it('and is full still when the log is opened again', () => {
    const explorer = new Explorer({ limits: [12], afterlife: [batch] })
    explorer.exploreFaults([small, batch], full(40), true)
    expect(explorer.states).toBeGreaterThan(300)
  })
})
