import { asynchronousRuntime, io, type Procedure, type StorageLock } from '@varve/storage'
import { Log } from './log.ts'
import { poisonWhenLost, type Session } from './session.ts'
import type { ReadRange } from '../read/cursor.ts'
import type { LogRecord, RecordView } from '../read/log-record.ts'
import type { RecoveryReport } from '../recover/report.ts'
import type { AppendOptions, BatchEntry, SequenceRange, WaitOptions } from '../write/entry.ts'
import { Metrics } from '../write/metrics.ts'
import { Staging } from '../write/staging.ts'
import { Writer } from '../write/writer.ts'
import { FileSink } from '../record-file/file-sink.ts'
import { FileView } from '../record-file/file-view.ts'
import { openFile } from '../record-file/open-record-file.ts'
import { settleRecordFile, type RecordFileOptions, type RecordFileSettings } from '../record-file/options.ts'

/**
 * One append-only file of records, for those who want no segments: a log that never rotates and never gives space
 * back. It keeps the promises of a log but one: see {@link openRecordFile} for how it goes on behind a torn tail.
 */
export class RecordFile {
  /** What opening found and did. */
  readonly recovery: RecoveryReport
  readonly #log: Log

  /** Use {@link openRecordFile}. */
  constructor(log: Log) {
    this.#log = log
    this.recovery = log.recovery
  }

  /** Number of the last record that was accepted; when there never was one, the one before the first: usually 0. */
  get lastSequence(): number {
    return this.#log.lastSequence
  }

  /** Number of the last record that a successful sync covers. */
  get durableSequence(): number {
    return this.#log.durableSequence
  }

  /** As `Log.append`; `NO_SPACE` when the file is full. */
  append(payload: Uint8Array, options?: AppendOptions): Promise<number> {
    return this.#log.append(payload, options)
  }

  /** Appends all records or none, whatever happens. */
  appendBatch(entries: readonly (BatchEntry | Uint8Array)[], options?: WaitOptions): Promise<SequenceRange> {
    return this.#log.appendBatch(entries, options)
  }

  /** Resolves when everything accepted before this call is durable, in every mode. */
  sync(): Promise<void> {
    return this.#log.sync()
  }

  /** The records of the range, in order. */
  read(range?: ReadRange): AsyncIterableIterator<LogRecord> & AsyncDisposable {
    return this.#log.read(range)
  }

  /** Calls `visit` for every record of the range, without allocating; resolves with their number. */
  replay(visit: (record: RecordView) => void, range?: ReadRange): Promise<number> {
    return this.#log.replay(visit, range)
  }

  /** Commits what was accepted and marks the file as cleanly shut down. May be called again. */
  close(): Promise<void> {
    return this.#log.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/**
 * Opens a record file for appending, or begins one.
 *
 * One file cannot hand over to a next one. Behind a torn tail a file of at most `rewriteBytesMax` is written anew and
 * takes the old one's name; a larger one is cut in place, which is weaker: its records keep their salt, and a device
 * that damages blocks while rewriting them may damage acknowledged records.
 *
 * @throws VarveError (as a rejection) `LOCKED`, `CORRUPT`, `TORN_TAIL`, `NOT_A_LOG`, `UNSUPPORTED_FORMAT`,
 * `INVALID_ARGUMENT`, `IO`, `NO_SPACE`
 */
export async function openRecordFile(options: RecordFileOptions): Promise<RecordFile> {
  const settings = settleRecordFile(options, options.runtime ?? asynchronousRuntime())
  return new RecordFile(new Log(await settings.runtime.run(openFileSession(settings))))
}

function* openFileSession(settings: RecordFileSettings): Procedure<Session> {
  const lock = settings.lock ? yield* io('take the lock', () => settings.storage.lock()) : unlocked
  try {
    const { writer: file, report } = yield* openFile(settings, lock)
    const staging = new Staging(settings, file.lastSequence, file.lastTimestamp)
    const metrics = new Metrics(settings.runtime)
    const sink = new FileSink(file, settings, staging, metrics)
    const writer = new Writer({ settings, staging, sink, metrics, lock })
    poisonWhenLost(writer, lock)
    const view = new FileView(settings, sink, writer.moved)
    const none = { retention: undefined, observation: undefined, feeds: undefined }
    return { settings, view, recovery: report, writer, ...none, isClosed: false, isOver: false }
  } catch (error) {
    yield* io('release the lock', () => lock.release())
    throw error
  }
}

/** For a file whose storage the caller has locked. */
const unlocked: StorageLock = { holder: 'the caller', generation: 1, release: () => undefined }
