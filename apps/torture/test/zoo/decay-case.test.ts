import { describe, expect, it } from 'vitest'
import { decayCases, playDecayCase, runDecayCase } from '../../src/zoo/decay-case.ts'

describe('a log whose writer was killed', () => {
  const cases = decayCases.map((each) => [each.name, each] as const)
  it.each(cases)('serves nothing false and loses nothing in silence: %s', (_name, each) => {
    let started = 0
    const result = runDecayCase(each, { started: () => { started += 1 }, goesOn: () => started < 700 })
    expect(result).toMatchObject({ case: each.name, failure: undefined, looked: started })
    expect(started).toBeGreaterThan(400)
    // Damage that nothing answers to would prove nothing, and so would logs that refuse everything.
    expect(result.refused).toBeGreaterThan(started / 4)
    expect(result.refused).toBeLessThan(started)
  })

  it('is damaged again by a tape', () => {
    for (const each of decayCases) expect(playDecayCase(each, [0, 2, 128])).toBeUndefined()
  })
})
