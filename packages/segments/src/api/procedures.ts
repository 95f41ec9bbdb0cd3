import type { LogStorage, Procedure, Runtime } from '@varve/storage'
import type { OtherEvent } from '../observe/events.ts'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import type { Following } from '../read/following.ts'
import type { LogRecord } from '../read/log-record.ts'
import { nextRecords } from '../read/records.ts'
import { followBytes, type StreamOptions } from '../stream/byte-stream.ts'
import type { StreamChunk } from '../stream/position.ts'
import type { ReclaimReport } from '../write/retention.ts'
import { removeArchived, until, type Register } from './reclaiming.ts'
import type { RecordSource } from './record-iterator.ts'
import { endOf, viewOf, writerOf, type Session } from './session.ts'

/**
 * An open log for packages that build on it, such as a checkpoint publisher: its storage, its runtime, and its calls as
 * procedures, which work alike in a `Log` and a `SynchronousLog`. What a call promises is said there.
 *
 * What a call changes is accepted when it is called, in the order of the calls, and not when its procedure is begun.
 */
export class LogProcedures {
  readonly #session: Session

  /** Use `log.procedures`. */
  constructor(session: Session) {
    this.#session = session
  }

  get storage(): LogStorage {
    return this.#session.settings.storage
  }

  get runtime(): Runtime {
    return this.#session.settings.runtime
  }

  /** Bytes that a reader of this log's files should read at a time. */
  get readBytes(): number {
    return this.#session.settings.readBytes
  }

  /** The 16 bytes that all files of the log share; undefined for a directory opened with `readOnly` that holds none. */
  get logId(): Uint8Array<ArrayBuffer> | undefined {
    return this.#session.view.segments.at(-1)?.header.logId.slice()
  }

  get firstSequence(): number {
    return this.#session.view.firstSequence
  }

  get lastSequence(): number {
    return this.#session.writer?.lastSequence ?? this.#session.view.visibleSequence('written')
  }

  get durableSequence(): number {
    return this.#session.view.visibleSequence('durable')
  }

  get checkpointList(): Uint8Array<ArrayBuffer> {
    return this.#session.view.checkpoints.slice()
  }

  /** @throws VarveError `READ_ONLY`, `POISONED`, `CLOSED` */
  checkWritable(): void {
    writerOf(this.#session).checkOpen()
  }

  /** Whether an append of a payload of so many bytes would now wait, or be refused: the queue is full. */
  isFull(payloadBytes: number): boolean {
    return writerOf(this.#session).isFull(payloadBytes)
  }

  /** Returns when everything accepted before is durable, in every mode. */
  sync(): Procedure<void> {
    const writer = writerOf(this.#session)
    return this.#until((resolve, reject) => { writer.fence(true, resolve, reject) })
  }

  /** Promises nothing below `before` any more. Staged at the call, so that changes keep the order of the calls. */
  archive(before: number): Procedure<void> {
    const { changes } = writerOf(this.#session)
    return this.#until((resolve, reject) => { changes.archive(before, resolve, reject) })
  }

  /** Removes what lies wholly below the floor; with `before`, raises it first, which is staged at the call. */
  reclaim(before?: number): Procedure<ReclaimReport> {
    const { changes } = writerOf(this.#session)
    const raised =
      before === undefined
        ? this.#until((resolve, reject) => { changes.settle(resolve, reject) })
        : this.archive(before)
    return removeArchived(this.#session, raised)
  }

  /** Keeps `list`, of 1 to 512 bytes, as the list of checkpoints. It is staged at the call. */
  recordCheckpoints(list: Uint8Array): Procedure<void> {
    const { changes } = writerOf(this.#session)
    return this.#until((resolve, reject) => { changes.recordCheckpoints(list, resolve, reject) })
  }

  /** Tells the observer of the log, if there is one, behind everything that the log has told it so far. */
  observe(event: OtherEvent): void {
    this.#session.observation?.tell(event)
  }

  /** The records of the range in runs; whoever takes one closes it, also after a failure. */
  read(range?: ReadRange): Pick<RecordSource, 'next' | 'close'> {
    const cursor = new Cursor(viewOf(this.#session), range)
    return {
      next: (): Procedure<readonly LogRecord[] | undefined> => nextRecords(cursor),
      close: (): Procedure<void> => cursor.close(),
    }
  }

  /** The durable bytes in pieces, as `Log.stream`. */
  stream(options?: StreamOptions): Following<readonly StreamChunk[]> {
    return followBytes(viewOf(this.#session), endOf(this.#session), options)
  }

  #until(register: Register): Procedure<void> {
    return until(this.runtime, register)
  }
}
