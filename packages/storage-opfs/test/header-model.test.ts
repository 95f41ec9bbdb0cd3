import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyWay } from './support/every-way.ts'
import { canonical, oneLife, untouched, type Between } from './support/header-model.ts'

/** States that short lives without accidents do not reach soon: each has a copy of three in every slot. */
function matured(): Between[] {
  const calm = [{ changes: 1, failures: 0 }, { changes: 2, failures: 0 }, { changes: 3, failures: 0 }]
  return calm.map((effort) => oneLife(untouched, effort, () => 0))
}

/** All states that `lives` processes may leave behind, whatever happens. */
function leftBehind(from: readonly Between[], lives: number): number {
  const effort = { changes: 1, failures: 1 }
  const seen = new Set<string>()
  let states = from
  for (let life = 0; life < lives; life += 1) {
    const next: Between[] = []
    for (const before of states) {
      everyWay((choose) => {
        const { key, state } = canonical(oneLife(before, effort, choose))
        if (seen.has(key)) return
        seen.add(key)
        next.push(state)
      })
    }
    states = next
  }
  return seen.size
}

describe('the name of a file that a change returned for, or that was read and said again', () => {
  it('is what every later process finds, in all ways that two of them can end and fail', () => {
    expect(leftBehind([untouched], 2)).toBeGreaterThan(400)
    expect(leftBehind(matured(), 1)).toBeGreaterThan(50)
  })

  it('is found in ten lives with up to two flushes that fail in each, tried at random', () => {
    const life = fc.array(fc.nat({ max: 7 }), { minLength: 4, maxLength: 24 })
    fc.assert(
      fc.property(fc.array(life, { minLength: 4, maxLength: 10 }), (lives) => {
        let state = untouched
        for (const choices of lives) {
          let at = 0
          // Most choices have the harmless one first; small numbers choose it more often than not.
          state = oneLife(state, { changes: 3, failures: 2 }, (ways) => {
            const choice = choices[at] ?? 0
            at += 1
            return choice > 3 ? choice % ways : 0
          })
        }
      }),
      { numRuns: 4000 },
    )
  })
})
