import type {
  CheckpointRecovery,
  CheckpointState,
  KeptCheckpoint,
  PublishReport,
  RecoverOptions,
} from '@varve/checkpoint'
import type { VarveError } from '@varve/codec'
import type {
  AppendOptions,
  BatchEntry,
  LogRecord,
  LogStats,
  ReadRange,
  ReclaimReport,
  RecordView,
  RecoveryReport,
  SegmentInfo,
  SequenceRange,
  TailOptions,
  WaitOptions,
} from '@varve/segments'
import {
  batchOf,
  checkpointsOf,
  nothingOf,
  publishOf,
  reclaimOf,
  recoveredOf,
  segmentsOf,
  statsOf,
} from './answers.ts'
import { numberOf, plainOptions } from './arguments.ts'
import type { Line } from './line.ts'
import { RecordStream } from './record-stream.ts'

type Records = AsyncIterableIterator<LogRecord> & AsyncDisposable

/** What is said of a checkpoint that is published through a port. */
export interface ConnectedCheckpointOptions {
  /**
   * The state is that of all records through this one; 0 is the state before the first. There is no default: the log's
   * last record may be another client's, which the state does not know.
   */
  readonly sequence: number
  /** How many checkpoints are kept, from 1 to 31. Default 2. */
  readonly keep?: number
}

/**
 * A log on the other side of a port: what `Log` has, with the same meaning, the same order and the same errors. Records
 * get their numbers in the order of the calls on one client; those of several clients of one log are mixed.
 *
 * When the connection is lost, everything in flight is rejected: what changes the log with `POISONED`, for the outcome
 * is unknown; what reads it with `CLOSED`. Later calls are `CLOSED`, and nothing of them was sent. Connect again.
 *
 * There is no `enqueue`, which returns a number at once: it is not known on this side.
 */
export class ConnectedLog {
  /** What opening found and did, on the other side. */
  readonly recovery: RecoveryReport
  /** Resolves with the cause when the log is poisoned, or when the connection is lost. */
  readonly failed: Promise<VarveError>
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>
  readonly #line: Line
  readonly #batchBytes: number

  /** Use `connectLog`. */
  constructor(line: Line, recovery: RecoveryReport, batchBytes: number) {
    this.#line = line
    this.recovery = recovery
    this.failed = line.failed
    this.closed = line.ended
    this.#batchBytes = batchBytes
  }

  /** Number of the oldest record that can be read, as the other side last said: with every answer it does. */
  get firstSequence(): number {
    return this.#line.sequences[0]!
  }

  /** Number of the last record that was accepted, whoever appended it, as the other side last said. */
  get lastSequence(): number {
    return this.#line.sequences[1]!
  }

  /** Number of the last record that a successful sync covers, as the other side last said. */
  get durableSequence(): number {
    return this.#line.sequences[2]!
  }

  /** Whether an append of so many bytes would now wait for room in the window, or be refused. */
  isFull(payloadBytes: number): boolean {
    return this.#line.isFull(payloadBytes)
  }

  /**
   * Appends one record and resolves with its number when it is as safe as the log's durability says. The payload is
   * copied before this returns, unless the window is full: then the call waits for its turn, first come, first served,
   * and the payload must be left alone until the promise has settled. One that was changed is `INVALID_ARGUMENT`.
   *
   * @throws VarveError (as a rejection) as `Log.append`. `CLOSED`: nothing was sent. `POISONED`: the connection was
   * lost, or the log has failed; whether the record is there is unknown.
   */
  append(payload: Uint8Array, options?: AppendOptions): Promise<number> {
    return this.#line.append(payload, options)
  }

  /** Appends all records or none, whatever happens, and resolves as {@link append} does. Limited to one segment. */
  appendBatch(entries: readonly (BatchEntry | Uint8Array)[], options?: WaitOptions): Promise<SequenceRange> {
    return this.#line.appendBatch(entries, options?.signal)
  }

  /** Resolves when everything this client called before is with the operating system: it survives `kill -9`. */
  flush(): Promise<void> {
    return this.#line.write('flush', {}, nothingOf)
  }

