import type { VarveError } from '@varve/codec'
import type { MaybePromise, Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import { followRecords } from '../read/follower.ts'
import type { LogRecord, RecordView } from '../read/log-record.ts'
import { getRecord, nextRecords, replayRecords } from '../read/records.ts'
import { Tail } from '../read/tail.ts'
import type { TailOptions } from '../read/tail-options.ts'
import { describeSegments } from '../read/view.ts'
import type { RecoveryReport } from '../recover/report.ts'
import type { SegmentInfo } from '../segment.ts'
import { followBytes, type StreamOptions } from '../stream/byte-stream.ts'
import type { StreamChunk } from '../stream/position.ts'
import type { AppendOptions, BatchEntry, RecordOptions, SequenceRange, WaitOptions } from '../write/entry.ts'
import type { ReclaimReport } from '../write/retention.ts'
import { LogProcedures } from './procedures.ts'
import { RecordIterator } from './record-iterator.ts'
import { Snapshot, type SnapshotOptions } from './snapshot.ts'
import { closeSession, endOf, statsOf, viewOf, writerOf, type LogStats, type Session } from './session.ts'

/**
 * An open log. All methods may be called at any time, any number at once; records get their numbers in the order of
 * the calls.
 */
export class Log {
  /** What opening found and did. */
  readonly recovery: RecoveryReport
  /** Resolves with the cause when the log is poisoned: a write or sync failed, and it must be closed and reopened. */
  readonly failed: Promise<VarveError>
  /** For packages that build on a log. */
  readonly procedures: LogProcedures
  readonly #session: Session
  #closing: Promise<void> | undefined

  /** Use {@link openLog}. */
  constructor(session: Session) {
    this.#session = session
    this.recovery = session.recovery
    this.procedures = new LogProcedures(session)
    this.failed = new Promise((resolve) => session.writer?.onFailure(resolve))
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

  /** For checkpoint publishers: a copy of the latest durable list of {@link recordCheckpoints}; empty without one. */
  get checkpointList(): Uint8Array<ArrayBuffer> {
    return this.#session.view.checkpoints.slice()
  }

  /**
   * Appends one record and resolves with its number when it is as safe as the log's durability says. The payload is
   * copied before this returns, unless the queue is full: then the call waits for its turn, first come, first served,
   * and the payload must be left alone until the promise has settled. One that was changed is `INVALID_ARGUMENT`.
   *
   * @throws VarveError (as a rejection) `INVALID_ARGUMENT`, `RECORD_TOO_LARGE`, `BACKPRESSURE`, `ABORTED`, `CLOSED`,
   * `READ_ONLY`: nothing was appended. `POISONED`: whether it was is unknown until the log is opened again.
   */
  append(payload: Uint8Array, options?: AppendOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      writerOf(this.#session).append(payload, options, resolve, reject)
    })
  }

  /** Appends all records or none, whatever happens, and resolves as {@link append} does. Limited to one segment. */
  appendBatch(entries: readonly (BatchEntry | Uint8Array)[], options?: WaitOptions): Promise<SequenceRange> {
    return new Promise((resolve, reject) => {
      writerOf(this.#session).appendBatch(entries, options, resolve, reject)
    })
  }

  /**
   * Accepts one record without an acknowledgement and returns its number. It is written soon; `flush` and `sync` wait
   * for it. If it is lost to a failure, `failed` and the next call say so.
   *
   * @throws VarveError as {@link append}, and `BACKPRESSURE` whenever the queue is full.
   */
  enqueue(payload: Uint8Array, options?: RecordOptions): number {
    const writer = writerOf(this.#session)
    const sequence = writer.stage(payload, options)
    writer.noteUnawaited(sequence)
    writer.kick()
    return sequence
  }

  /** Resolves when everything accepted before this call is with the operating system: it survives `kill -9`. */
  flush(): Promise<void> {
    return this.#fence(false)
  }

  /** Resolves when everything accepted before this call is durable, in every mode. */
  sync(): Promise<void> {
    return this.#fence(true)
  }

  /**
   * The records of the range, in order. Ends at the last one that is visible; {@link tail} goes on. From the first
   * `next` until it ends or `return` is called, it holds its segment and all behind it from being reclaimed.
   */
  read(range?: ReadRange): AsyncIterableIterator<LogRecord> & AsyncDisposable {
    const cursor = new Cursor(viewOf(this.#session), range)
    const next = (): Procedure<readonly LogRecord[] | undefined> => nextRecords(cursor)
    const close = (): Procedure<void> => cursor.close()
    return new RecordIterator(this.#session.settings.runtime, { next, close, giveUp: () => undefined })
  }

  /**
   * The records from `from` on, and then each one as it becomes visible, without polling and without end. It never
   * makes the writer wait, and holds its segment as {@link read} does: a tail that is not read any more must be given
   * up (`break`, `return()`), or nothing behind it is reclaimed.
   *
   * It ends when the log is closed, after what was visible then and can still be read. It throws, after all that is
   * visible: `POISONED` when the log is poisoned. At once: `ABORTED`, `RECLAIMED`.
   *
   * A log that was opened with `readOnly` is looked at again whenever its storage hints at a change, or every `pollMs`.
   * It has no hold on the segments: when the writer reclaims them first, the tail throws `RECLAIMED`.
   *
   * @example
   * for await (const { sequence, payload } of log.tail({ from: 1 })) console.log(sequence, payload.length)
   */
  tail(options?: TailOptions): AsyncIterableIterator<LogRecord> & AsyncDisposable {
    const session = this.#session
    const view = viewOf(session)
    const { feeds } = session
    const end = endOf(session)
    const source = feeds === undefined ? followRecords(view, end, options) : new Tail(feeds, end, options)
    return new RecordIterator(session.settings.runtime, source)
  }

  /**
   * What is visible now, fixed: records that come later are not in it, and what it shows stays until it is closed.
   *
   * @throws VarveError `CLOSED`
   *
   * @example
   * await using snapshot = log.snapshot()
   * await snapshot.replay(({ sequence }) => console.log(sequence))
   */
  snapshot(options?: SnapshotOptions): Snapshot {
    return new Snapshot(this.#session, options)
  }

  /**
   * The durable bytes of the log as they stand in its segments, in order: header blocks, whole frames, trailers.
   * Whoever writes each piece at its place has the same files; `openReplica` does. It ends at what is durable when it
   * gets there or, with `follow`, goes on as {@link tail} does, and holds its segment as that does.
   *
   * It throws `RECLAIMED` when the place was given up, and `FOREIGN_FILE` when what the log has before it differs from
   * what was named, or it never had such a place.
   *
   * @example
   * for await (const { from, bytes } of log.stream({ from: replica.position })) await send(from, bytes)
   */
  stream(options?: StreamOptions): AsyncIterableIterator<StreamChunk> & AsyncDisposable {
    const session = this.#session
    return new RecordIterator(session.settings.runtime, followBytes(viewOf(session), endOf(session), options))
  }

  /**
   * Promises nothing below `before` any more: the oldest record to keep, from 1 to `lastSequence + 1`. Resolves when
   * that is durable, in every mode. From then on reading below it is `RECLAIMED`, and segments wholly below it are
   * archived; {@link reclaim} removes them. A floor that is not above the present one changes nothing.
   *
   * @throws VarveError (as a rejection) `INVALID_ARGUMENT`, `CLOSED`, `READ_ONLY`: nothing was changed. `POISONED`:
   * whether the floor was raised is unknown until the log is opened again.
   */
  async archive(before: number): Promise<void> {
    await this.#run(this.procedures.archive(before))
  }

  /**
   * Removes the segments that lie wholly below the floor, oldest first, each removal durable before the next; with
   * `before`, raises the floor first. Segments that a reader still needs are left, and taken by the next reclaim or the
   * next open; so is everything where names become durable only eventually. The active segment always stays.
   *
   * @throws VarveError (as a rejection) as {@link archive}. `IO`: a file could not be removed, which costs space and
   * nothing else; the log goes on, and another call tries again.
   */
  async reclaim(before?: number): Promise<ReclaimReport> {
    return await this.#run(this.procedures.reclaim(before))
  }

  /**
   * For checkpoint publishers: keeps `list`, whose bytes mean something to them alone, as the list of checkpoints, and
   * resolves when it is durable, in every mode. Every SEAL repeats the latest one, and so does recovery.
   *
   * @throws VarveError (as a rejection) `INVALID_ARGUMENT` unless it has 1 to 512 bytes; else as {@link archive}.
   */
  async recordCheckpoints(list: Uint8Array): Promise<void> {
    await this.#run(this.procedures.recordCheckpoints(list))
  }

  /**
   * Calls `visit` for every record of the range, without allocating; resolves with their number. What `visit` gets is
   * valid during the call. If `visit` throws, the replay rejects with that.
   */
  async replay(visit: (record: RecordView) => void, range?: ReadRange): Promise<number> {
    return await this.#run(replayRecords(viewOf(this.#session), visit, range))
  }

  /** One record; undefined when there is none of that number yet. Below the floor: `RECLAIMED`. */
  async get(sequence: number): Promise<LogRecord | undefined> {
    return await this.#run(getRecord(viewOf(this.#session), sequence))
  }

  /** What waits, what was done since the log was opened, and how fast. */
  stats(): LogStats {
    return statsOf(this.#session)
  }

  /**
   * Commits what was accepted, marks the log as cleanly shut down, gives the lock back. Rejects only if records that
   * nobody awaited were lost; the lock is given back even then. May be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    await this.#run(closeSession(this.#session))
  }

  #fence(durably: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      writerOf(this.#session).fence(durably, () => { resolve() }, reject)
    })
  }

  #run<T>(procedure: Procedure<T>): MaybePromise<T> {
    return this.#session.settings.runtime.run(procedure)
  }
}
