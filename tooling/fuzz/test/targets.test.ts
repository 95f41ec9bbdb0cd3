import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf } from '../src/engine.ts'
import { knownAs } from '../src/known.ts'
import { casesOf } from '../src/target.ts'
import { targets } from '../src/targets.ts'

describe('what nobody wrote', () => {
  it.each(targets)('$name: $law', async (target) => {
    const seeds = await target.seeds()
    const property = fc.asyncProperty(casesOf(target, seeds), async (bytes) => {
      const verdict = await verdictOf(target, bytes)
      if ('failure' in verdict && knownAs(target.name, verdict.failure) === undefined) throw verdict.failure
    })
    await fc.assert(property, { numRuns: 250, seed: 20_251_121 })
  })

  it.each(targets)('$name: what was written in earnest is accepted', async (target) => {
    for (const seed of await target.seeds()) expect(await verdictOf(target, seed)).toHaveProperty('outcome')
  })

  it.each(targets)('$name: the same seeds each time', async (target) => {
    expect(await target.seeds()).toEqual(await target.seeds())
  })
})
