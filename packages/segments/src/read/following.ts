import { isVarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { CancelSignal } from '../signal.ts'
import { aborted, checkPollMs, type LogEnd } from './tail-options.ts'
import type { LogView } from './view.ts'

/** Until when a log is followed, and how. */
export interface FollowOptions {
  /** Ends it with `ABORTED`. */
  readonly signal?: CancelSignal | undefined
  /** As in `TailOptions`. Default 50. */
  readonly pollMs?: number | undefined
  /** Whether to wait at the end. */
  readonly waits: boolean
}

/** Something that is read from the log as far as it goes at the moment. */
export interface Followed<T> {
  /** What comes next; changes whenever something has been loaded. */
  readonly place: number | string
  /** Undefined when there is nothing more yet. */
  load(): Procedure<T | undefined>
  /**
   * How often in a row something that may pass is met at one place before it is believed to last; for ever where it may
   * be that what is looked for has not come yet.
   */
  readonly patience: number
  /** Whether the error says that something else than a moment's state is wrong. */
  isLasting(error: unknown): boolean
  /** Begins again at `place`, after a load that failed. */
  restart(): Procedure<void>
  close(): Procedure<void>
}

/** Loads one thing after the other, and waits for more at the end of the log. */
export class Following<T> {
  readonly #view: LogView
  readonly #end: () => LogEnd
  readonly #followed: Followed<T>
  readonly #waits: boolean
  readonly #signal: CancelSignal | undefined
  readonly #pollMs: number
  readonly #wake = (): void => { this.#view.moved.tell() }
  #stopFollowing: (() => void) | undefined
  #hasBegun = false
  #isGivenUp = false
  /** What could not be loaded the last time. */
  #failedAt: number | string | undefined
  /** How often in a row. */
  #failures = 0
  #triesAgain = false

  constructor(view: LogView, end: () => LogEnd, followed: Followed<T>, options: FollowOptions) {
    const { signal, pollMs = 50, waits } = options
    checkPollMs(pollMs)
    this.#view = view
    this.#end = end
    this.#followed = followed
    this.#waits = waits
    this.#signal = signal
    this.#pollMs = pollMs
  }

  /** The next thing; undefined when there will be none any more. */
  *next(): Procedure<T | undefined> {
    this.#begin()
    for (;;) {
      if (this.#isGivenUp) return undefined
      if (this.#signal?.aborted === true) throw aborted(this.#signal.reason)
      // Asked before the load: what had become visible until then has been delivered when it finds nothing.
      const { isOver, failure } = this.#end()
      const loaded = yield* this.#load(isOver)
      if (loaded !== undefined) return loaded
      if (this.#triesAgain) continue
      if (failure !== undefined && this.#waits) throw failure
      if (isOver || !this.#waits) return undefined
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
    yield* this.#followed.close()
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#signal?.addEventListener('abort', this.#wake)
    if (this.#waits) this.#stopFollowing = this.#view.foreign?.follow(this.#pollMs)
  }

  *#load(isOver: boolean): Procedure<T | undefined> {
    const { foreign } = this.#view
    const followed = this.#followed
    this.#triesAgain = false
    try {
      if (foreign?.hasNews === true) yield* foreign.catchUp()
      return yield* followed.load()
    } catch (error) {
      // A log may close its storage when it ends: what could still be read of it until then was a gift.
      if (isOver && isVarveError(error, 'CLOSED')) return undefined
      if (foreign === undefined || followed.isLasting(error)) throw error
      const isStuck = this.#failedAt === followed.place
      this.#failures = isStuck ? this.#failures + 1 : 1
      this.#failedAt = followed.place
      if (this.#failures > (this.#waits ? followed.patience : 1)) throw error
      // The log is looked at once more: at once again, and if that does not help, when it may have changed.
      this.#triesAgain = !isStuck
      yield* followed.restart()
      return undefined
    }
  }

  /** Nothing has happened while the last load was under way that nobody would tell of again. */
  #mayWait(): boolean {
    const { isOver, failure } = this.#end()
    const isDisturbed = this.#isGivenUp || this.#signal?.aborted === true || isOver || failure !== undefined
    return !isDisturbed && this.#view.foreign?.hasNews !== true
  }
}

/** What a reader beside a writer may meet for a moment: bytes that are not there yet, a file that is not any more. */
export function isPassing(error: unknown): boolean {
  return isVarveError(error, 'CORRUPT') || isVarveError(error, 'NOT_FOUND') || isVarveError(error, 'SHORT_READ')
}
