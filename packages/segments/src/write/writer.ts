import { frameBytes, VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { Pulse } from '../read/pulse.ts'
import { CommitLoop } from './commit-loop.ts'
import { Admission } from './admission.ts'
import { checkNotAborted, entryOf, type AppendOptions, type BatchEntry, type RecordOptions } from './entry.ts'
import type { SequenceRange, WaitOptions } from './entry.ts'
import { Intake } from './intake.ts'
import type { Metrics, WriterStats } from './metrics.ts'
import type { Sink } from './sink.ts'
import type { Staging } from './staging.ts'
import { StateChanges } from './state-changes.ts'
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
  readonly changes: StateChanges
  readonly #staging: Staging
  readonly #sink: Sink
  readonly #metrics: Metrics
  readonly #lock: StorageLock
  readonly #beside: WriterParts['beside']
  readonly #loop: CommitLoop
  readonly #admission: Admission
  readonly #intake: Intake
  readonly #written: Waiters = new Waiters()
  readonly #durable: Waiters = new Waiters()
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
    this.#admission = new Admission(settings, staging, this.#loop, metrics)
    const checkOpen = (): void => { this.checkOpen() }
    // A log that is being closed still lets in those who wait; a synchronous one has none, and may be closed within.
    const checkAlive = (): void => { this.#checkAlive() }
    const checkMeanwhile = settings.runtime.kind === 'synchronous' ? checkOpen : checkAlive
    this.#intake = new Intake(settings, staging, sink, this.#loop, this.#admission, checkMeanwhile)
    this.changes = new StateChanges(staging, this.#loop, this.#admission, metrics, checkOpen)
  }

  /** Number of the last record that was accepted. */
  get lastSequence(): number {
    return this.#staging.lastSequence
  }

  stats(): WriterStats {
    return this.#metrics.stats(this.#staging, this.#admission)
  }

  /** Whether a payload of so many bytes could not be staged now: its call would wait, or be refused. */
  isFull(payloadBytes: number): boolean {
    return this.#admission.isFull(frameBytes(payloadBytes))
  }

  /**
   * Takes one record, copies its payload, returns its number. When the queue is full, `commit` makes room; without it,
   * or in a log that refuses, `BACKPRESSURE` is thrown.
   */
  stage(payload: Uint8Array, options: RecordOptions | undefined, commit?: () => void): number {
    this.checkOpen()
    this.#intake.check(payload, options)
    const bytes = frameBytes(payload.length)
    if (this.#admission.isFull(bytes)) {
      this.#makeRoom(bytes, commit)
      this.#intake.check(payload, options)
    }
    return this.#intake.stage(payload, options)
  }

  /** As {@link stage}, for a batch: all of it, or nothing and an error. */
  stageBatch(batch: readonly (BatchEntry | Uint8Array)[], commit: () => void): SequenceRange {
    this.checkOpen()
    let checked = this.#intake.checkBatch(batch)
    if (this.#admission.isFull(checked.bytes)) {
      this.#makeRoom(checked.bytes, commit)
      checked = this.#intake.checkBatch(batch)
    }
    return this.#intake.stageBatch(checked)
  }

  /** Takes one record, at once or when its turn comes, and calls one of the two when it is acknowledged or lost. */
  append(payload: Uint8Array, options: AppendOptions | undefined, resolve: Resolve, reject: Reject): void {
    this.checkOpen()
    this.#intake.check(payload, options)
    checkNotAborted(options)
    if (this.#admission.isFull(frameBytes(payload.length))) this.#appendLater(payload, options, resolve, reject)
    else this.#acknowledge(this.#intake.stage(payload, options), resolve, reject)
  }

  /** As {@link append}, for a batch. */
  appendBatch(
    batch: readonly (BatchEntry | Uint8Array)[],
    options: WaitOptions | undefined,
    resolve: (range: SequenceRange) => void,
    reject: Reject,
  ): void {
    this.checkOpen()
    const checked = this.#intake.checkBatch(batch)
    checkNotAborted(options)
    const admit = (): void => {
      const range = this.#intake.stageBatch(checked)
      this.#acknowledge(range.last, () => { resolve(range) }, reject)
    }
    if (this.#admission.isFull(checked.bytes)) this.#intake.wait(checked, options, admit, reject)
    else admit()
  }

  /**
   * Calls one of the two when everything that was accepted before, calls that wait included, is written; with
   * `durably`, when it is durable, whatever the mode.
   */
  fence(durably: boolean, resolve: Resolve, reject: Reject): void {
    this.checkOpen()
    const admit = (): void => {
      const { lastSequence } = this
      if (durably) this.onDurable(lastSequence, resolve, reject)
      else this.onWritten(lastSequence, resolve, reject)
      this.#loop.hurry(durably)
    }
    if (this.#admission.waitingCalls === 0) admit()
    else this.#admission.wait({ bytes: 0, admit, reject })
  }

  /** Notes that nobody waits for the records up to `sequence`: if they are lost, `close` must say so. */
  noteUnawaited(sequence: number): void {
    this.#unawaited = sequence
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
    this.changes.failed(this.failure)
    this.#admission.failed(this.failure)
    this.#metrics.observation?.tell({ kind: 'failed', error: this.failure })
    this.moved.end()
    for (const listener of this.#onFailure) listener(this.failure)
  }

  /** Calls `listener` when the log is poisoned. */
  onFailure(listener: (cause: VarveError) => void): void {
    if (this.failure !== undefined) listener(this.failure)
    else this.#onFailure.push(listener)
  }

  /**
   * Takes no more calls, commits what was taken and what waits, writes CLOSE, gives the lock back. The lock is given
   * back whatever fails, but not before all I/O has come to its end. Throws the failure if records that nobody awaited
   * were lost.
   */
  *close(): Procedure<void> {
    this.#closing = true
    yield* this.#admission.drain()
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

  /** Apart, so that an append that need not wait pays for no closure. */
  #appendLater(
    payload: Uint8Array,
    options: AppendOptions | undefined,
    resolve: Resolve,
    reject: Reject,
  ): void {
    const entry = entryOf(payload, options)
    const bytes = frameBytes(payload.length)
    const admit = (): void => { this.#acknowledge(this.#intake.stage(payload, entry), resolve, reject) }
    this.#intake.wait({ entries: [entry], bytes, lastTimestamp: entry.timestamp ?? 0 }, options, admit, reject)
  }

  /** Whoever hears of the commit may append meanwhile, or close the log: what was checked before holds no more. */
  #makeRoom(bytes: number, commit: (() => void) | undefined): void {
    if (commit === undefined || this.settings.queue.onFull === 'reject') throw this.#admission.refusal()
    commit()
    this.checkOpen()
    if (this.#admission.isFull(bytes)) throw this.#admission.refusal()
  }

  #checkAlive(): void {
    if (this.failure !== undefined) throw this.failure
  }

  /** Calls one of the two when the record has got as far as the mode of the log acknowledges. */
  #acknowledge(sequence: number, resolve: Resolve, reject: Reject): void {
    if (this.settings.durability === 'async') this.onWritten(sequence, resolve, reject)
    else this.onDurable(sequence, resolve, reject)
    this.#loop.kick()
  }

  #tellWaiters(): void {
    this.#written.reached(this.#sink.writtenSequence)
    this.#durable.reached(this.#sink.durableSequence)
    this.changes.progressed()
    this.moved.tell()
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
