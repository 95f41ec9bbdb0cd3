import type { Runtime } from '@varve/storage'

/** Up to so many tails are served as soon as there is something for them. */
const promptTails = 4

/** What more of them are put off by: about this much for each, and never more than the maximum. In milliseconds. */
const delayMsPerTail = 0.03
const delayMsMax = 3

/** Portions beside a busy writer lie at least so far apart. */
const portionMs = 2

/** What may be handed out at once, counted in records: beside a writer, and while it does nothing. */
const busyPortion = 512
const idlePortion = 4096

/**
 * Says when the tails of a log are served, and with how much at a time. A few are served at once. Many would take the
 * event loop from the writer that feeds them, so they are served together and in portions, each begun when the writer
 * has just handed a commit to its storage and waits for it anyway. A writer that does nothing leaves them all the time.
 */
export class Pace {
  readonly #runtime: Runtime
  readonly #serve: (portion: number) => void
  #cancelTimer: (() => void) | undefined
  /** The tails have waited as long as they have to. */
  #isDue = false
  #servedAt = -Infinity
  /** Whether a commit was begun since this last looked. */
  #isBusy = false

  /** `serve` hands out records worth so many, soon. */
  constructor(runtime: Runtime, serve: (portion: number) => void) {
    this.#runtime = runtime
    this.#serve = serve
  }

  /** There is something for some of so many tails; with `isRest`, what the last portion has left. */
  want(tails: number, isRest: boolean): void {
    if (tails <= promptTails) {
      this.#begin(Infinity)
      return
    }
    this.#isDue ||= isRest
    const delayMs = isRest && !this.#isBusy ? portionMs : Math.min(tails * delayMsPerTail, delayMsMax)
    this.#cancelTimer ??= this.#runtime.after(delayMs, () => { this.#timeIsUp() })
  }

  /** The writer will wait for its storage in a moment. */
  commits(): void {
    this.#isBusy = true
    if (this.#isDue && this.#runtime.now() - this.#servedAt >= portionMs) this.#begin(busyPortion)
  }

  /** Nobody wants anything any more. */
  cancel(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#isDue = false
  }

  /** Beside a busy writer the next commit is the better moment, but it may not come. */
  #timeIsUp(): void {
    this.#cancelTimer = undefined
    if (this.#isDue || !this.#isBusy) {
      this.#begin(this.#isBusy ? busyPortion : idlePortion)
      return
    }
    this.#isDue = true
    this.#isBusy = false
    this.#cancelTimer = this.#runtime.after(portionMs, () => { this.#timeIsUp() })
  }

  #begin(portion: number): void {
    this.cancel()
    this.#isBusy = false
    this.#servedAt = this.#runtime.now()
    this.#serve(portion)
  }
}
