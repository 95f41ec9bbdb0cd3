import { describe, expect, it } from 'vitest'
import { ratioAtMost, rowsOf, valueAtMost, type Row } from '../src/row.ts'
import { budgetText, table } from '../src/table.ts'

const rows: readonly Row[] = [
  ...rowsOf('appends', 'µs', 'durations', [
    { name: 'raw', samples: [100, 100] },
    { name: 'fast', samples: [75, 75], budget: { of: 'ratio', bound: 'at most', limit: 1 } },
    { name: 'slow', samples: [150, 150], budget: { of: 'ratio', bound: 'at most', limit: 1 } },
  ]),
  ...rowsOf('reads', 'records/s', 'rates', [
    { name: 'raw', samples: [2_500_000] },
    { name: 'log', samples: [2_000_000], budget: { of: 'ratio', bound: 'at least', limit: 0.9 } },
    { name: 'get', samples: [12_345], budget: { of: 'value', bound: 'at least', limit: 10_000 } },
  ]),
]

describe('rows', () => {
  it('compare everything with the first', () => {
    expect(rows.map(({ base, ratio }) => [base, ratio?.median])).toEqual([
      [undefined, undefined],
      ['raw', 0.75],
      ['raw', 1.5],
      [undefined, undefined],
      ['raw', 0.8],
      ['raw', 0.004938],
    ])
  })

  it('say whether a budget was met, of a ratio or of a value, in either direction', () => {
    expect(rows.map(({ met }) => met)).toEqual([undefined, true, false, undefined, false, true])
  })

  it('may name what they are compared with, and the first may have a budget', () => {
    const [first, , third] = rowsOf('appends', 'µs', 'durations', [
      { name: 'raw', samples: [100], budget: valueAtMost(99) },
      { name: 'log', samples: [80], point: { plot: 'latency', line: 'log', x: 256 } },
      { name: 'other', samples: [120], base: 'log', budget: ratioAtMost(1.5) },
    ])
    expect(first).toMatchObject({ budget: valueAtMost(99), met: false })
    expect(first).not.toHaveProperty('ratio')
    expect(third).toMatchObject({ base: 'log', ratio: { median: 1.5 }, met: true })
    const nameless = [{ name: 'log', samples: [80], base: 'nobody' }]
    expect(() => rowsOf('appends', 'µs', 'durations', nameless)).toThrow("'log' is compared with 'nobody'")
  })

  it('of durations have their quantiles, and those of rates have none', () => {
    expect(rows[0]?.quantiles).toEqual(new Array(12).fill(100))
    expect(rows[3]).not.toHaveProperty('quantiles')
  })

  it('of nothing are none', () => {
    expect(rowsOf('nothing', 'µs', 'durations', [])).toEqual([])
  })
})

describe('the table', () => {
  it('has the groups under their headings, in columns', () => {
    expect(table(rows).split('\n')).toEqual([
      'appends',
      '                  median     p99  ratio     spread           budget',
      '  raw             100 µs     100',
      '  fast             75 µs      75   0.75  0.75-0.75       ratio <= 1     met',
      '  slow            150 µs     150   1.50  1.50-1.50       ratio <= 1  MISSED',
      '',
      'reads',
      '                  median     p99  ratio     spread           budget',
      '  raw   2.50 M records/s  2.50 M',
      '  log   2.00 M records/s  2.00 M   0.80  0.80-0.80     ratio >= 0.9  MISSED',
      '  get   12,345 records/s  12,345   0.00  0.00-0.00  value >= 10,000     met',
      '',
    ])
  })
})

describe('what is said of budgets', () => {
  it('is how many were met, and which were not', () => {
    expect(budgetText(rows).split('\n')).toEqual([
      '2 of 4 budgets met',
      '  missed: appends: slow: ratio 1.50, ratio <= 1',
      '  missed: reads: log: ratio 0.80, ratio >= 0.9',
      '',
    ])
    const slow = rowsOf('waits', 'ms', 'durations', [{ name: 'open', samples: [12], budget: valueAtMost(10) }])
    expect(budgetText(slow)).toBe('0 of 1 budgets met\n  missed: waits: open: 12 ms, value <= 10\n')
  })

  it('is nothing where there is none', () => {
    expect(budgetText(rows.filter(({ budget }) => budget === undefined))).toBe('')
  })
})
