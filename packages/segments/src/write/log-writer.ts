import { controlType, frameBytes, frameHeaderBytes, VarveError } from '@varve/codec'
import { io, type Gate, type Procedure, type StorageLock } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { contentLimit, unitBytesMax } from '../format/geometry.ts'
import type { Lineage } from './birth.ts'
import { Committer } from './committer.ts'
import { Metrics, type CommitReason, type LogStats } from './metrics.ts'
import { Spares } from './spares.ts'
import { checkEntry, Staging, type AppendOptions, type Entry } from './staging.ts'
import { Waiters } from './waiters.ts'

export type { AppendOptions } from './staging.ts'

/** One record of a batch. */
export interface BatchEntry extends AppendOptions {
  readonly payload: Uint8Array
}

/** The numbers of a batch: first and last, inclusive. */
export interface SequenceRange {
  readonly first: number
  readonly last: number
}

type Opened = ConstructorParameters<typeof Committer>[1]

/**
 * The writing half of a log: takes records, decides when a commit begins, tells those who wait, and turns the first
 * failure into the end of the log's life.
 *
 * A failure is final because its outcome is unknown: the bytes may or may not be there, and a sync that is tried
 * again may succeed without having written them. Only recovery, which reads what is there, can tell.
 */
export class LogWriter {
  readonly settings: LogSettings
  readonly metrics: Metrics = new Metrics()
  /** The first failure; after it nothing is written any more. */
  failure: VarveError | undefined
  readonly #lineage: Lineage
  readonly #lock: StorageLock
  readonly #staging: Staging
  readonly #spares: Spares
  readonly #committer: Committer
  readonly #written: Waiters = new Waiters()
  readonly #durable: Waiters = new Waiters()
  /** Open while no commit procedure is on its way. */
  readonly #idle: Gate
  /** A commit of the group mode that waits for company. */
  #company: Gate | undefined
  #firstStagedAt = 0
  #committing = false
  #fenceThrough = 0
  #cancelSyncTimer: (() => void) | undefined
  #closing = false
  /** Number of the last record whose failure nobody would hear of. */
  #unawaited = 0
  #onFailure: ((cause: VarveError) => void)[] = []

  constructor(lineage: Lineage, lock: StorageLock, opened: Opened) {
    this.#lineage = lineage
    this.settings = lineage.settings
    this.#lock = lock
    const { lastSequence, lastTimestamp } = opened.active.writer
    this.#staging = new Staging(lineage.settings, lastSequence, lastTimestamp)
    this.#spares = new Spares(lineage)
    this.#committer = new Committer(lineage, opened, this.#staging, this.metrics, this.#spares)
    this.#idle = lineage.runtime.gate()
    this.#idle.open()
  }

  /** What has been written where; readers look, the committer changes it. */
  get committer(): Committer {
    return this.#committer
  }

  get lastSequence(): number {
    return this.#staging.lastSequence
  }

  get isClosing(): boolean {
    return this.#closing
  }

  stats(): LogStats {
    const { records, bytes, commits, syncs, rotations, spareMisses, reasons } = this.metrics
    return {
      queuedRecords: this.#staging.queuedRecords,
      queuedBytes: this.#staging.queuedBytes,
      records,
      bytes,
      commits,
      commitReasons: { ...reasons },
      syncs,
      syncLatencyMs: this.metrics.latency(),
      rotations,
      spareMisses,
      segments: this.#committer.closed.length + 1,
    }
  }

