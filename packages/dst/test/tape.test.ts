import { isVarveError } from '@varve/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replayed, seeded, Tape, tapeFromText, tapeToText, type ChoiceKind } from '../src/index.ts'
import { EnumeratedChoices } from '../src/tape/enumerated.ts'
import { isComplete, vectors } from '../src/explore/vectors.ts'

describe('a tape', () => {
  it('remembers what was drawn, and gives it again', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.integer({ min: 1, max: 9 })), (seed, ways) => {
        const tape = new Tape(seeded(seed))
        const drawn = ways.map((each) => tape.draw(each, 'work'))
        const again = new Tape(replayed(tape.drawn))
        expect(ways.map((each) => again.draw(each, 'work'))).toEqual(drawn)
        expect(again.drawn).toEqual(tape.drawn)
        expect(tape.length).toBe(ways.filter((each) => each > 1).length)
      }),
    )
  })

  it('is folded into the ways there are, and uneventful behind its end', () => {
    const choices = replayed([7, 1])
    expect([choices.draw(4, 'work'), choices.draw(2, 'work'), choices.draw(9, 'work')]).toEqual([3, 1, 0])
  })

  it('is the same after it was written down', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(70_000))), (tape) => {
        const last = tape.findLastIndex((choice) => choice !== 0)
        expect(tapeFromText(tapeToText(tape))).toEqual(tape.slice(0, last + 1))
      }),
    )
    expect(tapeToText([0, 0, 0, 1, 0, 12, 0])).toBe('z3-1-0-12')
  })

  const nonsense = ['x', '1--2', '1-z', '-1', '1.5', '9999999999', 'z999999999', `1-${'2'.repeat(100)}`]

  it.each(nonsense)('is not %s', (text) => {
    expect(() => tapeFromText(text)).toThrow(/belongs to no tape: use what a failure printed/)
    try {
      tapeFromText(text)
    } catch (error) {
      expect(isVarveError(error, 'INVALID_ARGUMENT')).toBe(true)
    }
  })
})

describe('choices by chance', () => {
  it('depend on the seed and nothing else, and differ between seeds', () => {
    const drawn = (seed: number): number[] => {
      const choices = seeded(seed)
      return Array.from({ length: 50 }, (_, at) => choices.draw(3 + (at % 4), at % 2 === 0 ? 'survival' : 'work'))
    }
    expect(drawn(7)).toEqual(drawn(7))
    expect(new Set(Array.from({ length: 20 }, (_, seed) => drawn(seed).join())).size).toBe(20)
  })

  it('have tempers: some runs lose nearly everything, others nearly nothing', () => {
    const kept = Array.from({ length: 60 }, (_, seed) => {
      const choices = seeded(seed)
      return Array.from({ length: 40 }, () => choices.draw(2, 'survival')).filter((choice) => choice === 1).length
    })
    expect(Math.min(...kept)).toBeLessThan(10)
    expect(Math.max(...kept)).toBeGreaterThan(30)
  })
})

describe('choices in all combinations', () => {
  /** Plays a game whose later choices depend on the earlier ones, until there are no more. */
  type Draw = (ways: number, kind?: ChoiceKind) => number

  function all(bounds: Partial<Record<ChoiceKind, number>>, play: (draw: Draw) => string): string[] {
    const source = new EnumeratedChoices(bounds)
    const seen: string[] = []
    do seen.push(play((ways, kind = 'work') => source.draw(ways, kind)))
    while (source.next())
    return seen
  }

  it('come once each, whatever depends on what', () => {
    const seen = all({}, (draw) => {
      const first = draw(3)
      return first === 1 ? `${first}` : `${first}${draw(2)}`
    })
    expect(seen).toEqual(['00', '01', '1', '20', '21'])
  })

  it('are eventful only so often in one run where that is bounded', () => {
    const seen = all({ schedule: 1 }, (draw) => [0, 1, 2].map(() => draw(2, 'schedule')).join(''))
    expect(seen.sort()).toEqual(['000', '001', '010', '100'])
  })

  it('know what has been seen in an earlier run', () => {
    const source = new EnumeratedChoices()
    const news: string[] = []
    do {
      const steps: string[] = []
      for (let at = 0; at < 2; at += 1) {
        source.draw(2, 'work')
        if (source.isNew) steps.push(String(at))
      }
      news.push(steps.join(''))
    } while (source.next())
    expect(news).toEqual(['01', '1', '01', '1'])
  })
})

describe('vectors of outcomes', () => {
  const list = (ways: readonly number[], limit: number, seed = 1): string[] =>
    Array.from(vectors(ways, limit, seed), (vector) => vector.join(''))

  it('are all combinations where there are few', () => {
    expect(list([2, 3], 6)).toEqual(['00', '10', '01', '11', '02', '12'])
    expect(list([], 1)).toEqual([''])
    expect(isComplete([2, 3], 6)).toBe(true)
    expect(isComplete([2, 3], 5)).toBe(false)
  })

  it('are a sample of bounded size with everything and nothing in it where there are many', () => {
    const ways = new Array<number>(40).fill(2)
    const sample = list(ways, 50)
    expect(sample).toHaveLength(50)
    const [nothing, everything, oneMissing] = ['0'.repeat(40), '1'.repeat(40), `0${'1'.repeat(39)}`]
    expect(sample).toEqual(expect.arrayContaining([nothing, everything, oneMissing]))
    expect(list([9, 9, 9], 40)).toEqual(expect.arrayContaining(['888', '000', '800', '808', '880']))
    expect(list(ways, 50)).toEqual(sample)
    expect(list(ways, 50, 2)).not.toEqual(sample)
  })
})
