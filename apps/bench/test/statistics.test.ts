import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, quantilePercents, quantilesOf, ratioOf, summarize } from '../src/statistics.ts'

const hundred = Array.from({ length: 100 }, (_, at) => 100 - at)

describe('a summary', () => {
  it('has the slowest hundredth: the longest durations, the lowest rates', () => {
    expect(summarize(hundred, 'durations')).toEqual({ median: 51, p99: 100, samples: 100 })
    expect(summarize(hundred, 'rates')).toEqual({ median: 51, p99: 2, samples: 100 })
  })

  it('of one sample is that sample', () => {
    expect(summarize([7], 'rates')).toEqual({ median: 7, p99: 7, samples: 1 })
  })

  it('has a median that is one of the samples, with no more than half on either side', () => {
    const property = fc.property(fc.array(fc.integer(), { minLength: 1 }), (samples) => {
      const middle = median(samples)
      expect(samples).toContain(middle)
      expect(samples.filter((value) => value < middle).length).toBeLessThanOrEqual(samples.length / 2)
      expect(samples.filter((value) => value > middle).length).toBeLessThanOrEqual(samples.length / 2)
    })
    fc.assert(property)
  })
})

describe('quantiles', () => {
  it('are the values that so many per cent are at or below', () => {
    expect(quantilesOf(hundred)).toEqual([1, 2, 6, 11, 26, 51, 76, 91, 96, 100, 100, 100])
    expect(quantilesOf([7])).toEqual(quantilePercents.map(() => 7))
  })

  it('ascend from the least to the most, whatever the order', () => {
    const property = fc.property(fc.array(fc.integer(), { minLength: 1 }), (samples) => {
      const quantiles = quantilesOf(samples)
      expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b))
      expect(quantiles[0]).toBe(Math.min(...samples))
      expect(quantiles.at(-1)).toBe(Math.max(...samples))
    })
    fc.assert(property)
  })
})

describe('a ratio', () => {
  it('compares like parts of the run, so that a machine that slows down does not matter', () => {
    const base = hundred
    const double = hundred.map((value) => value * 2)
    expect(ratioOf(double, base)).toEqual({ median: 2, spread: [2, 2] })
  })

  it('has the spread of its parts', () => {
    const repeat = (count: number, value: number): number[] => new Array<number>(count).fill(value)
    const base = repeat(100, 10)
    const samples = [...repeat(50, 10), ...repeat(40, 20), ...repeat(10, 50)]
    expect(ratioOf(samples, base)).toEqual({ median: 2, spread: [1, 5] })
  })

  it('of a few samples has as many parts', () => {
    expect(ratioOf([1, 4], [2, 2])).toEqual({ median: 2, spread: [0.5, 2] })
  })
})
