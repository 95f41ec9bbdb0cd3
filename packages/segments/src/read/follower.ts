import { isVarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import { Cursor } from './cursor.ts'
import { nextRecords, type LogRecord } from './records.ts'
import { aborted, checkPollMs, type TailOptions, type TailSignal } from './tail-options.ts'
import { isKnownDamage, type LogView } from './view.ts'

/** Follows a log that somebody else writes: hands out its records in runs, and looks again at its end. */
export class Follower {
  readonly #view: LogView
  readonly #isOver: () => boolean
  readonly #visibility: Visibility | undefined
  readonly #signal: TailSignal | undefined
  readonly #pollMs: number
  readonly #wake = (): void => { this.#view.moved.tell() }
  #next: number
  #cursor: Cursor
  #stopFollowing: (() => void) | undefined
  #hasBegun = false
  #isGivenUp = false
  /** The record that could not be read the last time. */
  #failedAt = 0
  #triesAgain = false

  constructor(view: LogView, isOver: () => boolean, options: TailOptions = {}) {
    const { visibility, signal, pollMs = 50, from = view.visibleSequence(visibility) + 1 } = options
    checkPollMs(pollMs)
    this.#view = view
    this.#isOver = isOver
    this.#visibility = visibility
    this.#signal = signal
    this.#pollMs = pollMs
    this.#next = from
    this.#cursor = this.#enter()
  }

  /** The next records; undefined when there will be none any more. */
  *next(): Procedure<readonly LogRecord[] | undefined> {
    this.#begin()
    for (;;) {
      if (this.#isGivenUp) return undefined
      if (this.#signal?.aborted === true) throw aborted(this.#signal.reason)
      // Asked before the load: what had become visible until then has been delivered when it finds nothing.
      const isOver = this.#isOver()
      const records = yield* this.#load(isOver)
      if (records !== undefined) return records
      if (isOver) return undefined
      if (this.#mayWait()) yield* this.#view.moved.wait()
    }
  }

  /** Wakes a `next` that waits, and lets it come to its end. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#wake()
  }

  *close(): Procedure<void> {
    this.#isGivenUp = true
    this.#stopFollowing?.()
    this.#stopFollowing = undefined
    this.#signal?.removeEventListener('abort', this.#wake)
    yield* this.#cursor.close()
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#signal?.addEventListener('abort', this.#wake)
    this.#stopFollowing = this.#view.foreign?.follow(this.#pollMs)
  }

  #enter(): Cursor {
    return new Cursor(this.#view, { from: this.#next, ...(this.#visibility && { visibility: this.#visibility }) })
  }

  *#load(isOver: boolean): Procedure<readonly LogRecord[] | undefined> {
    const { foreign } = this.#view
    this.#triesAgain = false
    try {
      if (foreign?.hasNews === true) yield* foreign.catchUp()
      const records = yield* nextRecords(this.#cursor)
      this.#next = (records?.at(-1)?.sequence ?? this.#next - 1) + 1
      return records
    } catch (error) {
      // Nobody holds the files of a log that was closed: what can still be read of it is a gift.
      if (isOver) return undefined
      if (foreign === undefined || !this.#mayBeNotYet(error)) throw error
      // The log was looked at once more: at once again, and if that does not help, when it has changed.
      this.#triesAgain = this.#failedAt !== this.#next
      this.#failedAt = this.#next
      yield* this.#cursor.close()
      this.#cursor = this.#enter()
      return undefined
    }
  }

  /** Beside a writer, what does not verify is not there yet, or was cut off and stands elsewhere by now. */
  #mayBeNotYet(error: unknown): boolean {
    return isVarveError(error, 'CORRUPT') && !isKnownDamage(this.#view, this.#next)
  }

  /** Nothing has happened while the last load was under way that nobody would tell of again. */
  #mayWait(): boolean {
    const isDisturbed = this.#isGivenUp || this.#signal?.aborted === true || this.#isOver()
    return !isDisturbed && !this.#triesAgain && this.#view.foreign?.hasNews !== true
  }
}
