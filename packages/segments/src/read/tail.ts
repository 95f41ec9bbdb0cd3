import type { Procedure } from '@varve/storage'
import { reclaimed } from '../segment.ts'
import type { CancelSignal } from '../signal.ts'
import { checkNumber, Cursor } from './cursor.ts'
import type { LogRecord } from './log-record.ts'
import { nextRecords } from './records.ts'
import { Seat, type TailFeed } from './tail-feed.ts'
import { aborted, checkPollMs, type LogEnd, type TailOptions } from './tail-options.ts'
import type { LogView } from './view.ts'
import type { TailFeeds } from './tail-feeds.ts'

/** Follows a log that this process writes: alone until it has caught up, then with all others at one feed. */
export class Tail {
  readonly #view: LogView
  readonly #feed: TailFeed
  readonly #end: () => LogEnd
  readonly #options: TailOptions
  readonly #signal: CancelSignal | undefined
  readonly #seat: Seat
  readonly #wake = (): void => { this.#seat.wake() }
  /** While it catches up. */
  #cursor: Cursor | undefined
  #hasBegun = false
  #isGivenUp = false

  constructor(feeds: TailFeeds, end: () => LogEnd, options: TailOptions = {}) {
    const { view } = feeds
    const { visibility, signal, pollMs = 50, from = view.visibleSequence(visibility) + 1 } = options
    checkPollMs(pollMs)
    checkNumber('from', from)
    if (from < view.firstSequence) throw reclaimed(from, view.firstSequence)
    this.#view = view
    this.#feed = feeds.of(visibility)
    this.#end = end
    this.#options = options
    this.#signal = signal
    this.#seat = new Seat(from, view.runtime)
  }

  /** The next records; undefined when there will be none any more. */
  *next(): Procedure<readonly LogRecord[] | undefined> {
    this.#begin()
    for (;;) {
      if (this.#isGivenUp) return undefined
      if (this.#signal?.aborted === true) throw aborted(this.#signal.reason)
      // Asked before the load: what had become visible until then has been delivered when it finds nothing.
      const end = this.#end()
      const records = yield* this.#load(end)
      if (records !== undefined) return records
      if (end.failure !== undefined) throw end.failure
      if (end.isOver) return undefined
      if (this.#mayWait()) yield* this.#feed.wait(this.#seat)
    }
  }

  /** Wakes a `next` that waits, and lets it come to its end. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#wake()
  }

  *close(): Procedure<void> {
    this.#isGivenUp = true
    this.#signal?.removeEventListener('abort', this.#wake)
    const cursor = this.#cursor
    this.#cursor = undefined
    if (cursor !== undefined) yield* cursor.close()
    yield* this.#feed.leave(this.#seat)
    this.#feed.release(this.#seat)
  }

  /** Until now the floor may have been raised; from now on nothing is removed that is left to read. */
  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#signal?.addEventListener('abort', this.#wake)
    const { firstSequence } = this.#view
    if (this.#seat.next < firstSequence) throw reclaimed(this.#seat.next, firstSequence)
  }

  *#load({ isOver, failure }: LogEnd): Procedure<readonly LogRecord[] | undefined> {
    try {
      const records = this.#feed.take(this.#seat)
      if (records !== undefined) return records
      // Nobody is told of what is left when nothing moves any more.
      if (isOver || failure !== undefined) yield* this.#feed.part(this.#seat)
      else if (this.#cursor === undefined && this.#feed.join(this.#seat)) return undefined
      return yield* this.#catchUp(isOver || failure !== undefined)
    } catch (error) {
      // Nobody holds the files of a log that was closed: what can still be read of it is a gift.
      if (isOver) return undefined
      throw error
    }
  }

  *#catchUp(isAtEnd: boolean): Procedure<readonly LogRecord[] | undefined> {
    const seat = this.#seat
    const { visibility } = this.#options
    const range = { from: seat.next, ...(visibility && { visibility }) }
    const cursor = (this.#cursor ??= new Cursor(this.#view, range, seat.lease))
    seat.lease = undefined
    const records = yield* nextRecords(cursor)
    seat.next = (records?.at(-1)?.sequence ?? seat.next - 1) + 1
    if (!isAtEnd && this.#feed.join(seat)) {
      this.#cursor = undefined
      yield* cursor.close()
    }
    return records
  }

  /** Nothing has happened while the last load was under way that nobody would tell of again. */
  #mayWait(): boolean {
    const { isOver, failure } = this.#end()
    return !this.#isGivenUp && this.#signal?.aborted !== true && !isOver && failure === undefined
  }
}
