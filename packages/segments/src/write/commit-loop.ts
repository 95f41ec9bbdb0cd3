import type { Gate, Procedure, Runtime } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import type { CommitReason, Metrics } from './metrics.ts'
import type { Sink } from './sink.ts'
import type { Staging } from './staging.ts'

/** Who is told of what a commit loop achieves, and of its end. */
export interface CommitListener {
  /** A commit begins; what it has to wait for is storage. */
  begins(): void
  /** More is written or durable than before. */
  progressed(): void
  /** A write or sync failed. The loop stops for good. */
  failed(cause: unknown): void
}

/**
 * Decides when a commit begins. There is one at a time: what arrives while it is under way belongs to the next one,
 * so callers that come together share a sync, and nobody is delayed for company unless the mode asks for it.
 */
export class CommitLoop {
  readonly #runtime: Runtime
  readonly #settings: LogSettings
  readonly #staging: Staging
  readonly #sink: Sink
  readonly #metrics: Metrics
  readonly #listener: CommitListener
  /** Open while no commit is on its way. */
  readonly #idle: Gate
  #busy = false
  /** A commit will be started soon. */
  #isDue = false
  /** What is staged fills its slab. */
  #mustMakeWay = false
  #stopped = false
  /** A commit of the `group` mode that waits for company. */
  #company: Gate | undefined
  #firstStagedAt = 0
  /** Everything up to this record was asked to be durable, whatever the mode. */
  #fenceThrough = 0
  /** Nobody may wait for company: everything up to this record was asked to be written. */
  #hurryThrough = 0
  /** The queue is full: everything up to this record was asked to leave it. */
  #roomThrough = 0
  #cancelSyncTimer: (() => void) | undefined
  #unsyncedSince = 0

  constructor(settings: LogSettings, staging: Staging, sink: Sink, metrics: Metrics, listener: CommitListener) {
    this.#runtime = settings.runtime
    this.#settings = settings
    this.#staging = staging
    this.#sink = sink
    this.#metrics = metrics
    this.#listener = listener
    this.#idle = settings.runtime.gate()
    this.#idle.open()
  }

  /** A record is about to be staged: the time from which a group counts its delay. */
  noteArrival(): void {
    if (this.#settings.durability === 'group' && this.#staging.isEmpty) this.#firstStagedAt = this.#runtime.now()
  }

  /** Starts a commit soon, unless one is on its way: what arrives until then shares it. */
  kick(): void {
    if (this.#company !== undefined && this.#closeReason() !== undefined) this.#company.open()
    if (!this.#busy && !this.#isDue && !this.#stopped && this.#hasWork()) this.#startSoon()
  }

  /** Apart from {@link kick}, which is called for each record and may not make so much as a scope for a function. */
  #startSoon(): void {
    this.#isDue = true
    this.#runtime.later(() => {
      this.#isDue = false
      this.#start()
    })
  }