  /** Resolves when everything this client called before is durable, in every mode. */
  sync(): Promise<void> {
    return this.#line.write('sync', {}, nothingOf)
  }

  /**
   * The records of the range, in order, as `Log.read`. What that throws at once, the first `next` rejects with. Records
   * come in batches, one ahead; their payloads may share the buffer of a message. One that is not read to its end must
   * be given up (`break`, `return()`).
   */
  read(range: ReadRange = {}): Records {
    return this.#stream('read', range, ['from', 'to', 'visibility'], undefined)
  }

  /**
   * The records from `from` on, and then each one as it becomes visible, as `Log.tail`. What comes next is fixed when
   * the call gets to the other side, before any later call of this client. A slow reader holds up nobody: nothing is
   * sent that it has not asked for. When this client is closed it ends; when the connection is lost it throws `CLOSED`.
   */
  tail(options: TailOptions = {}): Records {
    return this.#stream('tail', options, ['from', 'visibility', 'pollMs'], options.signal)
  }

  /**
   * Calls `visit` for every record of the range; resolves with their number. What `visit` gets is valid during the
   * call. If `visit` throws, the replay rejects with that.
   */
  async replay(visit: (record: RecordView) => void, range?: ReadRange): Promise<number> {
    let records = 0
    for await (const { sequence, timestamp, type, payload } of this.read(range)) {
      visit({ sequence, timestamp, type, payload, payloadBytes: payload.length })
      records += 1
    }
    return records
  }

  /** One record; undefined when there is none of that number yet. Below the floor: `RECLAIMED`. */
  async get(sequence: number): Promise<LogRecord | undefined> {
    const { records } = await this.#line.read('get', { sequence: numberOf('sequence', sequence) }, batchOf)
    return records[0]
  }

  /** As `Log.stats`. */
  stats(): Promise<LogStats> {
    return this.#line.read('stats', {}, statsOf)
  }

  /** The segments, oldest first, the active one last; without the sparse index of that one. */
  segments(): Promise<readonly SegmentInfo[]> {
    return this.#line.read('segments', {}, segmentsOf)
  }

  /** As `Log.archive`. */
  async archive(before: number): Promise<void> {
    await this.#line.write('archive', { before: numberOf('before', before) }, nothingOf)
  }

  /** As `Log.reclaim`. */
  async reclaim(before?: number): Promise<ReclaimReport> {
    const args = before === undefined ? {} : { before: numberOf('before', before) }
    return await this.#line.write('reclaim', args, reclaimOf)
  }

  /**
   * Publishes `state` as the checkpoint of all records through `sequence`, as a publisher of `@varve/checkpoint` does.
   * The state goes over in chunks, each when the one before has been written. What it throws, the call rejects with.
   */
  async checkpoint(state: CheckpointState, options: ConnectedCheckpointOptions): Promise<PublishReport> {
    const { sequence, keep } = options
    const asked = { sequence: numberOf('sequence', sequence), keep: keep && numberOf('keep', keep) }
    return await this.#line.states.offer(state, (of) => this.#line.write('checkpoint', { of, ...asked }, publishOf))
  }

  /** What the log keeps, durably, newest first. */
  checkpoints(): Promise<readonly KeptCheckpoint[]> {
    return this.#line.read('checkpoints', {}, checkpointsOf)
  }

  /**
   * Makes the state of the log on this side: restores its newest checkpoint that is whole, and applies every record
   * behind it, as `recover` of `@varve/checkpoint`. What `restore` and `apply` throw, the call rejects with.
   */
  recover(options: RecoverOptions): Promise<CheckpointRecovery> {
    return this.#line.restorings.run(options, (of) => this.#line.read('recover', { of }, recoveredOf))
  }

  /**
   * Ends the connection when everything that was called before has come to its end. The log stays open, unless it is
   * served with `ownsLog`: then this closes it and gives its lock back. May be called again.
   */
  close(): Promise<void> {
    return this.#line.closed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #stream(kind: 'read' | 'tail', options: object, names: readonly string[], signal: TailOptions['signal']): Records {
    const request = { kind, options: plainOptions(options, names), signal, batchBytes: this.#batchBytes }
    return new RecordStream(this.#line, request)
  }
}
