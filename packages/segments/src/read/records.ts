import { frameHeaderBytes } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from './cursor.ts'
import type { FrameWalker } from './frame-walker.ts'
import type { LogRecord, RecordView } from './log-record.ts'
import type { LogView } from './view.ts'

/** The most that a record which is kept can keep alive beside itself, in bytes. */
const sharedChunkBytes = 65_536

/** The next records of a cursor, copied out of its buffer; undefined at the end. */
export function* nextRecords(cursor: Cursor): Procedure<readonly LogRecord[] | undefined> {
  return (yield* nextRun(cursor))?.copy()
}

/** The next records of a cursor, at most `recordsMax`; undefined at the end. */
export function* nextRun(cursor: Cursor, recordsMax?: number): Procedure<RecordRun | undefined> {
  while (yield* cursor.load()) {
    const places = placesIn(cursor, recordsMax)
    if (places.length > 0) return new RecordRun(cursor.walker, places)
  }
  return undefined
}

interface Place {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly from: number
  readonly to: number
}

/** At least one record in the buffer of a cursor: found once, copied as often as asked. Valid until the next load. */
export class RecordRun {
  readonly #walker: FrameWalker
  readonly #places: readonly Place[]

  constructor(walker: FrameWalker, places: readonly Place[]) {
    this.#walker = walker
    this.#places = places
  }

  get lastSequence(): number {
    return (this.#places.at(-1) as Place).sequence
  }

  /** The records from `from` on, which share no memory with those of another copy. */
  copy(from = 0): readonly LogRecord[] {
    const records: LogRecord[] = []
    const places = this.#places
    let at = Math.max(0, from - (places[0] as Place).sequence)
    while (at < places.length) {
      const chunkEnd = this.#chunkEnd(at)
      const first = (places[at] as Place).from
      const bytes = this.#walker.copy(first, (places[chunkEnd - 1] as Place).to)
      for (; at < chunkEnd; at += 1) {
        const place = places[at] as Place
        const payload = bytes.subarray(place.from - first, place.to - first)
        records.push({ sequence: place.sequence, timestamp: place.timestamp, type: place.type, payload })
      }
    }
    return records
  }

  /** Behind the last of the records from the one at `at` on that may share a chunk with it. */
  #chunkEnd(at: number): number {
    const { from } = this.#places[at] as Place
    let end = at + 1
    while (end < this.#places.length && (this.#places[end] as Place).to - from <= sharedChunkBytes) end += 1
    return end
  }
}

function placesIn(cursor: Cursor, recordsMax = Infinity): Place[] {
  const places: Place[] = []
  const { walker } = cursor
  while (places.length < recordsMax && cursor.advance()) {
    const { sequence, timestamp, type, payloadBytes } = walker
    const from = walker.at + frameHeaderBytes
    places.push({ sequence, timestamp, type, from, to: from + payloadBytes })
  }
  return places
}

/** The record that `walker` stands on, whenever it is looked at. */
export function viewRecord(walker: FrameWalker): RecordView {
  return {
    get sequence() { return walker.sequence },
    get timestamp() { return walker.timestamp },
    get type() { return walker.type },
    get payloadBytes() { return walker.payloadBytes },
    get payload() { return walker.payload },
  }
}

/** Calls `visit` for each record of the range, in order, without allocating. Returns how many there were. */
export function* replayRecords(
  view: LogView,
  visit: (record: RecordView) => void,
  range?: ReadRange,
): Procedure<number> {
  const cursor = new Cursor(view, range)
  const { walker } = cursor
  const record = viewRecord(walker)
  let records = 0
  try {
    while (yield* cursor.load()) {
      while (cursor.advance()) {
        records += 1
        visit(record)
      }
      yield* view.runtime.turn()
    }
  } finally {
    yield* cursor.close()
  }
  return records
}

/** One record by its number; undefined if there is none of that number yet. */
export function* getRecord(view: LogView, sequence: number): Procedure<LogRecord | undefined> {
  const found = yield* lookedUp(view, sequence)
  if (found !== undefined) return found
  const cursor = new Cursor(view, { from: sequence, to: sequence })
  try {
    const records = yield* nextRecords(cursor)
    return records?.[0]
  } finally {
    yield* cursor.close()
  }
}

/** Undefined if there is no short way to the record, or it does not lead there. */
function* lookedUp(view: LogView, sequence: number): Procedure<LogRecord | undefined> {
  const { lookup } = view
  if (lookup === undefined || !Number.isSafeInteger(sequence)) return undefined
  if (sequence < view.firstSequence || sequence > view.visibleSequence(undefined)) return undefined
  const segment = view.segmentOf(sequence)
  if (segment === undefined || sequence > segment.lastSequence) return undefined
  return yield* lookup.find(segment, sequence)
}