  /** Takes one record and returns its number. Its payload has been copied. `mayWait` takes it even into a full queue. */
  stage(payload: Uint8Array, options: AppendOptions | undefined, mayWait: boolean): number {
    this.#checkOpen()
    const entry = checkEntry(payload, options, this.#staging.lastTimestamp, this.settings.maxRecordBytes)
    this.#checkRoom(frameBytes(payload.length), mayWait)
    this.#noteArrival()
    return this.#staging.stage(entry)
  }

  /** Takes a batch: all of it, or nothing and an error. */
  stageBatch(batch: readonly (BatchEntry | Uint8Array)[], mayWait: boolean): SequenceRange {
    this.#checkOpen()
    const { entries, bytes } = this.#checkBatch(batch)
    this.#checkRoom(bytes, mayWait)
    this.#noteArrival()
    const first = this.#staging.lastSequence + 1
    this.#staging.stageBatch(entries, bytes)
    return { first, last: this.#staging.lastSequence }
  }

  /** Notes that nobody waits for the records up to `sequence`: if they are lost, `close` must say so. */
  noteUnawaited(sequence: number): void {
    this.#unawaited = sequence
  }

  /** Calls one of the two when the record has got as far as the mode of the log acknowledges. */
  onAcknowledged(sequence: number, resolve: (sequence: number) => void, reject: (error: unknown) => void): void {
    if (this.settings.durability === 'async') this.onWritten(sequence, resolve, reject)
    else this.onDurable(sequence, resolve, reject)
  }

  onWritten(sequence: number, resolve: (sequence: number) => void, reject: (error: unknown) => void): void {
    if (sequence <= this.#committer.writtenSequence) resolve(sequence)
    else this.#await(this.#written, sequence, resolve, reject)
  }

  onDurable(sequence: number, resolve: (sequence: number) => void, reject: (error: unknown) => void): void {
    if (sequence <= this.#committer.durableSequence) resolve(sequence)
    else this.#await(this.#durable, sequence, resolve, reject)
  }

  /** Asks for a commit of all that is staged now, without waiting for company; `durably` in every mode. */
  hurry(durably: boolean): void {
    if (durably) this.#fenceThrough = Math.max(this.#fenceThrough, this.lastSequence)
    this.#company?.open()
    this.kick()
  }

  /** Starts a commit soon, unless one is on its way: what arrives until then shares it. */
  kick(): void {
    if (this.#committing || this.failure !== undefined || !this.#hasWork()) return
    this.#committing = true
    this.#idle.shut()
    const { runtime } = this.#lineage
    runtime.later(() => {
      runtime.spawn(this.#commitWhileThereIsWork())
    })
  }

  /** Commits everything staged, within this procedure, and returns when it is where `durably` asks for. */
  *settle(durably: boolean): Procedure<void> {
    yield* this.#idle.wait()
    this.#checkAlive()
    this.#committing = true
    this.#idle.shut()
    yield* this.#guard(() => this.#commitNow(durably))
    this.#committing = false
    this.#idle.open()
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
    this.#cancelSyncTimer?.()
    this.#company?.open()
    this.#written.failed(this.failure)
    this.#durable.failed(this.failure)
    for (const listener of this.#onFailure) listener(this.failure)
  }

  /** From now on, losing the lock poisons the log: somebody else may be writing. */
  onLockLost(): void {
    const { lost } = this.#lock
    lost?.then((reason) => {
      this.poison(new VarveError('LOCKED', `the lock was lost: ${String(reason)}`, { holder: this.#lock.holder }))
    })
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
    this.#cancelSyncTimer?.()
    this.#company?.open()
    yield* this.#idle.wait()
    if (this.failure === undefined) yield* this.#guard(() => this.#shutDown())
    const { writer } = this.#committer.active
    yield* this.#guard(() => writer.close())
    yield* this.#guard(() => this.#spares.dispose())
    yield* io('release the lock', () => this.#lock.release())
    if (this.failure !== undefined && this.#unawaited > this.#committer.durableSequence) throw this.failure
  }

  /** CLOSE says that everything before it was durable when it was written, so that comes first. */
  *#shutDown(): Procedure<void> {
    yield* this.#committer.commit(true)
    this.#tellWaiters()
    const { writer } = this.#committer.active
    if (writer.position + frameHeaderBytes > contentLimit(writer.header.capacity)) return
    yield* writer.control(controlType.close, new Uint8Array(0))
    yield* writer.sync()
  }

  *#commitNow(durably: boolean): Procedure<void> {
    yield* this.#committer.commit(durably)
    this.#tellWaiters()
    yield* this.#committer.active.writer.mark()
  }

  *#commitWhileThereIsWork(): Procedure<void> {
    yield* this.#guard(() => this.#commits())
    this.#committing = false
    this.#idle.open()
  }

  *#commits(): Procedure<void> {
    while (this.failure === undefined && !this.#closing) {
      if (!this.#hasWork()) {
        // Nothing waits: the time to write down what is durable. What arrives meanwhile goes on with the next round.
        yield* this.#committer.active.writer.mark()
        if (!this.#hasWork()) break
      }
      const reason = yield* this.#waitForCompany()
      if (this.failure !== undefined) break
      this.metrics.reasons[reason] += 1
      yield* this.#committer.commit(this.#mustSync())
      this.#tellWaiters()
      this.#armSyncTimer()
    }
  }

  /** In the group mode a commit first waits for company; in the others it goes at once. */
  *#waitForCompany(): Procedure<CommitReason> {
    const { durability, group } = this.settings
    if (this.#fenceThrough > this.#committer.durableSequence) return 'fence'
    if (durability !== 'group') return 'idle'
    const enough = this.#enoughCompany()
    if (enough !== undefined) return enough
    const { runtime } = this.#lineage
    const left = this.#firstStagedAt + group.maxDelayMs - runtime.now()
    if (left <= 0) return 'delay'
    const gate = runtime.gate()
    this.#company = gate
    let delayed = false
    const cancel = runtime.after(left, () => {
      delayed = true
      gate.open()
    })
    yield* gate.wait()
    cancel()
    this.#company = undefined
    return delayed ? 'delay' : (this.#enoughCompany() ?? 'fence')
  }

  #enoughCompany(): CommitReason | undefined {
    const { maxBytes, maxRecords } = this.settings.group
    if (this.#staging.queuedBytes >= maxBytes) return 'bytes'
    return this.#staging.queuedRecords >= maxRecords ? 'records' : undefined
  }

  #mustSync(): boolean {
    return this.settings.durability !== 'async' || this.#fenceThrough > this.#committer.durableSequence
  }

  #hasWork(): boolean {
    return !this.#staging.isEmpty || this.#fenceThrough > this.#committer.durableSequence
  }

  /** The `async` mode syncs at the latest so long after something was left un-synced. */
  #armSyncTimer(): void {
    if (this.#committer.unsyncedBytes === 0 || this.#cancelSyncTimer !== undefined) return
    const { runtime, settings } = this.#lineage
    if (runtime.kind === 'synchronous') return
    this.#cancelSyncTimer = runtime.after(settings.async.maxUnsyncedMs, () => {
      this.#cancelSyncTimer = undefined
      this.#fenceThrough = Math.max(this.#fenceThrough, this.#committer.writtenSequence)
      this.kick()
    })
  }

  #tellWaiters(): void {
    this.#written.reached(this.#committer.writtenSequence)
    this.#durable.reached(this.#committer.durableSequence)
  }

  /** Runs a step; what it throws poisons the log. */
  *#guard(step: () => Procedure<void>): Procedure<void> {
    try {
      yield* step()
    } catch (cause) {
      this.poison(cause)
    }
  }

  #await(
    waiters: Waiters,
    sequence: number,
    resolve: (sequence: number) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.failure !== undefined) reject(this.failure)
    else waiters.add(sequence, resolve, reject)
  }

  #noteArrival(): void {
    if (this.#staging.isEmpty && this.settings.durability === 'group') this.#firstStagedAt = this.#lineage.runtime.now()
    else if (this.#company !== undefined && this.#enoughCompany() !== undefined) this.#company.open()
  }

  #checkAlive(): void {
    if (this.failure !== undefined) throw this.failure
  }

  #checkOpen(): void {
    this.#checkAlive()
    if (this.#closing) throw new VarveError('CLOSED', 'the log was closed; open it again to append')
  }

  #checkRoom(bytes: number, mayWait: boolean): void {
    if (mayWait && this.settings.queue.onFull === 'wait') return
    if (!this.#staging.isFull(bytes)) return
    const { queuedBytes, queuedRecords } = this.#staging
    throw new VarveError(
      'BACKPRESSURE',
      `${queuedRecords} records (${queuedBytes} bytes) wait to be written; wait for their acknowledgements or call ` +
        'flush(), then try again; nothing was staged',
      { queuedBytes, queuedRecords, maxBytes: this.settings.queue.maxBytes },
    )
  }

  #checkBatch(batch: readonly (BatchEntry | Uint8Array)[]): { entries: Entry[]; bytes: number } {
    if (batch.length === 0) throw new VarveError('INVALID_ARGUMENT', 'a batch needs at least one record')
    const { segmentBytes, blockBytes, commitAlignment, maxRecordBytes } = this.settings
    let timestamp = this.#staging.lastTimestamp
    let bytes = 0
    const entries = batch.map((item) => {
      const entry =
        item instanceof Uint8Array
          ? checkEntry(item, undefined, timestamp, maxRecordBytes)
          : checkEntry(item.payload, item, timestamp, maxRecordBytes)
      timestamp = entry.timestamp
      bytes += frameBytes(entry.payload.length)
      return entry
    })
    const limit = unitBytesMax(segmentBytes, blockBytes, commitAlignment)
    if (bytes > limit) {
      throw new VarveError(
        'RECORD_TOO_LARGE',
        `a batch of ${bytes} bytes is above the ${limit} that fit in a segment; split it or raise segmentBytes`,
        { bytes, limit },
      )
    }
    return { entries, bytes }
  }
}
