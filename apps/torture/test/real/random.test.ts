import { describe, expect, it } from 'vitest'
import { pick, seededRandom, shuffled } from '../../src/real/random.ts'

describe('chance', () => {
  it('repeats by its seed, and differs by it', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed)
      return Array.from({ length: 20 }, random)
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(draw(3).every((value) => value >= 0 && value < 1)).toBe(true)
  })

  it('picks each of them at times', () => {
    const random = seededRandom(4)
    expect(new Set(Array.from({ length: 50 }, () => pick(random, ['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('leaves none out when it shuffles', () => {
    const items = Array.from({ length: 30 }, (_, at) => at)
    const mixed = shuffled(seededRandom(5), items)
    expect(mixed).not.toEqual(items)
    expect(mixed.sort((one, other) => one - other)).toEqual(items)
  })
})
