import { describe, expect, it } from 'vitest'
import { drawMoment, type KillMoment } from '../src/kill-plan.ts'
import { seededRandom } from '../src/random.ts'

function plan(seed: number, openingMs: readonly number[]): KillMoment[] {
  const random = seededRandom(seed)
  return openingMs.map((ms) => drawMoment(random, ms))
}

const hundred = Array.from({ length: 100 }, () => 200)

describe('the plan of kills', () => {
  it('is the same for the same seed', () => {
    expect(plan(1, hundred)).toEqual(plan(1, hundred))
    expect(plan(1, hundred)).not.toEqual(plan(2, hundred))
  })

  it('hits the same children whatever the machine does', () => {
    const slow = plan(3, hundred.map((ms) => ms * 7))
    expect(slow.map(({ after }) => after)).toEqual(plan(3, hundred).map(({ after }) => after))
  })

  it('hits children both while they open the log and while they write', () => {
    const moments = plan(4, hundred)
    const opening = moments.filter(({ after }) => after === 'start')
    expect(opening.length).toBeGreaterThan(5)
    expect(opening.length).toBeLessThan(50)
    for (const { delayMs } of opening) expect(delayMs).toBeLessThanOrEqual(220)
    for (const { delayMs } of moments) {
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThanOrEqual(600)
    }
  })
})

describe('seeded random numbers', () => {
  it('are spread evenly over their range', () => {
    const random = seededRandom(0)
    const tenths = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 10_000; draw += 1) tenths[Math.floor(random() * 10)]! += 1
    for (const tenth of tenths) expect(Math.abs(tenth - 1000)).toBeLessThan(150)
  })
})
