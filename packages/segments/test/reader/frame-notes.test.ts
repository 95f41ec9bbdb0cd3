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
  it('tell of each the piece that holds it, whose frames are few bytes or one', () => {
    fc.assert(
      fc.property(anyPlace, anyGaps, (place, gaps) => {
        const notes = new FrameNotes(place)
        expect([notes.next, notes.end, notes.count]).toEqual([place.sequence, place.offset, 0])
        const frames: { readonly offset: number; readonly end: number }[] = []
        for (const { frame, control } of gaps) {
          notes.end += 8 * control
          const offset = notes.end
          notes.pass(offset, offset + 8 * frame)
          frames.push({ offset, end: offset + 8 * frame })
        }
        expect(notes.next).toBe(place.sequence + gaps.length)
        for (const [at, { offset, end }] of frames.entries()) {
          const piece = notes.pieceOf(place.sequence + at)
          const first = notes.firstSequenceOf(piece) - place.sequence
          expect(notes.offsetOf(piece)).toBe(frames[first]?.offset)
          expect(first <= at && notes.offsetOf(piece) <= offset && end <= notes.endOf(piece)).toBe(true)
          expect(first === at || end - notes.offsetOf(piece) <= 1024).toBe(true)
          // No note is made without need.
          const before = frames[first - 1]
          const piecesBefore = piece === 0 ? -Infinity : notes.offsetOf(piece - 1)
          expect(before === undefined || (frames[first]?.end ?? 0) - piecesBefore > 1024).toBe(true)
        }
      }),
    )
  })

  it('reach the end of the largest segment', () => {
    const offset = 2 ** 35 - 40
    const notes = new FrameNotes({ sequence: 1, offset })
    notes.pass(offset, offset + 40)
    expect([notes.pieceOf(1), notes.offsetOf(0), notes.endOf(0)]).toEqual([0, offset, offset + 40])
  })
})
