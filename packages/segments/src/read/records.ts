import { frameHeaderBytes } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from './cursor.ts'
import type { FrameWalker } from './frame-walker.ts'
import type { LogView } from './view.ts'

/** A record as it is read. */
export interface LogRecord {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  /** Valid for ever; it may share a chunk of at most 64 KiB with its neighbours. */
  readonly payload: Uint8Array<ArrayBuffer>
}

/** A record during a replay: the same object for every record, valid during the call only. */
export interface RecordView {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly payloadBytes: number
  /** A new view at each access, of memory that the next record overwrites; `slice` it to keep it. */
  readonly payload: Uint8Array<ArrayBuffer>
}

/** The most that a record which is kept can keep alive beside itself, in bytes. */
const sharedChunkBytes = 65_536

/** The next records of a cursor, copied out of its buffer; undefined at the end. */
export function* nextRecords(cursor: Cursor): Procedure<readonly LogRecord[] | undefined> {
  while (yield* cursor.load()) {
    const records = copyRecords(cursor)
    if (records.length > 0) return records
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

function copyRecords(cursor: Cursor): LogRecord[] {
  const records: LogRecord[] = []
  const { walker } = cursor
  let chunk: Place[] = []
  while (cursor.advance()) {
    const { sequence, timestamp, type, payloadBytes } = walker.fields
    const from = walker.at + frameHeaderBytes
    const first = chunk[0]
    if (first !== undefined && from + payloadBytes - first.from > sharedChunkBytes) {
      copyChunk(walker, chunk, records)
      chunk = []
    }
    chunk.push({ sequence, timestamp, type, from, to: from + payloadBytes })
  }
  copyChunk(walker, chunk, records)
  return records
}

function copyChunk(walker: FrameWalker, chunk: readonly Place[], records: LogRecord[]): void {
  const first = chunk[0]
  const last = chunk.at(-1)
  if (first === undefined || last === undefined) return
  const bytes = walker.copy(first.from, last.to)
  for (const { sequence, timestamp, type, from, to } of chunk) {
    records.push({ sequence, timestamp, type, payload: bytes.subarray(from - first.from, to - first.from) })
  }
}

/** The record that `walker` stands on, whenever it is looked at. */
export function viewRecord(walker: FrameWalker): RecordView {
  return {
    get sequence() { return walker.fields.sequence },
    get timestamp() { return walker.fields.timestamp },
    get type() { return walker.fields.type },
    get payloadBytes() { return walker.fields.payloadBytes },
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
  const cursor = new Cursor(view, { from: sequence, to: sequence })
  try {
    const records = yield* nextRecords(cursor)
    return records?.[0]
  } finally {
    yield* cursor.close()
  }
}
