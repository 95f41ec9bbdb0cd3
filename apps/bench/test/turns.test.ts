import { describe, expect, it } from 'vitest'
import { takeTurns, timed, timedWaiting } from '../src/turns.ts'

describe('turns', () => {
  it('go to each once a round, and each is first in its time', async () => {
    const order: string[] = []
    const contender = (name: string, value: number) => (): number => {
      order.push(name)
      return value
    }
    const samples = await takeTurns(3, {
      one: contender('one', 1),
      two: () => Promise.resolve(contender('two', 2)()),
      three: contender('three', 3),
    })
    expect(order.join(' ')).toBe('one two three two three one three one two')
    expect(samples).toEqual({ one: [1, 1, 1], two: [2, 2, 2], three: [3, 3, 3] })
  })
})

describe('a time', () => {
  it('is that of the work, waiting included', async () => {
    const spin = (): void => {
      for (const end = performance.now() + 5; performance.now() < end; );
    }
    expect(timed(spin)).toBeGreaterThanOrEqual(5)
    expect(await timedWaiting(() => new Promise((resolve) => setTimeout(resolve, 20)))).toBeGreaterThan(15)
  })
})
