import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderedMap, type Entry, type KeyRange } from '../src/ordered-map.ts'

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

/** Keys that meet each other, of all lengths of UTF-8. */
const key = fc.oneof(
  fc.string({ maxLength: 2 }),
  fc.string({ unit: 'grapheme', maxLength: 2 }),
  fc.string({ unit: fc.constantFrom('a', '\uffff', '\ue000', '\u{10000}', '\u{10ffff}'), maxLength: 3 }),
)
const change = fc.tuple(key, fc.option(fc.string({ maxLength: 3 }), { nil: undefined }))

/** What a map must hold, as the plainest thing that can hold it. */
function sorted(model: ReadonlyMap<string, string>): Entry[] {
  return [...model].sort(([one], [other]) => byBytes(one, other))
}

function within(entries: readonly Entry[], { from, to, reverse = false, limit = Infinity }: KeyRange): Entry[] {
  const some = entries.filter(
    ([each]) => (from === undefined || byBytes(each, from) >= 0) && (to === undefined || byBytes(each, to) < 0),
  )
  return (reverse ? some.reverse() : some).slice(0, limit)
}

describe('an ordered map', () => {
  it('holds what a sorted list holds, after any changes', () => {
    const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const model = new Map<string, string>()
      let map = OrderedMap.of([])
      for (const [name, value] of changes) {
        map = value === undefined ? map.with(name) : map.with(name, value)
        if (value === undefined) model.delete(name)
        else model.set(name, value)
        expect(map.get(name)).toBe(value)
      }
      expect([...map.scan()]).toEqual(sorted(model))
      expect(map.size).toBe(model.size)
    })
    fc.assert(property)
  })

  it('finds what it holds, also under keys that are no Unicode', () => {
    const halves = fc.string({ unit: fc.constantFrom('a', '\ud800', '\udc00', '\ue000', '\ue001'), maxLength: 3 })
    const property = fc.property(fc.array(halves, { maxLength: 60 }), (keys) => {
      let map = OrderedMap.of([])
      for (const name of keys) map = map.with(name, name)
      for (const name of keys) expect(map.get(name)).toBe(name)
      expect(map.size).toBe(new Set(keys).size)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('gives every range in both directions', () => {
    const range = fc.record(
      { from: key, to: key, reverse: fc.boolean(), limit: fc.nat(5) },
      { requiredKeys: [] },
    )
    const property = fc.property(fc.array(fc.tuple(key, fc.string())), range, (entries, what) => {
      const all = sorted(new Map(entries))
      expect([...OrderedMap.of(all).scan(what)]).toEqual(within(all, what))
    })
    fc.assert(property)
  })

  it('holds many blocks of entries, put in any order and removed in another', () => {
    const count = 5000
    const name = (at: number): string => `key ${(at * 1787) % count}`
    let map = OrderedMap.of([])
    for (let at = 0; at < count; at += 1) map = map.with(name(at), String(at))
    const all = [...map.scan()]
    expect(map.size).toBe(count)
    expect(all.map(([each]) => each)).toEqual(all.map(([each]) => each).sort())
    const ranges: readonly KeyRange[] = [{ from: 'key 2' }, { to: 'key 3' }, { from: 'key 17', to: 'key 42' }]
    for (const range of ranges.flatMap((each) => [each, { ...each, reverse: true }, { ...each, limit: 700 }])) {
      expect([...map.scan(range)]).toEqual(within(all, range))
    }
    for (let at = count - 1; at >= 0; at -= 1) map = map.with(name(at))
    expect([...map.scan()]).toEqual([])
  })

  it('never changes: every version stays what it was', () => {
    const versions = [OrderedMap.of([])]
    for (let at = 0; at < 1500; at += 1) versions.push((versions[at] as OrderedMap).with(`key ${at}`, 'value'))
    const last = versions[1500] as OrderedMap
    const scan = last.scan()
    scan.next()
    last.with('key 0').with('key 1', 'other')
    expect(versions.map(({ size }) => size)).toEqual(versions.map((_version, at) => at))
    expect([...scan]).toHaveLength(1499)
    expect(last.get('key 1')).toBe('value')
  })
})
