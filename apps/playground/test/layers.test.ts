import { expect, test } from 'vitest'
import { fileBytes, ghostsOf, layersOf, placeIn, type SegmentFacts } from '../src/logic/layers.ts'
import { body } from '../src/logic/strata.ts'

const capacity = 65_536

function segment(index: number, first: number, last: number, facts: Partial<SegmentFacts> = {}): SegmentFacts {
  const header = { capacity, blockBytes: 4096 }
  const name = `${index}.varve`
  return { name, index, firstSequence: first, lastSequence: last, state: 'sealed', end: capacity / 2, header, ...facts }
}

test('the newest segment lies on top', () => {
  const layers = layersOf([segment(1, 1, 10), segment(2, 11, 20, { state: 'active' })], [])
  expect(layers.map(({ index, state, numbers }) => [index, state, numbers])).toEqual([
    [2, 'active', '11–20'],
    [1, 'sealed', '1–10'],
  ])
})

test('a layer says in words what it shows', () => {
  const [layer] = layersOf([segment(3, 101, 1100)], [600])
  expect(layer?.label).toBe(
    'Segment 3, sealed, records 101–1,100, 50 percent full, checkpoint after record 600',
  )
})

test('an empty layer has no records, and is as full as its header', () => {
  const [layer] = layersOf([segment(1, 1, 0, { state: 'active', end: 4096 })], [0])
  expect([layer?.records, layer?.fill, layer?.marks]).toEqual([0, 4096 / capacity, []])
  expect(layer?.label).toContain('no records')
})

test('a checkpoint stands in the segment of its record, as far in as that', () => {
  const layers = layersOf([segment(1, 1, 10), segment(2, 11, 20)], [20, 5])
  expect(layers.map(({ marks }) => marks)).toEqual([[{ sequence: 20, at: 0.5 }], [{ sequence: 5, at: 0.25 }]])
})

test('what was reclaimed is kept in sight, the newest of it, and no more than asked for', () => {
  const before = layersOf([1, 2, 3, 4].map((index) => segment(index, index, index)), [1])
  const now = layersOf([segment(4, 4, 4), segment(5, 5, 5)], [])
  expect(ghostsOf(before, now, 2).map(({ index, state, marks }) => [index, state, marks])).toEqual([
    [3, 'gone', []],
    [2, 'gone', []],
  ])
  expect(ghostsOf(now, now, 2)).toEqual([])
})

test.each([
  [0, 'the header of the segment'],
  [128, 'zeros behind the header'],
  [4096, 'the records'],
  [capacity / 2, 'the seal, or zeros behind it'],
  [capacity - 64, 'the trailer, which finds the seal'],
])('byte %i of a sealed segment: %s', (position, place) => {
  expect(placeIn(segment(1, 1, 10), position)).toBe(place)
})

test('behind the records of the active segment there is room', () => {
  expect(placeIn(segment(1, 1, 10, { state: 'active' }), capacity / 2)).toBe('room that no record has reached')
})

test('the file of a segment that was cut ends with its records', () => {
  expect(fileBytes(segment(1, 1, 10, { state: 'cut' }))).toBe(capacity / 2)
  expect(fileBytes(segment(1, 1, 10))).toBe(capacity)
})

test('a layer has the same shape every time, and another one than its neighbour', () => {
  expect(body(4, 400, 28)).toBe(body(4, 400, 28))
  expect(body(4, 400, 28)).not.toBe(body(5, 400, 28))
  expect(body(4, 400, 28)).toMatch(/^M 0\.0 .* L 400 28 L 0 28 Z$/)
})
