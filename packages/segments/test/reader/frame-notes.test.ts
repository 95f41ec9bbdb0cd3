import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameNotes } from '../../src/read/frame-notes.ts'

const anyGaps = fc.array(fc.record({ frame: fc.integer({ min: 5, max: 10_000 }), control: fc.nat(40) }), {
  maxLength: 400,
  size: 'max',
})
const anyPlace = fc.record({
  sequence: fc.integer({ min: 1, max: 2 ** 50 }),
  offset: fc.nat(2 ** 31).map((eighths) => eighths * 8),
})

describe('notes of where records begin', () => {
  it('tell of each where it begins, and where it ends at the latest', () => {
    fc.assert(
      fc.property(anyPlace, anyGaps, (place, gaps) => {
        const notes = new FrameNotes(place)
        expect([notes.next, notes.end, notes.records]).toEqual([place.sequence, place.offset, 0])
        const offsets: number[] = []
        for (const { frame, control } of gaps) {
          notes.end += 8 * control
          offsets.push(notes.end)
          notes.note(notes.end)
          notes.end += 8 * frame
        }
        expect([notes.records, notes.next]).toEqual([gaps.length, place.sequence + gaps.length])
        for (const [at, offset] of offsets.entries()) {
          expect(notes.offsetOf(place.sequence + at)).toBe(offset)
          expect(notes.endOf(place.sequence + at)).toBe(offsets[at + 1] ?? notes.end)
        }
      }),
    )
  })

  it('reach the end of the largest segment', () => {
    const offset = 2 ** 35 - 40
    const notes = new FrameNotes({ sequence: 1, offset })
    notes.note(offset)
    expect(notes.offsetOf(1)).toBe(offset)
  })
})
