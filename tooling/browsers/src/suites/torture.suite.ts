import { describe, expect, it } from 'vitest'
import { runCase } from '../../../../apps/torture/src/cases/run-case.ts'
import { crowds, swarms } from '../../../../apps/torture/src/cases/swarm-cases.ts'
import { withoutAmbient } from '../../../../apps/torture/src/run/ambient.ts'

/** Of each case. Long searches are for home; here it has to hold on another engine. */
const runs = 3
const seed = 20_261_128

describe('the torture, simulated', () => {
  it.each([...swarms, ...crowds])('$name', async (what) => {
    const options = { seed, runs, probe: () => undefined, goesOn: () => true }
    const { failure, lives } = await withoutAmbient(() => runCase(what, options))
    expect(failure).toBeUndefined()
    expect(lives).toBeGreaterThan(runs)
  })
})
