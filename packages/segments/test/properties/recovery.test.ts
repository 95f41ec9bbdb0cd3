import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLogSync, type RecoveryReport } from '../../src/index.ts'
import { continueImage, smallGeometry, withFile, type ImageOptions } from '../support/damage-image.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { readAllSync, type PlainRecord } from '../support/log-records.ts'
import { anyUnits, appendUnits, recordsOf, unitEnds, type Unit } from '../support/log-units.ts'

/** A log whose process died; in the async mode nothing proves the records of its last segment. */
const anyDeath = fc.record({
  units: anyUnits,
  options: fc.record({
    durability: fc.constantFrom('sync', 'async'),
    commitAlignment: fc.constantFrom('frame', 'block'),
  }),
})

/** What the tail of the last segment became, from a place on. */
const anyTail = fc.record({
  /** Where it begins, as a share of the bytes that the segment was not born with. */
  share: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  become: fc.constantFrom('gone', 'zeros', 'garbage', 'mixed'),
  noise: fc.uint8Array({ minLength: 1, maxLength: 64 }),
})

function die(units: readonly Unit[], options: ImageOptions): MemorySnapshot {
  return continueImage(undefined, { ...smallGeometry, ...options }, 'crash', (log) => { appendUnits(log, units) })
}

/** What the segments take on the disk. */
function bytesOf(snapshot: MemorySnapshot): number {
  return segmentsOf(snapshot).reduce((sum, { bytes }) => sum + bytes.length, 0)
}

/** Opens and says goodbye to nobody. */
function recover(snapshot: MemorySnapshot): {
  readonly records: readonly PlainRecord[]
  readonly report: RecoveryReport
  readonly snapshot: MemorySnapshot
} {
  const storage = memoryStorage({ snapshot })
  const log = openLogSync({ storage, ...smallGeometry })
  return { records: readAllSync(log), report: log.recovery, snapshot: storage.snapshot() }
}

type Tail = typeof anyTail extends fc.Arbitrary<infer T> ? T : never

function damageTail(snapshot: MemorySnapshot, { share, become, noise }: Tail): MemorySnapshot {
  const last = segmentsOf(snapshot).at(-1) as PlainSegment
  const { bytes, name, header } = last
  const from = header.bornEnd + Math.floor((bytes.length - header.bornEnd) * share)
  if (become === 'gone') return withFile(snapshot, name, bytes.slice(0, from))
  const damaged = bytes.slice()
  for (let at = from; at < damaged.length; at += 1) {
    const byte = noise[(at - from) % noise.length] as number
    const isMixed = become === 'mixed' && byte % 2 === 0
    damaged[at] = become === 'zeros' ? 0 : isMixed ? (damaged[at] as number) : byte
  }
  return withFile(snapshot, name, damaged)
}

describe('recovery after the death of a process', () => {
  it('gives every record that was written, and the same when it is done again and again', () => {
    fc.assert(
      fc.property(anyDeath, ({ units, options }) => {
        const first = recover(die(units, options))
        expect(first.records).toEqual(recordsOf(units))
        const second = recover(first.snapshot)
        const third = recover(second.snapshot)
        expect(second.records).toEqual(first.records)
        expect(third.records).toEqual(first.records)
        // Nothing is left to be carried over or discarded: each hands over to an empty segment.
        for (const { report } of [second, third]) {
          expect(report).toMatchObject({ carriedRecords: 0, discarded: undefined, notes: [], damage: [] })
          expect(report.row).toBe('last.clean-end')
        }
        expect(bytesOf(third.snapshot)).toBeLessThanOrEqual(bytesOf(second.snapshot) + 128)
      }),
      { numRuns: 60 },
    )
  })
})

describe('recovery of a log whose tail was never proven', () => {
  it('gives a prefix of whole units, the same each time, and a discarded record never returns', () => {
    fc.assert(
      fc.property(anyDeath, anyTail, ({ units, options }, tail) => {
        const damaged = damageTail(die(units, { ...options, durability: 'async' }), tail)
        const first = recover(damaged)
        const count = first.records.length
        expect(first.records).toEqual(recordsOf(units).slice(0, count))
        expect([0, ...unitEnds(units)]).toContain(count)
        const again = recover(damaged)
        expect(again.records).toEqual(first.records)
        const second = recover(first.snapshot)
        expect(second.records).toEqual(first.records)
        expect(second.report.discarded).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })
})
