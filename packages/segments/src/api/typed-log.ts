import type { EntryCodec, VarveError } from '@varve/codec'
import type { ReadRange } from '../read/cursor.ts'
import type { TailOptions } from '../read/tail-options.ts'
import type { RecordView } from '../read/log-record.ts'
import type { RecoveryReport } from '../recover/report.ts'
import type { SegmentInfo } from '../segment.ts'
import type { AppendOptions, RecordOptions, SequenceRange } from '../write/entry.ts'
import type { ReclaimReport } from '../write/retention.ts'
import type { Log } from './log.ts'
import type { LogProcedures } from './procedures.ts'
import type { LogStats } from './session.ts'
import { TypedIterator } from './typed-iterator.ts'
import { decoded, decodedEntry, encodedBatch, type TypedRecord } from './typed-record.ts'

/**
 * A log whose records are entries of one kind, turned into payloads and back by a codec. Everything else is as in the
 * {@link Log} that it stands on.
 *
 * A codec that throws on `encode` leaves the log untouched, and its error reaches the caller as it is. One that throws
 * on `decode` ends the read with `INVALID_ARGUMENT`, whose context names the record and the codec and whose cause is
 * what it threw; the log goes on.
 *
 * @example
 * const log = await openLog({ storage, entry: jsonCodec<{ id: number }>() })
 * await log.append({ id: 1 })
 * for await (const { entry } of log.read()) console.log(entry.id)
 */
export class TypedLog<Entry> {
  /** The log itself, whose records are bytes. */
  readonly log: Log
  readonly #codec: EntryCodec<Entry>

  /** Use `openLog` with `entry`. */
  constructor(log: Log, codec: EntryCodec<Entry>) {
    this.log = log
    this.#codec = codec
  }

  /** As `Log.recovery`. */
  get recovery(): RecoveryReport {
    return this.log.recovery
  }

  /** As `Log.failed`. */
  get failed(): Promise<VarveError> {
    return this.log.failed
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

  /** Appends one entry, encoded before this returns; the rest is as `Log.append`. */
  async append(entry: Entry, options?: AppendOptions): Promise<number> {
    const payload = this.#codec.encode(entry)
    // A codec may use its buffer again for the next entry, and a call that waits is not copied by the log.
    const mayWait = this.log.procedures.isFull(payload.length)
    return await this.log.append(mayWait ? payload.slice() : payload, options)
  }

  /** Appends all entries or none, each with the type and timestamp of `options`; the rest is as `Log.appendBatch`. */
  async appendBatch(entries: readonly Entry[], options?: AppendOptions): Promise<SequenceRange> {
    return await this.log.appendBatch(encodedBatch(this.#codec, entries, options), options)
  }

  /** As `Log.enqueue`. */
  enqueue(entry: Entry, options?: RecordOptions): number {
    return this.log.enqueue(this.#codec.encode(entry), options)
  }

  /** As `Log.flush`. */
  flush(): Promise<void> {
    return this.log.flush()
  }

  /** As `Log.sync`. */
  sync(): Promise<void> {
    return this.log.sync()
  }

  /** As `Log.read`, with entries in place of payloads. */
  read(range?: ReadRange): AsyncIterableIterator<TypedRecord<Entry>> & AsyncDisposable {
    return new TypedIterator(this.log.read(range), this.#codec)
  }

  /** As `Log.tail`, with entries in place of payloads. */
  tail(options?: TailOptions): AsyncIterableIterator<TypedRecord<Entry>> & AsyncDisposable {
    return new TypedIterator(this.log.tail(options), this.#codec)
  }

  /** Calls `visit` for every entry of the range; resolves with their number. `record` is valid during the call. */
  replay(visit: (entry: Entry, record: RecordView) => void, range?: ReadRange): Promise<number> {
    return this.log.replay((record) => { visit(decodedEntry(this.#codec, record), record) }, range)
  }

  /** As `Log.get`. */
  async get(sequence: number): Promise<TypedRecord<Entry> | undefined> {
    const record = await this.log.get(sequence)
    return record && decoded(this.#codec, record)
  }

  /** As `Log.archive`. */
  archive(before: number): Promise<void> {
    return this.log.archive(before)
  }

  /** As `Log.reclaim`. */
  reclaim(before?: number): Promise<ReclaimReport> {
    return this.log.reclaim(before)
  }

  /** As `Log.stats`. */
  stats(): LogStats {
    return this.log.stats()
  }

  /** As `Log.close`. */
  close(): Promise<void> {
    return this.log.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
