import { describe, expect, it } from 'vitest'
import { mayEndAt, payloadOf, unitAt } from '../../src/real/history.ts'

describe('the history of the real scenarios', () => {
  it('is made of units that follow one another without a gap', () => {
    const ends: number[] = []
    for (let first = 1; first <= 64; first += unitAt(first)) {
      expect(unitAt(first)).toBeGreaterThan(0)
      ends.push(first + unitAt(first) - 1)
    }
    const allowed = Array.from({ length: 64 }, (_, at) => at + 1).filter(mayEndAt)
    expect(ends).toEqual(allowed)
    expect(ends.length).toBeLessThan(64)
  })

  it('may end before its first record', () => {
    expect(mayEndAt(0)).toBe(true)
  })

  it('has no two records alike, of whatever run, life and place', () => {
    const seen = new Set<string>()
    let long = 0
    for (const seed of [1, 2]) {
      for (const life of [1, 2, 9]) {
        for (let sequence = 1; sequence <= 200; sequence += 1) {
          const payload = payloadOf({ seed, life }, sequence)
          if (payload.length < 8) continue
          long += 1
          seen.add(Buffer.from(payload).toString('hex'))
        }
      }
    }
    expect(long).toBeGreaterThan(1000)
    expect(seen.size).toBe(long)
  })

  it('is the same whenever it is asked for', () => {
    expect(payloadOf({ seed: 3, life: 4 }, 5)).toEqual(payloadOf({ seed: 3, life: 4 }, 5))
  })
})
