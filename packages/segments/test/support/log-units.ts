import fc from 'fast-check'
import type { BatchEntry, SynchronousLog } from '../../src/index.ts'
import { payload, type PlainRecord } from './log-records.ts'

/** What is appended at once: one record, or a batch. Sizes of payloads in bytes. */
export interface Unit {
  readonly sizes: readonly number[]
  /** How much later than the unit before, in timestamps. */
  readonly later: number
}

const anyUnit: fc.Arbitrary<Unit> = fc.record({
  sizes: fc.oneof(
    fc.tuple(fc.integer({ min: 0, max: 500 })),
    fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 6 }),
  ),
  later: fc.nat(3),
})

/** Enough units for several segments of 4 KiB. */
export const anyUnits: fc.Arbitrary<readonly Unit[]> = fc.array(anyUnit, { minLength: 1, maxLength: 40, size: 'max' })

/** The records that the units make, by number from 1. */
export function recordsOf(units: readonly Unit[]): readonly PlainRecord[] {
  const records: PlainRecord[] = []
  let timestamp = 0
  for (const { sizes, later } of units) {
    timestamp += later
    for (const size of sizes) {
      const sequence = records.length + 1
      const data = Buffer.from(payload(sequence, size)).toString('hex')
      records.push({ sequence, timestamp, type: sequence % 5, payload: data })
    }
  }
  return records
}

/** Numbers of the last records of the units. */
export function unitEnds(units: readonly Unit[]): readonly number[] {
  let last = 0
  return units.map(({ sizes }) => (last += sizes.length))
}

/** What `appendBatch` takes, beginning with record `first`. */
export function entriesOf(unit: Unit, first: number, timestamp: number): BatchEntry[] {
  return unit.sizes.map((size, at) => ({ payload: payload(first + at, size), type: (first + at) % 5, timestamp }))
}

/** Appends the units, records `recordsOf` of them. */
export function appendUnits(log: SynchronousLog, units: readonly Unit[]): void {
  let first = 1
  let timestamp = 0
  for (const unit of units) {
    timestamp += unit.later
    const entries = entriesOf(unit, first, timestamp)
    const [only] = entries
    if (entries.length === 1 && only !== undefined) log.appendSync(only.payload, only)
    else log.appendBatchSync(entries)
    first += entries.length
  }
}
