import { describe, expect, it } from 'vitest'
import { differences, updated, type Counted } from '../../src/counted/expectations.ts'

const expected: Counted = {
  exact: { commits: { append: { writes: 100, syncs: 1 } } },
  bounded: { 22: { allocated: { append: { bytes: 500 } } }, 24: { allocated: { append: { bytes: 1000 } } } },
}

function exactly(counts: Readonly<Record<string, number>>): Counted {
  return { ...expected, exact: { commits: { append: counts } } }
}

function allocated(node: string, bytes: number): Counted {
  return { ...expected, bounded: { [node]: { allocated: { append: { bytes } } } } }
}

describe('an exact count', () => {
  it('is as expected or is not, be it more or less', () => {
    expect(differences(expected, expected)).toEqual([])
    expect(differences(expected, exactly({ writes: 200, syncs: 1 }))).toEqual([
      'commits: append: writes: expected 100, counted 200',
    ])
    expect(differences(expected, exactly({ writes: 99, syncs: 1 }))).toHaveLength(1)
  })

  it('that is new or gone is a difference', () => {
    expect(differences(expected, exactly({ writes: 100 }))).toEqual([
      'commits: append: syncs: expected 1, counted none',
    ])
    expect(differences(expected, exactly({ writes: 100, syncs: 1, opens: 3 }))).toEqual([
      'commits: append: opens: expected none, counted 3',
    ])
  })
})

describe('a bounded count', () => {
  it('may be less, or a little more', () => {
    for (const bytes of [1, 1000, 1066]) expect(differences(expected, allocated('24', bytes))).toEqual([])
    expect(differences(expected, allocated('24', 1067))).toEqual([
      'allocated: append: bytes: expected 1000, counted 1067',
    ])
  })

  it('is compared with that of the same major of Node, or of the nearest below', () => {
    expect(differences(expected, allocated('22', 900))).toHaveLength(1)
    expect(differences(expected, allocated('23', 900))).toHaveLength(1)
    expect(differences(expected, allocated('30', 900))).toEqual([])
    expect(differences(expected, allocated('20', 500))).toEqual([])
    expect(differences(expected, allocated('20', 900))).toHaveLength(1)
  })
})

describe('updated expectations', () => {
  it('take over every exact count, and a bounded one that has changed for good', () => {
    const { exact, bounded } = updated(expected, { ...exactly({ writes: 50 }), bounded: allocated('24', 800).bounded })
    expect(exact).toEqual({ commits: { append: { writes: 50 } } })
    expect(bounded).toEqual({ ...expected.bounded, ...allocated('24', 800).bounded })
  })

  it('leave what differs from run to run as it was, and other majors of Node', () => {
    expect(updated(expected, allocated('24', 950))).toEqual(expected)
    expect(Object.keys(updated(expected, allocated('26', 1)).bounded)).toEqual(['22', '24', '26'])
  })
})
