import { describe, expect, it } from 'vitest'
import { tortureCases } from '../../src/cases/cases.ts'
import { Probes, requiredProbes } from '../../src/run/probes.ts'
import { torture, type Progress, type TortureOptions } from '../../src/run/torture.ts'

/** A clock that moves a millisecond each time it is looked at. */
function options(
  pattern: RegExp,
  changes: Partial<TortureOptions> = {},
): TortureOptions & { readonly seen: Progress[] } {
  const seen: Progress[] = []
  let clock = 0
  return {
    cases: tortureCases.filter(({ name }) => pattern.test(name)),
    seconds: 1,
    seed: 1,
    exhaustive: false,
    now: () => { clock += 1; return clock },
    progress: (progress) => { seen.push(progress) },
    seen,
    ...changes,
  }
}

describe('the torture', () => {
  it('runs what costs least first, and tells how far it is', async () => {
    const run = options(/^(swarm-plain-sync-xfs|interleaved-sync|adapter-memory-sync|planted)$/)
    const report = await torture(run)
    expect(report.cases.map(({ engine }) => engine)).toEqual(['planted', 'adapter', 'exhaustive', 'swarm'])
    expect(report.cases.every(({ verdict }) => verdict === 'held')).toBe(true)
    expect(report.looked).toBe(report.cases.reduce((sum, { looked }) => sum + looked, 0))
    expect(run.seen.at(0)).toMatchObject({ case: 'planted', casesDone: 0, cases: 4 })
    expect(run.seen.at(-1)?.looked).toBe(report.looked)
    expect(report.probes['storage.memory.sync']).toBe(1)
    expect(report.missedProbes).toContain('fault.bit-flip')
  })

  it('stops where its time is over, and does not where it is told to finish', async () => {
    expect((await torture(options(/^short-ordered$/, { seconds: 0.01 }))).cases[0]?.isComplete).toBe(false)
    const whole = await torture(options(/^short-ordered$/, { seconds: 0.01, exhaustive: true }))
    expect(whole.cases[0]?.isComplete).toBe(true)
  })

  it('stops when it is interrupted', async () => {
    const run = options(/^short$/, { exhaustive: true, isInterrupted: () => true })
    expect((await torture(run)).cases[0]?.isComplete).toBe(false)
  })
})

describe('the cases', () => {
  it('have names of their own, which replay strings stand on', () => {
    const names = tortureCases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name.includes(':'))).toEqual([])
  })

  it('are on every storage, in every durability, on every kind of disk', () => {
    const reached = new Set(
      tortureCases.flatMap(({ storage, durability, profile }) => [
        `storage.${storage}.${durability}`,
        `profile.${profile}`,
      ]),
    )
    const required = requiredProbes.filter((name) => name.startsWith('storage.') || name.startsWith('profile.'))
    expect(required.filter((name) => !reached.has(name))).toEqual([])
  })
})

describe('the probes', () => {
  it('know what was never reached', () => {
    const probes = new Probes()
    for (const name of requiredProbes.slice(1)) probes.hit(name)
    probes.hit('something.else')
    expect(probes.missed).toEqual([requiredProbes[0]])
    expect(probes.hits['something.else']).toBe(1)
  })
})
