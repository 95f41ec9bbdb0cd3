import { seeded, Tape } from '@varve/dst'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAdapter } from '../../../../apps/torture/src/adapters/run-adapter.ts'
import { caseOf } from '../../../../apps/torture/src/cases/make-case.ts'
import { archive, calls, checkpoint, reclaim, tail } from '../../../../apps/torture/src/cases/steps.ts'
import { OpfsPlaces } from './support/opfs-adapter.ts'

const runs = 4
const seed = 20_261_128
/** The most that each process does; one more only recovers. */
const plan = [8, 6, 4]

describe.each([[true], [false]])('the torture on OPFS, synchronous: %s', (isSynchronous) => {
  let places: OpfsPlaces
  beforeAll(async () => { places = await OpfsPlaces.make(isSynchronous, plan.length + 1) })
  afterAll(() => places.remove())

  it.each(['sync', 'group', 'async'] as const)('%s', async (durability) => {
    const { system } = caseOf({
      name: 'opfs',
      looksFor: 'an adapter that differs from the simulated storage',
      durability,
      scheduled: !isSynchronous,
      steps: [...calls, tail, archive, reclaim, checkpoint],
      plan,
      engine: { kind: 'swarm' },
    })
    const reached = new Set<string>()
    for (let run = 0; run < runs; run += 1) {
      const tape = new Tape(seeded(seed + run))
      await places.with((adapter) => runAdapter(adapter, system(), plan, tape, (name) => { reached.add(name) }))
    }
    expect(reached).toContain('recovery.created')
    expect(reached.size).toBeGreaterThan(1)
  })
})
