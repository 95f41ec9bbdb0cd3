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
    const frames = framesIn(cursor, recordsMax)
    if (frames.length > 0) return new RecordRun(cursor.walker, frames)
  }
  return undefined
}

/**
 * At least one record in the buffer of a cursor: found once, copied as often as asked. Valid until the next load, but
 * for its numbers, by which one tells that it holds nothing of what one wants.
 */
export class RecordRun {
  readonly lastSequence: number
  readonly #firstSequence: number
  readonly #walker: FrameWalker
  /** Where each begins in the buffer: all else stands there. */
  readonly #frames: readonly number[]

  constructor(walker: FrameWalker, frames: readonly number[]) {
    this.#walker = walker
    this.#frames = frames
    this.#firstSequence = this.#walkerAt(0).sequence
    this.lastSequence = this.#walkerAt(frames.length - 1).sequence
  }

  /** The records from `from` on, which share no memory with those of another copy. */
  copy(from = 0): readonly LogRecord[] {
    const records: LogRecord[] = []
    let at = Math.max(0, from - this.#firstSequence)
    while (at < this.#frames.length) {
      const chunkEnd = this.#chunkEnd(at)
      const start = this.#payloadStart(at)
      const bytes = this.#walker.copy(start, this.#payloadEnd(chunkEnd - 1))
      for (; at < chunkEnd; at += 1) {
        const { sequence, timestamp, type } = this.#walkerAt(at)
        const payload = bytes.subarray(this.#payloadStart(at) - start, this.#payloadEnd(at) - start)
        records.push({ sequence, timestamp, type, payload })
      }
    }
    return records
  }

  /** Behind the last of the records from the one at `at` on that may share a chunk with it. */
  #chunkEnd(at: number): number {
    const start = this.#payloadStart(at)
    let end = at + 1
    while (end < this.#frames.length && this.#payloadEnd(end) - start <= sharedChunkBytes) end += 1
    return end
  }

  #payloadStart(at: number): number {
    return (this.#frames[at] as number) + frameHeaderBytes
  }

  #payloadEnd(at: number): number {
    return this.#payloadStart(at) + this.#walkerAt(at).payloadBytes
  }

  #walkerAt(at: number): FrameWalker {
    this.#walker.at = this.#frames[at] as number
    return this.#walker
  }
}

function framesIn(cursor: Cursor, recordsMax = Infinity): number[] {
  const frames: number[] = []
  while (frames.length < recordsMax && cursor.advance()) frames.push(cursor.walker.at)
  return frames
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
  return segment === undefined ? undefined : yield* lookup.find(segment, sequence)
}
