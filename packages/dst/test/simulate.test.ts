import { isVarveError } from '@varve/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultProfiles, replaySimulation, simulate, Violation, type SystemParts } from '../src/index.ts'
import { journal } from './support/journal.ts'

const calm = { faults: false } as const

describe('a simulation', () => {
  it('of what is right finds nothing, and says what it looked at', async () => {
    const { failure, explored, swarmed, probes } = await simulate(journal(), { ...calm, runs: 40 })
    expect(failure).toBeUndefined()
    expect(explored?.isComplete).toBe(true)
    expect(swarmed?.runs).toBe(40)
    expect(probes.get('full')).toBeGreaterThan(0)
  })

  it('gives a failure that can be played again, and is shorter with fast-check', async () => {
    const mistaken = journal('acknowledges without a sync')
    const { failure: found } = await simulate(mistaken, calm)
    const { failure: shrunk } = await simulate(mistaken, { ...calm, fastCheck: fc })
    expect(shrunk?.violation).toMatch(/bytes of/)
    expect(shrunk?.replay.length).toBeLessThanOrEqual(found?.replay.length ?? 0)
    expect(shrunk?.timeline.join('\n')).toMatch(/THE POWER GOES/)
    const again = await replaySimulation(mistaken, shrunk?.replay ?? '', calm)
    expect(again).toEqual({ violation: shrunk?.violation, timeline: shrunk?.timeline })
    expect((await replaySimulation(journal(), shrunk?.replay ?? '', calm)).violation).toBeUndefined()
  })

  it('finds in long runs what short ones do not reach', async () => {
    const check = ({ count }: { count: number }): void => { if (count > 5) throw new Violation('six') }
    const late = { ...journal(), check }
    const options = { ...calm, runs: 500, profile: faultProfiles['ext4-ordered'], scheduled: false }
    const { failure, explored } = await simulate(late, options)
    expect(explored?.isComplete).toBe(true)
    expect((await simulate(journal(), { ...options, exploreSteps: [], runs: 1 })).explored).toBeUndefined()
    expect(failure?.replay).toMatch(/^swarmed:/)
    expect((await replaySimulation(late, failure?.replay ?? '', options)).violation).toBe('six')
  })

  it('needs no ledger where a system knows by itself what must be there', async () => {
    let opened = 0
    const parts: SystemParts<undefined> = {
      async open({ storage }) {
        opened += 1
        await storage.list()
        return undefined
      },
      check: () => undefined,
      workload: () => undefined,
    }
    expect((await simulate(parts, { runs: 3, runSteps: [1] })).failure).toBeUndefined()
    expect(opened).toBeGreaterThan(3)
  })

  it('passes on an error that is no broken promise', async () => {
    const broken = { ...journal(), ledger: () => { throw new RangeError('mine') } }
    await expect(simulate(broken, calm)).rejects.toThrow(RangeError)
    const opening = { ...journal(), ledger: () => { throw new RangeError('mine') } }
    await expect(replaySimulation(opening, 'explored:', calm)).rejects.toThrow(RangeError)
  })

  it('says so when a failure does not come again', async () => {
    let times = 0
    const once = { ...journal(), check: () => { if (++times === 5) throw new Violation('once') } }
    const { failure } = await simulate(once, calm)
    expect(failure?.violation).toBe('it was broken once, and not when it was played again')
  })

  it.each(['', 'nonsense', 'other:1', 'explored'])("plays no '%s'", async (text) => {
    const isRefusal = (error: unknown): boolean => isVarveError(error, 'INVALID_ARGUMENT')
    await expect(replaySimulation(journal(), text)).rejects.toSatisfy(isRefusal)
  })
})
