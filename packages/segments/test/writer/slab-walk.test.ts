import { controlType, frameBytes } from '@varve/codec'
import { synchronousRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settle } from '../../src/api/options.ts'
import { contentLimit, indexStrideBytes, paddedEnd, type CommitAlignment } from '../../src/format/geometry.ts'
import type { IndexEntry } from '../../src/format/seal.ts'
import { SparseIndex } from '../../src/format/sparse-index.ts'
import { ActiveSegment, SlabWalk } from '../../src/write/active-segment.ts'
import { StateBook } from '../../src/write/state-book.ts'
import { Staging } from '../../src/write/staging.ts'
import { payload } from '../support/log-records.ts'

const blockBytes = 128

/** One thing that is staged as a whole. Sizes of payloads in bytes. */
type Unit =
  | { readonly kind: 'record'; readonly bytes: number; readonly later: number }
  | { readonly kind: 'batch'; readonly sizes: readonly number[]; readonly later: number }
  | { readonly kind: 'list'; readonly bytes: number }
  | { readonly kind: 'floor' }

const anyUnit: fc.Arbitrary<Unit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('record'), bytes: fc.nat(900), later: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('batch'),
      sizes: fc.array(fc.nat(200), { minLength: 1, maxLength: 8 }),
      later: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list'), bytes: fc.integer({ min: 1, max: 512 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('floor') }) },
)

/** What the walk has to know of a unit: bytes of its frames, its records, and the timestamp of the last frame. */
interface Staged {
  readonly bytes: number
  readonly records: number
  readonly timestamp: number
}

function stageAll(units: readonly Unit[]): { readonly staging: Staging; readonly staged: Staged[] } {
  const settings = settle({ storage: memoryStorage(), stagingBytes: 262_144 }, synchronousRuntime())
  const staging = new Staging(settings, 0, 0, new StateBook())
  const { book } = staging
  const staged = units.map((unit): Staged => {
    const before = staging.queuedBytes
    const records = staging.lastSequence
    const timestamp = staging.lastTimestamp + ('later' in unit ? unit.later : 0)
    if (unit.kind === 'record') staging.stage(payload(1, unit.bytes), { type: controlType.floor, timestamp })
    else if (unit.kind === 'batch') {
      const entries = unit.sizes.map((size) => ({ payload: payload(1, size), type: controlType.checkpoint, timestamp }))
      staging.stageBatch(entries, entries.reduce((sum, entry) => sum + frameBytes(entry.payload.length), 0))
    } else if (unit.kind === 'list') staging.stageControls(book.keepCheckpoints(payload(1, unit.bytes)))
    else staging.stageControls(book.raiseFloor(1))
    const { queuedBytes, lastSequence, lastTimestamp } = staging
    return { bytes: queuedBytes - before, records: lastSequence - records, timestamp: lastTimestamp }
  })
  return { staging, staged }
}

/** What a segment was given. */
interface Filled {
  readonly units: number
  readonly changes: number
  readonly records: number
  readonly lastSequence: number
  readonly lastTimestamp: number
}

const nothing = { units: 0, changes: 0, records: 0 }

/** Which units must go where: as many as fit, whole, in order. */
function expected(staged: readonly Staged[], capacity: number, alignment: CommitAlignment): Filled[] {
  const segments: Filled[] = []
  let filled: Filled = { ...nothing, lastSequence: 0, lastTimestamp: 0 }
  let position = blockBytes
  for (const { bytes, records, timestamp } of staged) {
    if (paddedEnd(position + bytes, blockBytes, alignment) > contentLimit(capacity)) {
      segments.push(filled)
      filled = { ...filled, ...nothing }
      position = blockBytes
    }
    position += bytes
    filled = {
      units: filled.units + 1,
      changes: filled.changes + (records === 0 ? 1 : 0),
      records: filled.records + records,
      lastSequence: filled.lastSequence + records,
      lastTimestamp: timestamp,
    }
  }
  return [...segments, filled]
}

/** The entries of a sparse index over units of records, by offset: each is the first a stride behind the last. */
function entriesDue(starts: ReadonlyMap<number, number>, strideBytes: number): IndexEntry[] {
  const entries: IndexEntry[] = []
  for (const [offset, sequence] of starts) {
    const last = entries.at(-1)?.offset ?? blockBytes
    if (offset >= last + strideBytes) entries.push({ sequence, offset })
  }
  return entries
}

describe('a walk over a slab', () => {
  it('gives each segment as many whole units as fit, in order, and knows what they were', () => {
    const anyUnits = fc.array(anyUnit, { minLength: 1, maxLength: 150, size: 'max' })
    const capacities = fc.constantFrom(4096, 8192, 196_608)
    const alignments = fc.constantFrom<CommitAlignment>('frame', 'block')
    fc.assert(
      fc.property(anyUnits, capacities, alignments, (units, capacity, alignment) => {
        const { staging, staged } = stageAll(units)
        const [slab, ...others] = staging.take()
        expect(others).toEqual([])
        if (slab === undefined) return
        const walk = new SlabWalk(slab, alignment)
        const segments: Filled[] = []
        const ends = new Set<number>()
        staged.reduce((end, { bytes }) => {
          ends.add(end + bytes)
          return end + bytes
        }, slab.start)
        let written = slab.start
        let done = 0
        let last = { lastSequence: 0, lastTimestamp: 0 }
        while (!walk.isDone()) {
          const writer = { header: { blockBytes, capacity }, position: blockBytes, ...last }
          const index = new SparseIndex(capacity, blockBytes)
          const active = new ActiveSegment('segment', writer as never, index, 0)
          const from = written
          const writing = walk.writeInto(active, function* (offset, end, isLast) {
            expect([offset, isLast]).toEqual([written, end === slab.end])
            expect(ends.has(end)).toBe(true)
            written = end
          })
          const changes = writing.next().value as number
          const { lastSequence, lastTimestamp } = writer
          last = { lastSequence, lastTimestamp }
          let length = 0
          const starts = new Map<number, number>()
          let sequence = lastSequence - active.records + 1
          const first = done
          while (length < written - from) {
            const unit = staged[done] as Staged
            if (unit.records > 0) starts.set(blockBytes + length, sequence)
            sequence += unit.records
            length += unit.bytes
            done += 1
          }
          expect(index.entries).toEqual(entriesDue(starts, indexStrideBytes(capacity)))
          segments.push({ units: done - first, changes, records: active.records, ...last })
        }
        expect(segments).toEqual(expected(staged, capacity, alignment))
      }),
      { numRuns: 150 },
    )
  })
})
