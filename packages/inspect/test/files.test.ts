import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { choiceOf, codesOf, heal, planFor, verify } from './support/heal.ts'
import {
  bytesOf,
  everyKind,
  flip,
  goOn,
  payload,
  recordsIn,
  segmentNames,
  small,
  withFile,
  withoutFile,
} from '@varve/damage'

const image = everyKind()
const names = segmentNames(image.snapshot)
const [first, second, third, fourth, last] = names as [string, string, string, string, string]

/** Applies every choice of the plan, each to a copy of its own; returns their ids. */
function healAll(snapshot: MemorySnapshot): readonly string[] {
  const plan = planFor(snapshot)
  for (const choice of plan.choices) heal(image, snapshot, plan, choice)
  return plan.choices.map(({ id }) => id)
}

describe('a segment cut at any length', () => {
  it.each(names)('(%s) is named and repaired, unless all that is gone is void or was never promised', (name) => {
    const bytes = bytesOf(image.snapshot, name)
    const codes = new Set<string>()
    for (let size = 0; size < bytes.length; size += 61) {
      const damaged = withFile(image.snapshot, name, bytes.slice(0, size))
      const plan = planFor(damaged)
      for (const { code } of plan.findings) codes.add(code)
      expect(plan.refusals).toEqual([])
      if (plan.verdict === 'corrupt') expect(plan.choices).not.toEqual([])
      for (const choice of plan.choices) heal(image, damaged, plan, choice)
    }
    const ofHeader = ['header.invalid', 'header.disagrees']
    const sealed = [...ofHeader, 'frame.cut-off', 'frame.missing', 'seal.missing', 'seal.trailer']
    const found = {
      [first]: sealed,
      [second]: ['header.invalid', 'cut.too-short'],
      [third]: ['header.invalid', 'header.disagrees', 'cut.too-short'],
      [fourth]: sealed,
      [last]: ['header.invalid', 'header.disagrees', 'tail.torn', 'tail.torn-batch'],
    }
    expect(found[name]).toEqual(expect.arrayContaining([...codes]))
    expect(codes.size).toBeGreaterThan(1)
  })
})

describe('a segment that is missing', () => {
  it('is a gap, or a beginning above the floor; one side of it is kept', () => {
    expect(codesOf(verify(withoutFile(image.snapshot, first)))).toEqual([`names.first-above-floor ${second}`])
    expect(healAll(withoutFile(image.snapshot, first))).toEqual(['keep-behind'])
    for (const [at, name] of names.entries()) {
      if (at === 0 || name === last) continue
      const damaged = withoutFile(image.snapshot, name)
      expect(codesOf(verify(damaged))).toEqual([`names.gap ${String(names[at + 1])}`])
      expect(healAll(damaged)).toEqual(['keep-before', 'keep-behind'])
    }
  })

  it('cannot be told from an interrupted rotation when it was the newest behind a SEAL', () => {
    expect(verify(withoutFile(image.snapshot, last)).verdict).toBe('intact')
  })

  it('leaves nothing to repair when all of them are gone and something else of the log is left', () => {
    for (const rest of ['0000000000000005.checkpoint', `${first}.quarantined`, '0000000000000001.repair']) {
      const plan = planFor({ ...image.snapshot, files: new Map([[rest, new Uint8Array(8)]]) })
      expect(plan).toMatchObject({ verdict: 'corrupt', choices: [] })
      expect(plan.refusals[0]?.reason).toMatch(/^no segment is left/)
      expect(codesOf(plan)[0]).toBe(`names.segments-gone ${rest}`)
    }
  })

  it('is nothing at all in a directory that has never held a log', () => {
    const plan = planFor({ ...image.snapshot, files: new Map([['notes.txt', new Uint8Array(8)]]) })
    expect(plan).toMatchObject({ verdict: 'unreadable', choices: [] })
    expect(plan.refusals[0]?.reason).toMatch(/^there is nothing here/)
  })
})

