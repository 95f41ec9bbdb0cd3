import type { EntryCodec } from '@varve/codec'
import type { ReadRange } from '../read/cursor.ts'
import type { RecordView } from '../read/log-record.ts'
import type { RecoveryReport } from '../recover/report.ts'
import type { SegmentInfo } from '../segment.ts'
import type { RecordOptions, SequenceRange } from '../write/entry.ts'
import type { ReclaimReport } from '../write/retention.ts'
import type { LogProcedures } from './procedures.ts'
import type { LogStats } from './session.ts'
import type { SynchronousLog } from './synchronous-log.ts'
import { decoded, decodedEntry, encodedBatch, type TypedRecord } from './typed-record.ts'

/** A {@link SynchronousLog} whose records are entries of one kind; what a codec may throw is as in a `TypedLog`. */
export class TypedSynchronousLog<Entry> {
  /** The log itself, whose records are bytes. */
  readonly log: SynchronousLog
  readonly #codec: EntryCodec<Entry>

  /** Use `openLogSync` with `entry`. */
  constructor(log: SynchronousLog, codec: EntryCodec<Entry>) {
    this.log = log
    this.#codec = codec
  }

  /** As `Log.recovery`. */
  get recovery(): RecoveryReport {
    return this.log.recovery
  }

  /** As `Log.procedures`. */
  get procedures(): LogProcedures {
    return this.log.procedures
  }

  /** As `Log.firstSequence`. */
  get firstSequence(): number {
    return this.log.firstSequence
  }

  /** As `Log.lastSequence`. */
  get lastSequence(): number {
    return this.log.lastSequence
  }

  /** As `Log.durableSequence`. */
  get durableSequence(): number {
    return this.log.durableSequence
  }

  /** As `Log.segments`. */
  get segments(): readonly SegmentInfo[] {
    return this.log.segments
  }

  /** As `SynchronousLog.appendSync`, for an entry. */
  appendSync(entry: Entry, options?: RecordOptions): number {
    return this.log.appendSync(this.#codec.encode(entry), options)
  }

  /** Appends all entries or none, each with the type and timestamp of `options`. */
  appendBatchSync(entries: readonly Entry[], options?: RecordOptions): SequenceRange {
    return this.log.appendBatchSync(encodedBatch(this.#codec, entries, options))
  }

  /** As `SynchronousLog.enqueue`, for an entry. */
  enqueue(entry: Entry, options?: RecordOptions): number {
    return this.log.enqueue(this.#codec.encode(entry), options)
  }

  /** As `SynchronousLog.flushSync`. */
  flushSync(): void {
    this.log.flushSync()
  }

  /** As `SynchronousLog.syncSync`. */
  syncSync(): void {
    this.log.syncSync()
  }

  /** The entries of the range, in order. */
  *readSync(range?: ReadRange): Generator<TypedRecord<Entry>, void, undefined> {
    for (const record of this.log.readSync(range)) yield decoded(this.#codec, record)
  }

  /** Calls `visit` for every entry of the range; returns their number. `record` is valid during the call. */
  replaySync(visit: (entry: Entry, record: RecordView) => void, range?: ReadRange): number {
    return this.log.replaySync((record) => { visit(decodedEntry(this.#codec, record), record) }, range)
  }

  /** As `SynchronousLog.getSync`. */
  getSync(sequence: number): TypedRecord<Entry> | undefined {
    const record = this.log.getSync(sequence)
    return record && decoded(this.#codec, record)
  }

  /** As `SynchronousLog.archiveSync`. */
  archiveSync(before: number): void {
    this.log.archiveSync(before)
  }

  /** As `SynchronousLog.reclaimSync`. */
  reclaimSync(before?: number): ReclaimReport {
    return this.log.reclaimSync(before)
  }

  /** As `Log.stats`. */
  stats(): LogStats {
    return this.log.stats()
  }

  /** As `SynchronousLog.closeSync`. */
  closeSync(): void {
    this.log.closeSync()
  }

  [Symbol.dispose](): void {
    this.closeSync()
  }
}
