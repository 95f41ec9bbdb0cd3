import type { Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from '../read/cursor.ts'
import type { LogRecord, RecordView } from '../read/log-record.ts'
import { getRecord, nextRecords, replayRecords } from '../read/records.ts'
import { SnapshotView } from '../read/snapshot-view.ts'
import type { Visibility } from './options.ts'
import { RecordIterator } from './record-iterator.ts'
import { viewOf, type Session } from './session.ts'

/** What a snapshot shows. */
export interface SnapshotOptions {
  /** Default: as for `read`. */
  readonly visibility?: Visibility
}

/** Which records of a snapshot to read; both ends inclusive. Default: all of them. */
export type SnapshotRange = Pick<ReadRange, 'from' | 'to'>

/** What was visible of a log at one moment. */
class Frozen {
  protected readonly session: Session
  protected readonly view: SnapshotView

  /** Use `log.snapshot()`. */
  constructor(session: Session, { visibility }: SnapshotOptions = {}) {
    this.session = session
    this.view = new SnapshotView(viewOf(session), visibility)
  }

  /** Number of the oldest record, or of the first that there will be. */
  get firstSequence(): number {
    return this.view.firstSequence
  }

  /** Number of the last record; one less than the first when there is none. */
  get lastSequence(): number {
    return this.view.lastSequence
  }

  /** @throws VarveError `CLOSED`, of the log or of the snapshot. */
  protected open(): SnapshotView {
    viewOf(this.session)
    this.view.checkOpen()
    return this.view
  }
}

/**
 * What was visible of a log when `log.snapshot()` was called, whatever is appended, archived or reclaimed since. It
 * costs the writer nothing, and no memory. Until it is closed it holds its segments from being reclaimed, all of them:
 * close it.
 *
 * A log that was opened with `readOnly` holds nothing: what its writer reclaims is `RECLAIMED` in a snapshot as well.
 */
export class Snapshot extends Frozen {
  /** The records of the range, in order. An iterator that was begun goes on when the snapshot is closed. */
  read(range?: SnapshotRange): AsyncIterableIterator<LogRecord> & AsyncDisposable {
    const cursor = new Cursor(this.open(), range)
    const next = (): Procedure<readonly LogRecord[] | undefined> => nextRecords(cursor)
    const close = (): Procedure<void> => cursor.close()
    return new RecordIterator(this.view.runtime, { next, close, giveUp: () => undefined })
  }

  /** As `Log.replay`. */
  async replay(visit: (record: RecordView) => void, range?: SnapshotRange): Promise<number> {
    return await this.view.runtime.run(replayRecords(this.open(), visit, range))
  }

  /** One record; undefined when it came later. Older than the snapshot: `RECLAIMED`. */
  async get(sequence: number): Promise<LogRecord | undefined> {
    return await this.view.runtime.run(getRecord(this.open(), sequence))
  }

  /** Gives the segments up. May be called again, also when the log is closed. */
  close(): Promise<void> {
    this.view.close()
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** A {@link Snapshot} of a `SynchronousLog`. */
export class SynchronousSnapshot extends Frozen {
  /** The records of the range, in order. */
  *readSync(range?: SnapshotRange): Generator<LogRecord, void, undefined> {
    const cursor = new Cursor(this.open(), range)
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

  /** As `SynchronousLog.replaySync`. */
  replaySync(visit: (record: RecordView) => void, range?: SnapshotRange): number {
    return this.#run(replayRecords(this.open(), visit, range))
  }

  /** One record; undefined when it came later. Older than the snapshot: `RECLAIMED`. */
  getSync(sequence: number): LogRecord | undefined {
    return this.#run(getRecord(this.open(), sequence))
  }

  /** Gives the segments up. May be called again, also when the log is closed. */
  closeSync(): void {
    this.view.close()
  }

  [Symbol.dispose](): void {
    this.closeSync()
  }

  #run<T>(procedure: Procedure<T>): T {
    return this.view.runtime.run(procedure) as T
  }
}