describe('segments that stand in each other\'s place', () => {
  it('disagree with their names; what is before or behind them is kept', () => {
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        const halfWay = withFile(image.snapshot, one, bytesOf(image.snapshot, other))
        const damaged = withFile(halfWay, other, bytesOf(image.snapshot, one))
        expect(codesOf(verify(damaged))).toEqual(
          expect.arrayContaining([`header.disagrees ${one}`, `header.disagrees ${other}`]),
        )
        const ids = healAll(damaged)
        // With both ends in the wrong place there is neither a beginning nor an end.
        const due = [...(one === first ? [] : ['keep-before']), ...(other === last ? [] : ['keep-behind'])]
        expect(ids).toEqual(due)
        if (due.length === 0) expect(planFor(damaged).refusals[0]?.reason).toMatch(/^nothing before or behind it/)
      }
    }
  })
})

describe('two segments of one index', () => {
  it('are told apart by what fits between its neighbours, and the other one is set aside without a loss', () => {
    const twin = `${second.slice(0, 8)}-0000000000000099.varve`
    const damaged = withFile(image.snapshot, twin, bytesOf(image.snapshot, fourth))
    expect(codesOf(verify(damaged))).toEqual([`header.disagrees ${twin}`, `names.duplicate-index ${twin}`])
    expect(healAll(damaged)).toEqual([`set-aside ${twin}`])
    expect(planFor(damaged).choices[0]).toMatchObject({ isLossless: true, lost: [] })
  })

  it('are both offered when both are whole and both fit: an end that went two ways', () => {
    const base = goOn(undefined, small, 'close', (log) => log.appendSync(payload(1)))
    const grow = (count: number): MemorySnapshot =>
      goOn(base, small, 'crash', (log) => {
        for (let n = 1; n <= count; n += 1) log.appendSync(payload(n, 100))
      })
    const one = grow(4)
    const other = goOn(one, small, 'crash', (log) => log.appendSync(payload(9)))
    const young = segmentNames(other).at(-1) as string
    const twin = `${young.slice(0, 9)}0000000000000003.varve`
    const longer = goOn(grow(1), small, 'crash', (log) => log.appendSync(payload(7)))
    const both = withFile(other, twin, bytesOf(longer, twin))
    const plan = planFor(both)
    expect(codesOf(plan)).toContain(`names.duplicate-index ${young}`)
    for (const choice of plan.choices) {
      const own = { snapshot: both, records: recordsIn(other), options: small }
      const healed = heal(own, both, plan, { ...choice, resolves: [] })
      expect(verify(healed).verdict).toBe('intact')
    }
    expect(plan.choices.map(({ kind }) => kind)).toContain('set-aside')
  })
})

describe('a segment of another log', () => {
  const stranger = everyKind({ checksum: 'crc32' })

  it('under a name of its own is named as foreign, and does not belong to what is kept', () => {
    for (const name of names) {
      const damaged = withFile(image.snapshot, name, bytesOf(stranger.snapshot, name))
      expect(codesOf(verify(damaged))).toContain(`header.foreign ${name}`)
      const ids = healAll(damaged)
      expect(ids).toEqual([...(name === first ? [] : ['keep-before']), ...(name === last ? [] : ['keep-behind'])])
    }
  })
})

describe('a segment of a copy of the log that went another way', () => {
  it('does not belong to the next one, though it is whole', () => {
    const base = goOn(undefined, small, 'close', (log) => log.appendSync(payload(0)))
    const [one, other] = [1000, 2000].map((seed) =>
      goOn(base, small, 'close', (log) => {
        for (let n = 0; n < 40; n += 1) log.appendSync(payload(seed + n, 100))
      }),
    ) as [MemorySnapshot, MemorySnapshot]
    const [name] = segmentNames(one) as [string]
    const mixed = withFile(one, name, bytesOf(other, name))
    expect(codesOf(verify(mixed))).toEqual([`seal.chain ${name}`])
    const plan = planFor(mixed)
    const own = { snapshot: one, records: recordsIn(one), options: small }
    heal(own, mixed, plan, choiceOf(plan, 'keep-behind'))
    const theirs = { snapshot: other, records: recordsIn(other), options: small }
    heal(theirs, mixed, plan, choiceOf(plan, 'keep-before'))
  })

  it('is noticed likewise below a cut', () => {
    const base = goOn(undefined, small, 'close', (log) => log.appendSync(payload(0)))
    const [one, other] = [1000, 2000].map((seed) => {
      const crashed = goOn(base, small, 'crash', (log) => log.appendSync(payload(seed, 100)))
      return goOn(crashed, small, 'close', (log) => log.appendSync(payload(1)))
    }) as [MemorySnapshot, MemorySnapshot]
    const [name] = segmentNames(one) as [string]
    const mixed = withFile(one, name, bytesOf(other, name))
    expect(codesOf(verify(mixed))).toEqual([`cut.chain ${name}`])
    expect(planFor(mixed).choices.map(({ id }) => id)).toEqual(['keep-before', 'keep-behind'])
  })
})

