import { frameBytes, VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { Pulse } from '../read/pulse.ts'
import { CommitLoop } from './commit-loop.ts'
import { checkBatch, checkEntry, type AppendOptions, type BatchEntry, type SequenceRange } from './entry.ts'
import type { Metrics, WriterStats } from './metrics.ts'
import type { Sink } from './sink.ts'
import type { Staging } from './staging.ts'
import { checkCheckpointList, checkFloor, type Control } from './state-book.ts'
import { Waiters } from './waiters.ts'

/** What a writer is made of. */
export interface WriterParts {
  readonly settings: LogSettings
  readonly staging: Staging
  readonly sink: Sink
  readonly metrics: Metrics
  readonly lock: StorageLock
  /** Work beside the commits that has to end before the lock is given back. */
  readonly beside?: { settle(): Procedure<void> }
}

type Resolve = (sequence: number) => void
type Reject = (error: unknown) => void

/**
 * The writing half of a log: takes records, tells those who wait, and turns the first failure into the end.
 *
 * A failure is final because its outcome is unknown: the bytes may or may not be there, and a sync that is tried
 * again may succeed without having written them. Only recovery, which reads what is there, can tell.
 */
export class Writer {
  readonly settings: LogSettings
  /** The first failure; after it nothing is written any more. */
  failure: VarveError | undefined
  /** Told when more may be visible, or never will be. */
  readonly moved: Pulse
  readonly #staging: Staging
  readonly #sink: Sink
  readonly #metrics: Metrics
  readonly #lock: StorageLock
  readonly #beside: WriterParts['beside']
  readonly #loop: CommitLoop
  readonly #written: Waiters = new Waiters()
  readonly #durable: Waiters = new Waiters()
  /** By the numbers of the changes. */
  readonly #changes: Waiters = new Waiters()
  #closing = false
  /** Number of the last record whose failure nobody would hear of. */
  #unawaited = 0
  #onFailure: ((cause: VarveError) => void)[] = []

  constructor(parts: WriterParts) {
    const { settings, staging, sink, metrics, lock, beside } = parts
    this.settings = settings
    this.moved = new Pulse(settings.runtime)
    this.#staging = staging
    this.#sink = sink
    this.#metrics = metrics
    this.#lock = lock
    this.#beside = beside
    this.#loop = new CommitLoop(settings, staging, sink, metrics, {
      begins: () => { this.moved.begin() },
      progressed: () => { this.#tellWaiters() },
      failed: (cause) => { this.poison(cause) },
    })
  }

  /** Number of the last record that was accepted. */
  get lastSequence(): number {
    return this.#staging.lastSequence
  }

  stats(): WriterStats {
    return this.#metrics.stats(this.#staging)
  }

  /** Takes one record, copies its payload, returns its number. `mayWait` takes it even into a full queue. */
  stage(payload: Uint8Array, options: AppendOptions | undefined, mayWait: boolean): number {
    this.checkOpen()
    const { lastTimestamp } = this.#staging
    const entry = checkEntry(payload, options, lastTimestamp, this.settings.maxRecordBytes)
    this.#checkRoom(frameBytes(payload.length), mayWait)
    this.#loop.noteArrival()
    return this.#staging.stage(entry)
  }

  /** Takes a batch: all of it, or nothing and an error. */
  stageBatch(batch: readonly (BatchEntry | Uint8Array)[], mayWait: boolean): SequenceRange {
    this.checkOpen()
    const { entries, bytes } = checkBatch(batch, this.#staging.lastTimestamp, this.settings.maxRecordBytes)
    this.#checkRoom(bytes, mayWait)
    this.#loop.noteArrival()
    const first = this.#staging.lastSequence + 1
    this.#staging.stageBatch(entries, bytes)
    return { first, last: this.#staging.lastSequence }
  }

  /** Promises nothing below `before` any more. Returns the change to wait for, which may be an earlier one. */
  archive(before: number): number {
    this.checkOpen()
    checkFloor(before, this.lastSequence)
    const { book } = this.#staging
    return before > book.staged.floor ? this.#stageChange(book.raiseFloor(before)) : book.stagedChanges
  }

  /** States the present floor, and what belongs to it, once more. Returns the change to wait for. */
  restateFloor(): number {
    this.checkOpen()
    const { book } = this.#staging
    return this.#stageChange(book.raiseFloor(book.staged.floor))
  }

  /** Keeps another list of checkpoints. Returns the change to wait for. */
  recordCheckpoints(list: Uint8Array): number {
    this.checkOpen()
    checkCheckpointList(list)
    return this.#stageChange(this.#staging.book.keepCheckpoints(list))
  }

  /** The last change that was accepted. */
  get lastChange(): number {
    return this.#staging.book.stagedChanges
  }

  /** Whether `change` is durable. */
  hasMade(change: number): boolean {
    return change <= this.#staging.book.durableChanges
  }

  /** Calls one of the two when the change is durable. */
  onChanged(change: number, resolve: Resolve, reject: Reject): void {
    this.#await(this.#changes, this.#staging.book.durableChanges, change, resolve, reject)
  }

  /** Notes that nobody waits for the records up to `sequence`: if they are lost, `close` must say so. */
  noteUnawaited(sequence: number): void {
    this.#unawaited = sequence
  }

  /** Calls one of the two when the record has got as far as the mode of the log acknowledges. */
  onAcknowledged(sequence: number, resolve: Resolve, reject: Reject): void {
    if (this.settings.durability === 'async') this.onWritten(sequence, resolve, reject)
    else this.onDurable(sequence, resolve, reject)
  }

  onWritten(sequence: number, resolve: Resolve, reject: Reject): void {
    this.#await(this.#written, this.#sink.writtenSequence, sequence, resolve, reject)
  }

  onDurable(sequence: number, resolve: Resolve, reject: Reject): void {
    this.#await(this.#durable, this.#sink.durableSequence, sequence, resolve, reject)
  }

  /** Starts a commit soon. */
  kick(): void {
    this.#loop.kick()
  }

  /** Starts a commit soon, without waiting for company; `durably` in every mode. */
  hurry(durably: boolean): void {
    this.#loop.hurry(durably)
  }

  /** Commits everything staged, within this procedure. Throws `POISONED` if that fails. */
  *settle(durably: boolean): Procedure<void> {
    this.checkOpen()
    yield* this.#loop.settle(durably)
    this.#checkAlive()
  }

  /** Ends the log's life. Everything pending is rejected; what is under way comes to its end by itself. */
  poison(cause: unknown): void {
    if (this.failure !== undefined) return
    const reason = cause instanceof Error ? cause.message : String(cause)
    this.failure = new VarveError(
      'POISONED',
      `an earlier operation failed, so the outcome of what was pending is unknown (${reason}); close the log and ` +
        'open it again: recovery finds out what is there',
      {},
      cause,
    )
    this.#loop.halt()
    this.#written.failed(this.failure)
    this.#durable.failed(this.failure)
    this.#changes.failed(this.failure)
    this.moved.end()
    for (const listener of this.#onFailure) listener(this.failure)
  }

  /** Calls `listener` when the log is poisoned. */
  onFailure(listener: (cause: VarveError) => void): void {
    if (this.failure !== undefined) listener(this.failure)
    else this.#onFailure.push(listener)
  }

  /**
   * Takes no more records, commits what was taken, writes CLOSE, gives the lock back. The lock is given back whatever
   * fails, but not before all I/O has come to its end. Throws the failure if records that nobody awaited were lost.
   */
  *close(): Procedure<void> {
    this.#closing = true
    yield* this.#loop.stop()
    if (this.failure === undefined) yield* this.#guard(this.#shutDown())
    yield* this.#guard(this.#sink.dispose())
    if (this.#beside !== undefined) yield* this.#beside.settle()
    yield* io('release the lock', () => this.#lock.release())
    if (this.failure !== undefined && this.#unawaited > this.#sink.durableSequence) throw this.failure
  }

  /** @throws VarveError `POISONED` or `CLOSED` */
  checkOpen(): void {
    this.#checkAlive()
    if (this.#closing) throw new VarveError('CLOSED', 'the log was closed; open it again')
  }

  /** CLOSE says that everything before it was durable when it was written, so that comes first. */
  *#shutDown(): Procedure<void> {
    yield* this.#sink.commit(true)
    this.#tellWaiters()
    yield* this.#sink.shutDown()
  }

  #checkAlive(): void {
    if (this.failure !== undefined) throw this.failure
  }

  #checkRoom(bytes: number, mayWait: boolean): void {
    const refusal = this.#sink.refusal(bytes)
    if (refusal !== undefined) throw refusal
    const { queue } = this.settings
    if ((mayWait && queue.onFull === 'wait') || !this.#staging.isFull(bytes)) return
    const { queuedBytes, queuedRecords } = this.#staging
    throw new VarveError(
      'BACKPRESSURE',
      `${queuedRecords} records (${queuedBytes} bytes) wait to be written; wait for their acknowledgements or call ` +
        'flush(), then try again; nothing was staged',
      { queuedBytes, queuedRecords, maxBytes: queue.maxBytes },
    )
  }

  #tellWaiters(): void {
    this.#written.reached(this.#sink.writtenSequence)
    this.#durable.reached(this.#sink.durableSequence)
    this.#changes.reached(this.#staging.book.durableChanges)
    this.moved.tell()
  }

  #stageChange(controls: readonly Control[]): number {
    this.#loop.noteArrival()
    this.#staging.stageControls(controls)
    return this.lastChange
  }

  #await(waiters: Waiters, reached: number, sequence: number, resolve: Resolve, reject: Reject): void {
    if (sequence <= reached) resolve(sequence)
    else waiters.add(sequence, resolve, reject)
  }

  /** Runs a step; what it throws poisons the log. */
  *#guard(step: Procedure<void>): Procedure<void> {
    try {
      yield* step
    } catch (cause) {
      this.poison(cause)
    }
  }
}
