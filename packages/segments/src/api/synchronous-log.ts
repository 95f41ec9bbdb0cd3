import type { Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import type { LogRecord, RecordView } from '../read/log-record.ts'
import { getRecord, nextRecords, replayRecords } from '../read/records.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { describeSegments } from '../read/view.ts'
import type { SegmentInfo } from '../segment.ts'
import type { StreamChunk, StreamStart } from '../stream/position.ts'
import type { BatchEntry, RecordOptions, SequenceRange } from '../write/entry.ts'
import type { ReclaimReport } from '../write/retention.ts'
import { LogProcedures } from './procedures.ts'
import { closeSession, statsOf, viewOf, writerOf, type LogStats, type Session } from './session.ts'
import { SynchronousSnapshot, type SnapshotOptions } from './snapshot.ts'

/**
 * An open log whose every call does its work before it returns. In the `sync` and `group` modes an append returns
 * when the record is durable, in `async` when the operating system has it; there is no company to wait for.
 */
export class SynchronousLog {
  /** What opening found and did. */
  readonly recovery: RecoveryReport
  /** For packages that build on a log. */
  readonly procedures: LogProcedures
  readonly #session: Session
  /** Commits everything staged. Nobody can wait for room here: this makes it, and an empty queue takes anything. */
  readonly #commit = (): void => {
    const { durability } = this.#session.settings
    this.#run(writerOf(this.#session).settle(durability !== 'async'))
  }

  /** Use {@link openLogSync}. */
  constructor(session: Session) {
    this.#session = session
    this.recovery = session.recovery
    this.procedures = new LogProcedures(session)
  }

  /** Number of the oldest record that can be read, or of the first that will be. */
  get firstSequence(): number {
    return this.#session.view.firstSequence
  }

  /** Number of the last record that was accepted; 0 when there never was one. */
  get lastSequence(): number {
    return this.#session.writer?.lastSequence ?? this.#session.view.visibleSequence('written')
  }

  /** Number of the last record that a successful sync covers. */
  get durableSequence(): number {
    return this.#session.view.visibleSequence('durable')
  }

  /** The segments, oldest first, the active one last. */
  get segments(): readonly SegmentInfo[] {
    return describeSegments(this.#session.view)
  }

  /** As `Log.checkpointList`. */
  get checkpointList(): Uint8Array<ArrayBuffer> {
    return this.#session.view.checkpoints.slice()
  }

  /**
   * Appends one record behind everything that was enqueued; returns its number. When the queue is full, what is in it
   * is committed first, or, with `queue.onFull: 'reject'`, `BACKPRESSURE` is thrown. Throws as `Log.append` rejects.
   */
  appendSync(payload: Uint8Array, options?: RecordOptions): number {
    const sequence = writerOf(this.#session).stage(payload, options, this.#commit)
    this.#commit()
    return sequence
  }

  /** Appends all records or none, whatever happens. */
  appendBatchSync(entries: readonly (BatchEntry | Uint8Array)[]): SequenceRange {
    const range = writerOf(this.#session).stageBatch(entries, this.#commit)
    this.#commit()
    return range
  }

  /** Accepts one record; the next append, flush, sync or close writes it. `BACKPRESSURE` when the queue is full. */
  enqueue(payload: Uint8Array, options?: RecordOptions): number {
    const writer = writerOf(this.#session)
    const sequence = writer.stage(payload, options)
    writer.noteUnawaited(sequence)
    return sequence
  }

  /** Hands everything accepted to the operating system: it survives `kill -9`. */
  flushSync(): void {
    this.#run(writerOf(this.#session).settle(false))
  }

  /** Makes everything accepted durable, in every mode. */
  syncSync(): void {
    this.#run(writerOf(this.#session).settle(true))
  }

  /** The records of the range, in order. */
  *readSync(range?: ReadRange): Generator<LogRecord, void, undefined> {
    const cursor = new Cursor(viewOf(this.#session), range)
    try {
      for (;;) {
        const records = this.#run(nextRecords(cursor))
        if (records === undefined) return
        yield* records
      }
    } finally {
      this.#run(cursor.close())
    }
  }

  /** The durable bytes of the log, as `Log.stream`; they end at what is durable now. */
  *streamSync(from?: StreamStart): Generator<StreamChunk, void, undefined> {
    const stream = this.procedures.stream(from && { from })
    try {
      for (;;) {
        const chunks = this.#run(stream.next())
        if (chunks === undefined) return
        yield* chunks
      }
    } finally {
      this.#run(stream.close())
    }
  }

  /** Calls `visit` for every record of the range, without allocating; returns their number. */
  replaySync(visit: (record: RecordView) => void, range?: ReadRange): number {
    return this.#run(replayRecords(viewOf(this.#session), visit, range))
  }

  /** One record; undefined when there is none of that number yet. Below the floor: `RECLAIMED`. */
  getSync(sequence: number): LogRecord | undefined {
    return this.#run(getRecord(viewOf(this.#session), sequence))
  }

  /** What is visible now, fixed, until it is closed; as `Log.snapshot`. */
  snapshot(options?: SnapshotOptions): SynchronousSnapshot {
    return new SynchronousSnapshot(this.#session, options)
  }

  /** Promises nothing below `before` any more; durable when it returns. Throws as `Log.archive` rejects. */
  archiveSync(before: number): void {
    this.#run(this.procedures.archive(before))
  }

  /** Removes segments wholly below the floor, as `Log.reclaim` does; with `before`, raises the floor first. */
  reclaimSync(before?: number): ReclaimReport {
    return this.#run(this.procedures.reclaim(before))
  }

  /** As `Log.recordCheckpoints`; durable when it returns. */
  recordCheckpointsSync(list: Uint8Array): void {
    this.#run(this.procedures.recordCheckpoints(list))
  }

  /** What waits, what was done since the log was opened, and how fast. */
  stats(): LogStats {
    return statsOf(this.#session)
  }

  /** Commits what was accepted, marks the log as cleanly shut down, gives the lock back. May be called again. */
  closeSync(): void {
    if (!this.#session.isClosed) this.#run(closeSession(this.#session))
  }

  [Symbol.dispose](): void {
    this.closeSync()
  }

  /** The driver has run the procedure to its end: what comes back is a value. */
  #run<T>(procedure: Procedure<T>): T {
    return this.#session.settings.runtime.run(procedure) as T
  }
}
