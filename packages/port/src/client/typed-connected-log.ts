import type { EntryCodec, VarveError } from '@varve/codec'
import type {
  AppendOptions,
  LogStats,
  ReadRange,
  ReclaimReport,
  RecordView,
  RecoveryReport,
  SegmentInfo,
  SequenceRange,
  TailOptions,
  TypedRecord,
} from '@varve/segments'
import { decoded, decodedEntry, TypedIterator } from '@varve/segments/typed'
import type { ConnectedLog } from './connected-log.ts'

/**
 * A {@link ConnectedLog} whose records are entries of one kind, turned into payloads and back on this side of the port,
 * as a `TypedLog` does. Checkpoints and recovery are of the log itself, in `log`.
 *
 * @example
 * const log = await connectLog(worker, { entry: jsonCodec<{ id: number }>() })
 * await log.append({ id: 1 })
 */
export class TypedConnectedLog<Entry> {
  /** The log itself, whose records are bytes. */
  readonly log: ConnectedLog
  readonly #codec: EntryCodec<Entry>

  /** Use `connectLog` with `entry`. */
  constructor(log: ConnectedLog, codec: EntryCodec<Entry>) {
    this.log = log
    this.#codec = codec
  }

  /** As `ConnectedLog.closed`. */
  get closed(): Promise<void> {
    return this.log.closed
  }

  /** As `ConnectedLog.recovery`. */
  get recovery(): RecoveryReport {
    return this.log.recovery
  }

  /** As `ConnectedLog.failed`. */
  get failed(): Promise<VarveError> {
    return this.log.failed
  }

  /** As `ConnectedLog.firstSequence`. */
  get firstSequence(): number {
    return this.log.firstSequence
  }

  /** As `ConnectedLog.lastSequence`. */
  get lastSequence(): number {
    return this.log.lastSequence
  }

  /** As `ConnectedLog.durableSequence`. */
  get durableSequence(): number {
    return this.log.durableSequence
  }

  /** Appends one entry, encoded before this returns; the rest is as `ConnectedLog.append`. */
  async append(entry: Entry, options?: AppendOptions): Promise<number> {
    const payload = this.#codec.encode(entry)
    // A codec may use its buffer again for the next entry, and a call that waits is not copied.
    return await this.log.append(this.log.isFull(payload.length) ? payload.slice() : payload, options)
  }

  /** Appends all entries or none, each with the type and timestamp of `options`. */
  async appendBatch(entries: readonly Entry[], options: AppendOptions = {}): Promise<SequenceRange> {
    const { signal, ...record } = options
    // A codec may use one buffer for all of them.
    const batch = entries.map((entry) => ({ ...record, payload: this.#codec.encode(entry).slice() }))
    return await this.log.appendBatch(batch, signal === undefined ? {} : { signal })
  }

  /** As `ConnectedLog.flush`. */
  flush(): Promise<void> {
    return this.log.flush()
  }

  /** As `ConnectedLog.sync`. */
  sync(): Promise<void> {
    return this.log.sync()
  }

  /** As `ConnectedLog.read`, with entries in place of payloads. */
  read(range?: ReadRange): AsyncIterableIterator<TypedRecord<Entry>> & AsyncDisposable {
    return new TypedIterator(this.log.read(range), this.#codec)
  }

  /** As `ConnectedLog.tail`, with entries in place of payloads. */
  tail(options?: TailOptions): AsyncIterableIterator<TypedRecord<Entry>> & AsyncDisposable {
    return new TypedIterator(this.log.tail(options), this.#codec)
  }

  /** Calls `visit` for every entry of the range; resolves with their number. */
  replay(visit: (entry: Entry, record: RecordView) => void, range?: ReadRange): Promise<number> {
    return this.log.replay((record) => {
      visit(decodedEntry(this.#codec, record), record)
    }, range)
  }

  /** As `ConnectedLog.get`. */
  async get(sequence: number): Promise<TypedRecord<Entry> | undefined> {
    const record = await this.log.get(sequence)
    return record && decoded(this.#codec, record)
  }

  /** As `ConnectedLog.stats`. */
  stats(): Promise<LogStats> {
    return this.log.stats()
  }

  /** As `ConnectedLog.segments`. */
  segments(): Promise<readonly SegmentInfo[]> {
    return this.log.segments()
  }

  /** As `ConnectedLog.archive`. */
  archive(before: number): Promise<void> {
    return this.log.archive(before)
  }

  /** As `ConnectedLog.reclaim`. */
  reclaim(before?: number): Promise<ReclaimReport> {
    return this.log.reclaim(before)
  }

  /** As `ConnectedLog.close`. */
  close(): Promise<void> {
    return this.log.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
