import { VarveError } from '@varve/codec'
import { synchronousRuntime, type Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import { getRecord, nextRecords, replayRecords, type LogRecord, type RecordView } from '../read/records.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { describeSegments } from '../read/view.ts'
import type { SegmentInfo } from '../segment.ts'
import type { AppendOptions, BatchEntry, SequenceRange } from '../write/entry.ts'
import type { WriterStats } from '../write/metrics.ts'
import type { ReclaimReport } from '../write/retention.ts'
import { settle, type LogOptions } from './options.ts'
import { LogProcedures } from './procedures.ts'
import { closeSession, openSession, viewOf, writerOf, type Session } from './session.ts'
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

  /** Appends one record behind everything that was enqueued; returns its number. Throws as `Log.append` rejects. */
  appendSync(payload: Uint8Array, options?: AppendOptions): number {
    const writer = writerOf(this.#session)
    const sequence = writer.stage(payload, options, true)
    this.#commit()
    return sequence
  }

  /** Appends all records or none, whatever happens. */
  appendBatchSync(entries: readonly (BatchEntry | Uint8Array)[]): SequenceRange {
    const range = writerOf(this.#session).stageBatch(entries, true)
    this.#commit()
    return range
  }

  /** Accepts one record; the next append, flush, sync or close writes it. `BACKPRESSURE` when the queue is full. */
  enqueue(payload: Uint8Array, options?: AppendOptions): number {
    const writer = writerOf(this.#session)
    const sequence = writer.stage(payload, options, false)
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

  /** Counts since the log was opened. */
  stats(): WriterStats {
    return writerOf(this.#session).stats()
  }

  /** Commits what was accepted, marks the log as cleanly shut down, gives the lock back. May be called again. */
  closeSync(): void {
    if (!this.#session.isClosed) this.#run(closeSession(this.#session))
  }

  [Symbol.dispose](): void {
    this.closeSync()
  }

  #commit(): void {
    const { durability } = this.#session.settings
    this.#run(writerOf(this.#session).settle(durability !== 'async'))
  }

  /** The driver has run the procedure to its end: what comes back is a value. */
  #run<T>(procedure: Procedure<T>): T {
    return this.#session.settings.runtime.run(procedure) as T
  }
}

/**
 * Opens the log in `options.storage`, or begins one, without an event loop. The storage must be synchronous.
 *
 * @throws VarveError as `openLog`, and `STORAGE_IS_ASYNC` before anything is touched.
 */
export function openLogSync(options: LogOptions): SynchronousLog {
  if (!options.storage.capabilities.synchronous) {
    throw new VarveError(
      'STORAGE_IS_ASYNC',
      'a synchronous log needs a storage whose methods return values; open it in synchronous mode, or use openLog',
    )
  }
  const runtime = options.runtime ?? synchronousRuntime()
  if (runtime.kind !== 'synchronous') {
    const message = `a synchronous log needs a synchronous runtime, not one that is ${runtime.kind}`
    throw new VarveError('INVALID_ARGUMENT', message)
  }
  const settings = settle(options, runtime)
  return new SynchronousLog(settings.runtime.run(openSession(settings)) as Session)
}