  /**
   * What is staged fills its slab. In the `async` mode, which promises no more than that the operating system has it,
   * it is handed over at once: storage that writes within the call has room again when this returns, so that a caller
   * who never waits is never refused, and nothing is put off until it has come to its end. The other modes wait for
   * company: a commit costs them a sync.
   */
  makeWay(): void {
    if (this.#settings.durability !== 'async') return
    if (this.#runtime.kind === 'synchronous') {
      // Within a run: nobody hears of a commit that is under way, and no timer is set where none can be waited for.
      this.#metrics.reasons.bytes += 1
      void this.#runtime.run(this.settle(false))
      return
    }
    this.#mustMakeWay = true
    this.#start()
  }

  /** Starts a commit of all that is staged now without waiting for company; `durably` in every mode. */
  hurry(durably: boolean): void {
    const { lastSequence } = this.#staging
    this.#hurryThrough = lastSequence
    if (durably) this.#fenceThrough = lastSequence
    this.kick()
  }

  /** Starts a commit of all that is staged: nobody can join it while the queue is full. */
  makeRoom(): void {
    this.#roomThrough = this.#staging.lastSequence
    this.kick()
  }

  /** Commits everything staged within this procedure. A failure has been told to the listener when it returns. */
  *settle(durably: boolean): Procedure<void> {
    yield* this.#untilIdle()
    this.#enter()
    try {
      if (!this.#stopped) yield* this.#commitNow(durably)
    } catch (cause) {
      this.#listener.failed(cause)
    }
    this.#leave()
  }

  /** Starts nothing any more, and returns when what was under way has come to its end. */
  *stop(): Procedure<void> {
    this.halt()
    yield* this.#untilIdle()
  }

  /** Starts nothing any more. */
  halt(): void {
    this.#stopped = true
    this.#cancelSyncTimer?.()
    this.#cancelSyncTimer = undefined
    this.#company?.open()
  }

  *#commitNow(durably: boolean): Procedure<void> {
    yield* this.#sink.commit(durably || this.#isOverdue())
    this.#listener.progressed()
    if (this.#sink.hasNews) yield* this.#sink.mark()
  }

  /** Without timers, the age of what is un-synced is looked at whenever something is committed. */
  #isOverdue(): boolean {
    if (this.#settings.durability !== 'async') return false
    const now = this.#runtime.now()
    if (this.#sink.unsyncedBytes === 0) this.#unsyncedSince = now
    return now - this.#unsyncedSince >= this.#settings.async.maxUnsyncedMs
  }

  /** Starts a commit now, unless one is under way: that one goes on with whatever is staged when it ends. */
  #start(): void {
    if (this.#busy || this.#stopped) return
    this.#enter()
    this.#runtime.spawn(this.#commitWhileThereIsWork())
  }

  *#commitWhileThereIsWork(): Procedure<void> {
    try {
      yield* this.#commits()
    } catch (cause) {
      this.#listener.failed(cause)
    }
    this.#leave()
  }

  /** Whoever waited as well may have begun before this one was resumed. */
  *#untilIdle(): Procedure<void> {
    while (this.#busy) yield* this.#idle.wait()
  }

  *#commits(): Procedure<void> {
    while (!this.#stopped) {
      // Nothing waits: the time to write down what is durable. What arrives meanwhile goes on with the next round.
      if (!this.#hasWork() && this.#sink.hasNews) yield* this.#sink.mark()
      if (!this.#hasWork()) return
      const reason = this.#closeReason() ?? (yield* this.#waitForCompany())
      if (this.#isHalted()) return
      this.#metrics.reasons[reason] += 1
      this.#mustMakeWay = false
      this.#listener.begins()
      yield* this.#sink.commit(this.#mustSync())
      this.#listener.progressed()
      this.#armSyncTimer()
    }
  }

  /** A commit of the `group` mode first waits for company. */
  *#waitForCompany(): Procedure<CommitReason> {
    const left = this.#firstStagedAt + this.#settings.group.maxDelayMs - this.#runtime.now()
    if (left <= 0) return 'delay'
    const gate = this.#runtime.gate()
    this.#company = gate
    const cancel = this.#runtime.after(left, () => { gate.open() })
    yield* gate.wait()
    cancel()
    this.#company = undefined
    return this.#closeReason() ?? 'delay'
  }

  /** Why a commit need not wait for company, or no longer; undefined when it should. */
  #closeReason(): CommitReason | undefined {
    const { durability, group } = this.#settings
    if (this.#isFenced() || this.#hurryThrough > this.#sink.writtenSequence) return 'fence'
    if (durability !== 'group') return this.#mustMakeWay ? 'bytes' : 'idle'
    if (this.#roomThrough > this.#sink.writtenSequence) return 'full'
    if (this.#staging.queuedBytes >= group.maxBytes) return 'bytes'
    return this.#staging.queuedRecords >= group.maxRecords ? 'records' : undefined
  }

  #mustSync(): boolean {
    return this.#settings.durability !== 'async' || this.#isFenced()
  }

  #hasWork(): boolean {
    return !this.#staging.isEmpty || this.#isFenced()
  }

  /** Whether something has to be durable, whatever the mode: a fence, or a change of the log's state. */
  #isFenced(): boolean {
    return this.#fenceThrough > this.#sink.durableSequence || !this.#staging.book.isSettled
  }

  /** The `async` mode syncs at the latest so long after something was left un-synced. */
  #armSyncTimer(): void {
    // When the loop has been stopped, whoever did it sees to what is un-synced.
    if (this.#stopped || this.#sink.unsyncedBytes === 0 || this.#cancelSyncTimer !== undefined) return
    this.#cancelSyncTimer = this.#runtime.after(this.#settings.async.maxUnsyncedMs, () => {
      this.#cancelSyncTimer = undefined
      this.#fenceThrough = Math.max(this.#fenceThrough, this.#sink.writtenSequence)
      this.kick()
    })
  }

  #enter(): void {
    this.#busy = true
    this.#idle.shut()
  }

  #leave(): void {
    this.#busy = false
    this.#idle.open()
  }

  /** A method, because the compiler believes that waiting changes no field. */
  #isHalted(): boolean {
    return this.#stopped
  }
}
