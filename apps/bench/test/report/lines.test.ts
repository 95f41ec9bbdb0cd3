import { describe, expect, it } from 'vitest'
import { kindOf } from '../../src/report/contenders.ts'
import { isDistribution, linesOf } from '../../src/report/lines.ts'
import { stylesOf } from '../../src/report/styles.ts'
import type { Plot } from '../../src/plots.ts'
import type { Row } from '../../src/row.ts'

const plot: Plot = { id: 'by-size', title: '', xLabel: 'bytes', yLabel: 'ms', xLog: true, yLog: true }
const latency: Plot = { ...plot, id: 'latency', xLog: false }

function row(line: string, x: number, median: number, more: Partial<Row> = {}): Row {
  const value = { median, p99: 2 * median, samples: 3 }
  return { group: 'group', name: line, unit: 'ms', value, point: { plot: 'by-size', line, x }, ...more }
}

describe('the lines of a plot', () => {
  it('have the medians of their rows from left to right, floors last', () => {
    const rows = [row('readSync', 1, 5), row('SQLite', 1, 6), row('open', 20, 8), row('open', 10, 7)]
    expect(linesOf(plot, rows)).toEqual([
      { name: 'open', kind: 'varve', points: [{ x: 10, y: 7, p99: 14 }, { x: 20, y: 8, p99: 16 }] },
      { name: 'SQLite', kind: 'peer', points: [{ x: 1, y: 6, p99: 12 }] },
      { name: 'readSync', kind: 'floor', points: [{ x: 1, y: 5, p99: 10 }] },
    ])
  })

  it('leave out what a logarithm cannot show, and rows of other plots', () => {
    const elsewhere = row('elsewhere', 1, 1, { point: { plot: 'other', line: 'elsewhere', x: 1 } })
    const rows = [row('none', 1, 0), row('open', 0, 1), elsewhere, row('nowhere', 1, NaN)]
    expect(linesOf(plot, rows)).toEqual([])
    expect(linesOf({ ...plot, yLog: false }, rows).map(({ name }) => name)).toEqual(['none'])
  })

  it('of latencies are quantiles', () => {
    const quantiles = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    const point = { plot: 'latency', line: 'append', x: 256 }
    const [line] = linesOf(latency, [row('append', 256, 6, { point, quantiles }), row('append', 256, 6)])
    expect(line?.points.map(({ x }) => x)).toEqual([0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100])
    expect(line?.points.map(({ y }) => y)).toEqual(quantiles)
    const ids = ['latency', 'tail-latency', 'latency-by-size']
    expect(ids.map((id) => isDistribution({ id }))).toEqual([true, true, false])
  })
})

describe('a contender', () => {
  it('is the log, a peer or a floor by its name', () => {
    const kinds = {
      'append, sync mode': 'varve',
      replay: 'varve',
      'enqueue, written': 'varve',
      'write + fdatasync, growing file': 'floor',
      'O_DSYNC write, zero-filled file': 'floor',
      'readSync, 256 KiB each': 'floor',
      'raw, small segments': 'floor',
      'write + fsync + rename + fsync of the directory': 'floor',
      'copy of the same bytes': 'floor',
      'enqueue, then sync, async mode': 'varve',
      'appendFile + fdatasync': 'peer',
      SQLite: 'peer',
      LMDB: 'peer',
      LevelDB: 'peer',
      hypercore: 'peer',
    }
    for (const [name, kind] of Object.entries(kinds)) expect(kindOf(name), name).toBe(kind)
  })
})

describe('a style', () => {
  it('belongs to a name in all pictures, and to one line of each', () => {
    const pictures = [
      ['append', 'appendSync', 'SQLite', 'readSync'],
      ['replay', 'appendSync', 'LMDB', 'writeSync'],
      ['replay', 'append'],
    ].map((names) => names.map((name) => ({ name, kind: kindOf(name), points: [] })))
    const styles = stylesOf(pictures)
    for (const lines of pictures) {
      const used = lines.map(({ name }) => styles.get(name)?.colour)
      expect(new Set(used).size, used.join(' ')).toBe(lines.length)
    }
    expect([...styles.entries()].filter(([name]) => kindOf(name) === 'floor').map(([, { colour }]) => colour)).toEqual([
      'f0',
      'f0',
    ])
  })

  it('differs by its dashes when there are more lines than colours', () => {
    const lines = Array.from({ length: 14 }, (_, at) => ({ name: `way ${at}`, kind: 'varve' as const, points: [] }))
    const looks = [...stylesOf([lines]).values()].map(({ colour, dash }) => `${colour} ${dash}`)
    expect(new Set(looks).size).toBe(14)
  })
})
