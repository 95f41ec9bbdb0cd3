import fc from 'fast-check'
import { expect, test } from 'vitest'
import { curvesOf, sparkline } from '../src/logic/curves.ts'
import { quantile, sortSamples, summarise } from '../src/logic/quantiles.ts'
import { logScale, ninesAt } from '../src/logic/scale.ts'

const samples = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 })
const box = { left: 10, right: 110, top: 5, bottom: 95 }

test('a quantile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1)
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100])
  expect(quantile([], 0.5)).toBe(0)
})

test('a summary of nothing is zeros, and of one sample that sample', () => {
  expect(summarise([])).toEqual({ samples: 0, p50: 0, p99: 0, mean: 0, max: 0 })
  expect(summarise([4])).toEqual({ samples: 1, p50: 4, p99: 4, mean: 4, max: 4 })
})

test('samples are sorted as numbers, and the caller’s stay as they are', () => {
  const own = [10, 9, 100]
  expect(sortSamples(own)).toEqual([9, 10, 100])
  expect(own).toEqual([10, 9, 100])
})

test('a logarithmic axis holds all samples between its ends, in order', () => {
  fc.assert(fc.property(samples, (values) => {
    const { at, ticks } = logScale(values, 0, 100, 0.005)
    const places = sortSamples(values).map(at)
    for (const place of places) expect(place >= 0 && place <= 100.000001, `${place}`).toBe(true)
    expect(places).toEqual(sortSamples(places))
    expect(at(ticks[0] ?? 0)).toBe(0)
    expect(at(ticks.at(-1) ?? 0)).toBeCloseTo(100)
  }))
})

test('its ticks are 1, 2 and 5 of each power of ten', () => {
  expect(logScale([0.3, 40], 0, 100, 0.005).ticks).toEqual([0.2, 0.5, 1, 2, 5, 10, 20, 50])
  expect(logScale([1], 0, 100, 0.005).ticks).toEqual([1, 2])
})

test('what is below the least stands at the least', () => {
  const { at, ticks } = logScale([0, 1], 0, 100, 0.1)
  expect([at(0), ticks[0]]).toEqual([at(ticks[0] ?? 0), 1])
})

test('each nine takes as much room as the one before', () => {
  expect([0, 0.9, 0.99, 0.999, 1].map((share) => Number(ninesAt(share).toFixed(9)))).toEqual(
    [0, 1 / 3, 2 / 3, 1, 1].map((place) => Number(place.toFixed(9))),
  )
})

test('a curve goes through its box from left to right, and never down', () => {
  fc.assert(fc.property(samples, (values) => {
    const points = pointsOf(curvesOf([{ name: 'one', samples: values }], box).paths[0] ?? '')
    expect(points[0]?.[0]).toBe(box.left)
    expect(points.at(-1)?.[0]).toBe(box.right)
    points.forEach(([x, y], at) => {
      const [lastX, lastY] = points[at - 1] ?? [box.left, box.bottom]
      expect(x >= lastX && y <= lastY && y >= box.top, `${x} ${y}`).toBe(true)
    })
  }))
})

test('a series without samples has no curve', () => {
  expect(curvesOf([{ name: 'none', samples: [] }, { name: 'one', samples: [1, 2] }], box).paths[0]).toBe('')
})

test('a line of samples spans its width, the slower the higher', () => {
  expect(sparkline([1], 100, 20)).toBe('')
  const points = pointsOf(sparkline([1, 10, 1], 100, 20))
  expect(points.map(([x]) => x)).toEqual([0, 50, 100])
  expect(points[1]![1]).toBeLessThan(points[0]![1])
})

function pointsOf(path: string): [number, number][] {
  return path.replace('M ', '').split(' L ').map((point) => point.split(' ').map(Number) as [number, number])
}