describe('several places at once', () => {
  it('are repaired one after the other, the lossless ones first', () => {
    const trailer = flip(image.snapshot, first, 4090)
    const damaged = flip(flip(trailer, third, 33), fourth, 600)
    const plan = planFor(damaged)
    expect(plan.choices.map(({ id }) => id)).toEqual([`renew ${first}`, `renew ${third}`, 'keep-before', 'keep-behind'])
    const once = heal(image, damaged, plan, choiceOf(plan, `renew ${first}`))
    const again = planFor(once)
    const twice = heal(image, once, again, choiceOf(again, `renew ${third}`))
    const rest = planFor(twice)
    expect(codesOf(rest)).toEqual([`frame.payload ${fourth}`])
    heal(image, twice, rest, choiceOf(rest, 'keep-behind'))
  })

  it('leave what lies between them to neither side', () => {
    const damaged = flip(flip(image.snapshot, first, 600), fourth, 600)
    const plan = planFor(damaged)
    expect(choiceOf(plan, 'keep-before').kept).toEqual({ firstSequence: 1, lastSequence: 3 })
    expect(choiceOf(plan, 'keep-behind').kept).toEqual({ firstSequence: 60, lastSequence: 68 })
    for (const choice of plan.choices) heal(image, damaged, plan, choice)
  })

  it('may be in the middle and at the end: behind the one and up to the other is kept', () => {
    const damaged = flip(flip(image.snapshot, second, 600), last, 600)
    const plan = planFor(damaged)
    expect(choiceOf(plan, 'keep-behind')).toMatchObject({
      kept: { firstSequence: 34, lastSequence: 61 },
      lost: [{ firstSequence: 1, lastSequence: 33 }, { firstSequence: 62, lastSequence: 68 }],
    })
    for (const choice of plan.choices) heal(image, damaged, plan, choice)
  })

  it('are found in a segment whose end nobody tells, too', () => {
    const damaged = flip(withoutFile(image.snapshot, third), second, 600)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`names.gap ${fourth}`, `frame.payload ${second}`])
    expect(choiceOf(plan, 'keep-before').kept).toEqual({ firstSequence: 1, lastSequence: 27 })
    for (const choice of plan.choices) heal(image, damaged, plan, choice)
  })

  it('may be in what a segment was born with, below which no cut can lie: it is born again', () => {
    const crashed = goOn(undefined, { ...small, durability: 'async' }, 'crash', (log) => {
      for (let n = 1; n <= 6; n += 1) log.appendSync(payload(n, 50))
    })
    const snapshot = goOn(crashed, small, 'crash', (log) => log.appendSync(payload(7, 50)))
    const born = segmentNames(snapshot).at(-1) as string
    const own = { snapshot, records: recordsIn(snapshot), options: small }
    const damaged = flip(snapshot, born, 128 + 96 + 60)
    const plan = planFor(damaged)
    expect(choiceOf(plan, 'keep-before')).toMatchObject({ kept: { firstSequence: 1, lastSequence: 1 } })
    expect(choiceOf(plan, 'keep-before').quarantines).toEqual([{ name: born, copy: `${born}.quarantined` }])
    const healed = heal(own, damaged, plan, choiceOf(plan, 'keep-before'))
    expect(segmentNames(healed)).toEqual(segmentNames(snapshot))
  })
})
