import type { VarveError } from '@varve/codec'
import { asynchronousRuntime, type MaybePromise, type Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import { getRecord, nextRecords, replayRecords, type LogRecord, type RecordView } from '../read/records.ts'
import type { RecoveryReport } from '../recover/report.ts'
import type { Segment } from '../segment.ts'
import type { AppendOptions, BatchEntry, SequenceRange } from '../write/entry.ts'
import type { WriterStats } from '../write/metrics.ts'
import { settle, type LogOptions } from './options.ts'
import { closeSession, openSession, viewOf, writerOf, type Session } from './session.ts'

/**
 * An open log. All methods may be called at any time, any number at once; records get their numbers in the order of
 * the calls.
 */
export class Log {
  /** What opening found and did. */
  readonly recovery: RecoveryReport
  /** Resolves with the cause when the log is poisoned: a write or sync failed, and it must be closed and reopened. */
  readonly failed: Promise<VarveError>
  readonly #session: Session
  #closing: Promise<void> | undefined

  /** Use {@link openLog}. */
  constructor(session: Session) {
    this.#session = session
    this.recovery = session.recovery
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
  get segments(): readonly Segment[] {
    return this.#session.view.segments
  }

  /**
   * Appends one record and resolves with its number when it is as safe as the log's durability says. The payload is
   * copied before this returns.
   *
   * @throws VarveError (as a rejection) `INVALID_ARGUMENT`, `RECORD_TOO_LARGE`, `BACKPRESSURE`, `CLOSED`, `READ_ONLY`:
   * nothing was appended. `POISONED`: whether it was is unknown until the log is opened again.
   */
  append(payload: Uint8Array, options?: AppendOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      const writer = writerOf(this.#session)
      const sequence = writer.stage(payload, options, true)
      writer.onAcknowledged(sequence, resolve, reject)
      writer.kick()
    })
  }

  /** Appends all records or none, whatever happens, and resolves as {@link append} does. Limited to one segment. */
  appendBatch(entries: readonly (BatchEntry | Uint8Array)[]): Promise<SequenceRange> {
    return new Promise((resolve, reject) => {
      const writer = writerOf(this.#session)
      const range = writer.stageBatch(entries, true)
      writer.onAcknowledged(range.last, () => { resolve(range) }, reject)
      writer.kick()
    })
  }

  /**
   * Accepts one record without an acknowledgement and returns its number. It is written soon; `flush` and `sync` wait
   * for it. If it is lost to a failure, `failed` and the next call say so.
   *
   * @throws VarveError as {@link append}, and `BACKPRESSURE` whenever the queue is full.
   */
  enqueue(payload: Uint8Array, options?: AppendOptions): number {
    const writer = writerOf(this.#session)
    const sequence = writer.stage(payload, options, false)
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

  /** The records of the range, in order. Ends at the last one that is visible; `tail` would go on. */
  read(range?: ReadRange): AsyncIterableIterator<LogRecord> & AsyncDisposable {
    return new RecordIterator(this.#session, range)
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

  /** Counts since the log was opened. */
  stats(): WriterStats {
    return writerOf(this.#session).stats()
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
      const writer = writerOf(this.#session)
      writer.checkOpen()
      const { lastSequence } = writer
      if (durably) writer.onDurable(lastSequence, () => { resolve() }, reject)
      else writer.onWritten(lastSequence, () => { resolve() }, reject)
      writer.hurry(durably)
    })
  }

  #run<T>(procedure: Procedure<T>): MaybePromise<T> {
    return this.#session.settings.runtime.run(procedure)
  }
}

/** Hands out the records of one buffer after another; only every few hundredth call waits for storage. */
class RecordIterator implements AsyncIterableIterator<LogRecord>, AsyncDisposable {
  readonly #session: Session
  readonly #cursor: Cursor
  #records: readonly LogRecord[] = []
  #at = 0
  /** Resolves when the load that is under way has come to its end, either way. */
  #loading: Promise<void> | undefined

  constructor(session: Session, range: ReadRange | undefined) {
    this.#session = session
    this.#cursor = new Cursor(viewOf(session), range)
  }

  next(): Promise<IteratorResult<LogRecord, undefined>> {
    // A cursor does one thing at a time: who asks meanwhile comes after.
    if (this.#loading !== undefined) return this.#loading.then(() => this.next())
    const record = this.#records[this.#at]
    if (record === undefined) return this.#load()
    this.#at += 1
    return Promise.resolve({ done: false, value: record })
  }

  async return(): Promise<IteratorResult<LogRecord, undefined>> {
    await this.#loading
    return await this.#end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #load(): Promise<IteratorResult<LogRecord, undefined>> {
    const loaded = this.#loadRecords()
    const over = (): void => { this.#loading = undefined }
    this.#loading = loaded.then(over, over)
    return loaded
  }

  async #loadRecords(): Promise<IteratorResult<LogRecord, undefined>> {
    try {
      this.#records = (await this.#session.settings.runtime.run(nextRecords(this.#cursor))) ?? []
    } catch (error) {
      await this.#end()
      throw error
    }
    this.#at = 1
    const first = this.#records[0]
    return first === undefined ? await this.#end() : { done: false, value: first }
  }

  async #end(): Promise<IteratorResult<LogRecord, undefined>> {
    this.#records = []
    await this.#session.settings.runtime.run(this.#cursor.close())
    return { done: true, value: undefined }
  }
}

/**
 * Opens the log in `options.storage`, or begins one. Recovery runs first; `log.recovery` says what it found.
 *
 * @throws VarveError (as a rejection) `LOCKED`, `CORRUPT`, `TORN_TAIL`, `FOREIGN_FILE`,
 * `UNSUPPORTED_FORMAT`, `INVALID_ARGUMENT`, `IO`, `NO_SPACE`. Nothing is left locked.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const settings = settle(options, options.runtime ?? asynchronousRuntime())
  const session = await settings.runtime.run(openSession(settings))
  return new Log(session)
}
