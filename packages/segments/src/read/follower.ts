import { isVarveError, VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import type { CancelSignal } from '../signal.ts'
import { Cursor } from './cursor.ts'
import { nextRecords, type LogRecord } from './records.ts'
import { isKnownDamage, type LogView } from './view.ts'

/** What to follow, and until when. */
export interface TailOptions {
  /** The first record. Default: the next one after the last that is visible. Below the floor: `RECLAIMED`. */
  readonly from?: number
  /** Ends the tail with `ABORTED`. */
  readonly signal?: CancelSignal
  /** Default: as for `read`. */
  readonly visibility?: Visibility
  /**
   * Only for a log that was opened with `readOnly`: how often to look at what another process appends, in milliseconds
   * from 1. Default 50. Where the storage tells of changes (`watch`), 20 times as seldom, for a hint may not come. The
   * timer keeps a process alive that does nothing else.
   */
  readonly pollMs?: number
}

/** How the log that is followed has ended, if it has. */
export interface LogEnd {
  readonly isOver: boolean
  /** The failure that poisoned it. */
  readonly failure: VarveError | undefined
}

/** Hands out the records of a log in runs, and waits for more at its end. */
export class Follower {
  readonly #view: LogView
  readonly #end: () => LogEnd
  readonly #visibility: Visibility | undefined
  readonly #signal: CancelSignal | undefined
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

  constructor(view: LogView, end: () => LogEnd, options: TailOptions = {}) {
    const { visibility, signal, pollMs = 50, from = view.visibleSequence(visibility) + 1 } = options
    if (!(pollMs >= 1)) throw new VarveError('INVALID_ARGUMENT', `pollMs is ${pollMs}; it must be 1 or more`)
    this.#view = view
    this.#end = end
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
      const { isOver, failure } = this.#end()
      const records = yield* this.#load(isOver)
      if (records !== undefined) return records
      if (failure !== undefined) throw failure
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
    const { isOver, failure } = this.#end()
    const isDisturbed = this.#isGivenUp || this.#signal?.aborted === true || isOver || failure !== undefined
    return !isDisturbed && !this.#triesAgain && this.#view.foreign?.hasNews !== true
  }
}

function aborted(reason: unknown): VarveError {
  const message = 'the tail was aborted by its signal; begin another one behind the last record'
  return new VarveError('ABORTED', message, {}, reason)
}
