import type { Gate, LogStorage, Procedure, Runtime } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import { nextRecords, type LogRecord } from '../read/records.ts'
import type { ReclaimReport, Retention } from '../write/retention.ts'
import type { Writer } from '../write/writer.ts'
import type { RecordSource } from './record-iterator.ts'
import { retentionOf, viewOf, writerOf, type Session } from './session.ts'

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

  /** Returns when everything accepted before is durable, in every mode. */
  sync(): Procedure<void> {
    const writer = writerOf(this.#session)
    writer.checkOpen()
    const { lastSequence } = writer
    return this.#until((resolve, reject) => {
      writer.onDurable(lastSequence, resolve, reject)
      writer.hurry(true)
    })
  }

  /** Promises nothing below `before` any more. */
  archive(before: number): Procedure<void> {
    const writer = writerOf(this.#session)
    return this.#changed(writer, writer.archive(before))
  }

  /** Removes what lies wholly below the floor; with `before`, raises it first. */
  reclaim(before?: number): Procedure<ReclaimReport> {
    const retention = retentionOf(this.#session)
    const writer = writerOf(this.#session)
    const changed = this.#changed(writer, before === undefined ? writer.lastChange : writer.archive(before))
    return this.#reclaimBehind(changed, retention, writer)
  }

  *#reclaimBehind(changed: Procedure<void>, retention: Retention, writer: Writer): Procedure<ReclaimReport> {
    yield* changed
    if (retention.needsRestating) yield* this.#changed(writer, writer.restateFloor())
    return yield* retention.reclaim(() => { writer.checkOpen() })
  }

  /** Keeps `list`, of 1 to 512 bytes, as the list of checkpoints. */
  recordCheckpoints(list: Uint8Array): Procedure<void> {
    const writer = writerOf(this.#session)
    return this.#changed(writer, writer.recordCheckpoints(list))
  }

  /** The records of the range in runs; whoever takes one closes it, also after a failure. */
  read(range?: ReadRange): Pick<RecordSource, 'next' | 'close'> {
    const cursor = new Cursor(viewOf(this.#session), range)
    return {
      next: (): Procedure<readonly LogRecord[] | undefined> => nextRecords(cursor),
      close: (): Procedure<void> => cursor.close(),
    }
  }

  /** Returns when the change is durable. */
  #changed(writer: Writer, change: number): Procedure<void> {
    return this.#until((resolve, reject) => {
      writer.onChanged(change, resolve, reject)
      writer.kick()
    })
  }

  /** Registers at once, for a failure is told once. Waits until one of the two is called; throws what the second is. */
  #until(register: (resolve: () => void, reject: (error: unknown) => void) => void): Procedure<void> {
    const gate = this.runtime.gate()
    const failures: unknown[] = []
    const reject = (error: unknown): void => {
      failures.push(error)
      gate.open()
    }
    register(() => { gate.open() }, reject)
    return passed(gate, failures)
  }
}

function* passed(gate: Gate, failures: readonly unknown[]): Procedure<void> {
  yield* gate.wait()
  if (failures.length > 0) throw failures[0]
}
