import { describe, expect, it } from 'vitest'
import { cellsOf, groupBytesOf, roundsOf } from '../src/measure/cell.ts'
import { full, quick, tiny } from '../src/scale.ts'
import { bytesText } from '../src/sizes.ts'

const MiB = 2 ** 20

describe('the matrix of writes', () => {
  it('is whole in the full scale, but for groups that do not fit into a segment', () => {
    const cells = cellsOf(full)
    expect(cells).toHaveLength(full.payloads.length * full.producers.length - 4)
    expect(Math.max(...cells.map(groupBytesOf))).toBeLessThan(34 * MiB)
  })

  it('is what pictures show in the quick scale: every number of producers, and every size', () => {
    const cells = cellsOf(quick)
    const many = cells.filter(({ payloadBytes }) => payloadBytes === 256).map(({ producers }) => producers)
    const sizes = cells.filter(({ producers }) => producers === 16).map(({ payloadBytes }) => payloadBytes)
    expect(many).toEqual(quick.producers)
    expect(sizes).toEqual(quick.payloads)
    expect(cells).toHaveLength(many.length + sizes.length - 1)
  })

  it.each([full, quick, tiny])('writes no more than the $name scale allows, and goes round at least twice', (scale) => {
    for (const cell of cellsOf(scale)) {
      const { least, most } = roundsOf(cell, scale)
      expect(least).toBeGreaterThanOrEqual(2)
      expect(most).toBeGreaterThanOrEqual(least)
      if (most > 2) expect(most * groupBytesOf(cell)).toBeLessThanOrEqual(scale.cellBytesMax)
    }
  })
})

it('sizes are said in the largest unit that fits', () => {
  expect([16, 1024, 4096, 65_536, MiB, 1500, 2 ** 30].map(bytesText)).toEqual([
    '16 B',
    '1 KiB',
    '4 KiB',
    '64 KiB',
    '1 MiB',
    '1500 B',
    '1 GiB',
  ])
})
