import { describe, expect, it } from 'vitest'
import { xAxisOf, yAxisOf } from '../../src/report/axes.ts'
import { amount, shortBytes, shortNumber } from '../../src/report/figures.ts'
import type { Line } from '../../src/report/lines.ts'
import type { Plot } from '../../src/plots.ts'

const plot: Plot = { id: 'p', title: '', xLabel: 'producers', yLabel: 'records/s', xLog: true, yLog: true }

function lineOf(points: readonly (readonly [x: number, y: number])[]): readonly Line[] {
  return [{ name: 'line', kind: 'varve', points: points.map(([x, y]) => ({ x, y })) }]
}

function labels({ ticks, label }: { readonly ticks: readonly number[]; label: (place: number) => string }): string[] {
  return ticks.map(label)
}

describe('figures', () => {
  it('have three digits that matter', () => {
    expect([0, 0.12345, 12.345, 999, 1234.5, 2_500_000, 3e9].map(amount)).toEqual([
      '0', '0.123', '12.3', '999', '1,235', '2.50 M', '3.00 G',
    ])
  })

  it('are short beside an axis', () => {
    expect([0.5, 1, 1000, 20_000, 1e6, 5e9].map(shortNumber)).toEqual(['0.5', '1', '1 k', '20 k', '1 M', '5 G'])
    expect([16, 1024, 65_536, 2 ** 20, 2 ** 32].map(shortBytes)).toEqual(['16 B', '1 KiB', '64 KiB', '1 MiB', '4 GiB'])
    expect(shortNumber(999_999)).toBe('1 M')
  })
})

describe('an axis', () => {
  it('names decades, or steps within them where there are few', () => {
    expect(labels(yAxisOf(plot, lineOf([[1, 1000], [2, 500_000]]), true))).toEqual(['1 k', '10 k', '100 k'])
    expect(labels(yAxisOf(plot, lineOf([[1, 100], [2, 2000]]), true))).toEqual(['100', '200', '500', '1 k', '2 k'])
    expect(labels(yAxisOf(plot, lineOf([[1, 100], [2, 140]]), true))).toEqual(['100', '150'])
  })

  it('that is not logarithmic begins at zero', () => {
    const axis = yAxisOf({ ...plot, yLog: false }, lineOf([[1, 9.5]]), true)
    expect(labels(axis)).toEqual(['0', '2', '4', '6', '8', '10'])
    expect(axis.min).toBe(0)
    expect(yAxisOf({ ...plot, yLog: false }, lineOf([[1, 0]]), true).max).toBeGreaterThan(0)
  })

  it('has room for where the slowest hundredth begins', () => {
    const line: Line = { name: 'line', kind: 'varve', points: [{ x: 1, y: 10, p99: 1000 }, { x: 2, y: 10, p99: 0 }] }
    expect(yAxisOf(plot, [line], true).max).toBeGreaterThan(3)
  })

  it('names the places that there are, and fewer where it is narrow', () => {
    const lines = lineOf([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map((x) => [x, 1]))
    expect(labels(xAxisOf(plot, lines, true)).at(-1)).toBe('1,024')
    expect(labels(xAxisOf(plot, lines, false))).toEqual(['1', '4', '16', '64', '256', '1,024'])
    expect(labels(xAxisOf({ ...plot, xLabel: 'bytes of the log' }, lineOf([[2 ** 20, 1]]), true))).toEqual(['1 MiB'])
    expect(xAxisOf({ ...plot, xLog: false }, lineOf([[1, 1], [3, 1]]), true).at(3)).toBe(3)
  })

  it('of a distribution has room at both ends', () => {
    const axis = xAxisOf({ ...plot, id: 'latency', xLog: false }, lineOf([]), true)
    expect(labels(axis)).toEqual(['min', '1 %', '10 %', '25 %', '50 %', '75 %', '90 %', '99 %', '99.9 %', 'max'])
    const places = [0, 1, 10, 50, 90, 99, 99.9, 100].map(axis.at)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(axis.at(50)).toBe(0)
  })
})
