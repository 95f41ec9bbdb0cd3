import { VarveError } from '@varve/codec'
import type { Gate, Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { callAborted, type CancelSignal } from '../signal.ts'
import type { CommitLoop } from './commit-loop.ts'
import type { Metrics } from './metrics.ts'
import type { Staging } from './staging.ts'

/** A call that waits for its turn. One of the two is called, once. */
export interface WaitingCall {
  /** What it is going to stage, in bytes of frames; 0 for a fence. */
  readonly bytes: number
  /** Stages it. What it throws is what the call is rejected with: then nothing may have been staged. */
  readonly admit: () => void
  readonly reject: (error: unknown) => void
  readonly signal?: CancelSignal | undefined
}

interface Place extends WaitingCall {
  readonly abort: () => void
}

/**
 * The door of the queue. Who comes when it is full, or when others wait already, waits outside: first come, first
 * served, not staged and not copied. So what is staged never exceeds the bound, whoever calls how often.
 *
 * Invariant: while calls wait, nothing is staged but by {@link Admission.wait}ing, so nobody overtakes anybody.
 */
export class Admission {
  /** What all waiting calls together are going to stage, in bytes of frames. */
  waitingBytes = 0
  readonly #settings: LogSettings
  readonly #staging: Staging
  readonly #loop: CommitLoop
  readonly #metrics: Metrics
  /** In the order of the calls. */
  readonly #places = new Set<Place>()
  #isServing = false
  /** The highest timestamp among the calls that wait. */
  #lastTimestamp = 0
  /** Opened when nobody waits any more; there only while somebody waits for that. */
  #drained: Gate | undefined

  constructor(settings: LogSettings, staging: Staging, loop: CommitLoop, metrics: Metrics) {
    this.#settings = settings
    this.#staging = staging
    this.#loop = loop
    this.#metrics = metrics
  }

  get waitingCalls(): number {
    return this.#places.size
  }

  /** What the next record must not be below: calls are checked when they come, as if all before them succeeded. */
  get lastTimestamp(): number {
    return Math.max(this.#staging.lastTimestamp, this.#lastTimestamp)
  }

  /** Whether so many bytes of frames cannot be staged now. */
  isFull(bytes: number): boolean {
    return this.#places.size > 0 || this.#staging.isFull(bytes)
  }

  /** The error of a call that may not wait. Nobody can come to share the commit, so it need not wait for company. */
  refusal(): VarveError {
    this.#metrics.full('refused', this.#staging, this)
    // A synchronous log commits within its appends only.
    if (this.#settings.runtime.kind !== 'synchronous') this.#loop.makeRoom()
    const { queuedBytes, queuedRecords } = this.#staging
    const { maxBytes } = this.#settings.queue
    return new VarveError(
      'BACKPRESSURE',
      `${queuedRecords} records (${queuedBytes} bytes) wait to be written; wait for their acknowledgements or call ` +
        'flush(), then try again; nothing was staged',
      { queuedBytes, queuedRecords, maxBytes },
    )
  }

  /** Lets a call wait for its turn. `lastTimestamp` is that of its last record, if it has one. */
  wait(call: WaitingCall, lastTimestamp = 0): void {
    const place: Place = { ...call, abort: () => { this.#abort(place) } }
    call.signal?.addEventListener('abort', place.abort)
    this.#places.add(place)
    this.waitingBytes += call.bytes
    this.#lastTimestamp = Math.max(this.#lastTimestamp, lastTimestamp)
    this.#metrics.full('waiting', this.#staging, this)
    if (this.#isServing) return
    this.#isServing = true
    this.#settings.runtime.spawn(this.#serve())
  }

  /** Returns when nobody waits any more. */
  *drain(): Procedure<void> {
    if (this.#places.size === 0) return
    this.#drained ??= this.#settings.runtime.gate()
    yield* this.#drained.wait()
  }

  /** Rejects all who wait. */
  failed(error: unknown): void {
    for (const place of this.#places) {
      this.#leave(place)
      this.#conclude(place, () => { place.reject(error) })
    }
    this.#staging.room?.open()
  }

  /** Lets one after the other in, each as soon as there is room. It goes on with whoever comes meanwhile. */
  *#serve(): Procedure<void> {
    for (const place of this.#places) {
      while (this.#places.has(place) && this.#staging.isFull(place.bytes)) yield* this.#waitForRoom()
      // It may have been aborted, or the log may have failed.
      if (!this.#places.has(place)) continue
      this.#leave(place)
      this.#conclude(place, place.admit)
    }
    this.#isServing = false
    this.#lastTimestamp = 0
    this.#drained?.open()
  }

  *#waitForRoom(): Procedure<void> {
    const room = this.#settings.runtime.gate()
    this.#staging.room = room
    this.#loop.makeRoom()
    yield* room.wait()
    this.#staging.room = undefined
  }

  #abort(place: Place): void {
    if (!this.#places.has(place)) return
    this.#leave(place)
    this.#conclude(place, () => { place.reject(callAborted(place.signal as CancelSignal)) })
    // It may have been the one for whom there was no room.
    this.#staging.room?.open()
  }

  #leave(place: Place): void {
    this.#places.delete(place)
    this.waitingBytes -= place.bytes
  }

  /** What is thrown on the way, by the caller's own signal too, is what the call is rejected with. */
  #conclude(place: Place, act: () => void): void {
    try {
      place.signal?.removeEventListener('abort', place.abort)
      act()
    } catch (error) {
      place.reject(error)
    }
  }
}
