import { describe, expect, it } from 'vitest'
import { takeTurns, timed, timedEither, timedWaiting } from '../src/turns.ts'

describe('turns', () => {
  it('go to each once a round, and what each measured is kept in rounds', async () => {
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
    const rounds = [order.slice(0, 3), order.slice(3, 6), order.slice(6)]
    for (const round of rounds) expect(new Set(round)).toEqual(new Set(['one', 'two', 'three']))
    expect(samples).toEqual({ one: [1, 1, 1], two: [2, 2, 2], three: [3, 3, 3] })
  })

  it('let each come first, and each behind each other one, about as often', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
    let before = ''
    const times = new Map<string, number>()
    const contender = (name: string) => (): number => {
      times.set(before + name, (times.get(before + name) ?? 0) + 1)
      before = name
      return 0
    }
    await takeTurns(1000, Object.fromEntries(names.map((name) => [name, contender(name)])))
    for (const one of names) {
      for (const other of names) {
        const often = times.get(one + other) ?? 0
        // The last of a round may be the first of the next.
        expect(often, `${other} behind ${one}`).toBeGreaterThan(one === other ? 0 : 50)
        expect(often, `${other} behind ${one}`).toBeLessThan(200)
      }
    }
  })

  it('end when the time is up, but not before so many, and not after so many', async () => {
    const rounds = async (least: number, most: number, ms: number): Promise<number> =>
      (await takeTurns({ least, most, ms }, { one: () => 1 })).one.length
    expect(await rounds(3, 9, 0)).toBe(3)
    expect(await rounds(1, 9, 60_000)).toBe(9)
  })
})

describe('a time', () => {
  it('is that of the work, waiting included', async () => {
    const spin = (): void => {
      for (const end = performance.now() + 5; performance.now() < end; );
    }
    expect(timed(spin)).toBeGreaterThanOrEqual(5)
    expect(await timedWaiting(() => new Promise((resolve) => setTimeout(resolve, 20)))).toBeGreaterThan(15)
    expect(await timedEither(() => new Promise((resolve) => setTimeout(resolve, 20)))).toBeGreaterThan(15)
    const work = (): undefined => { spin() }
    expect(await timedEither(work)).toBeGreaterThanOrEqual(5)
  })
})
