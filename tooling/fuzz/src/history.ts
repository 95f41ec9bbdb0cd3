import type { AppendOptions, BatchEntry } from '@varve/segments'
import { must } from './target.ts'

/** What is appended to every log here: record n is the same whoever writes it, so any record can be judged alone. */

interface Entry extends AppendOptions {
  readonly payload: Uint8Array
}

function entryOf(sequence: number): Required<BatchEntry> {
  // One byte repeated: images stay small when they are packed.
  const payload = new Uint8Array(40 + ((sequence * 97) % 500)).fill(1 + ((sequence * 31) % 251))
  return { payload, type: sequence % 7, timestamp: 1000 + sequence }
}

/** Of every ten records the seventh to ninth are a batch. */
const firstOfBatch = 7
const lastOfBatch = 9

/** The next records that are appended together behind `last`. */
export function unitAfter(last: number): readonly Required<BatchEntry>[] {
  const next = last + 1
  const count = next % 10 === firstOfBatch ? 3 : 1
  return Array.from({ length: count }, (_, at) => entryOf(next + at))
}

/** Whether `last` can be the last record of anything that was appended so. */
export function endsAUnit(last: number): boolean {
  return last % 10 < firstOfBatch || last % 10 >= lastOfBatch
}

/** A record as it was read, without its buffer. */
export interface Seen extends Entry {
  readonly sequence: number
}

/** Checks that a record was appended under this number, byte for byte. */
export function mustBeHistory(record: Seen): void {
  const { payload, type, timestamp } = entryOf(record.sequence)
  must(
    record.type === type && record.timestamp === timestamp && Buffer.compare(record.payload, payload) === 0,
    'a record that was never written',
  )
}

/** Checks that there is no gap. */
export function mustBeContiguous(records: readonly Seen[], from: number): void {
  must(
    records.every((record, at) => record.sequence === from + at),
    'records are missing or out of order',
  )
}
