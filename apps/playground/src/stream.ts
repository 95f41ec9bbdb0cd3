import type { App } from './app.ts'

const everyMs = 50
const recordsEach = 8
/** Beyond so many in flight it waits for acknowledgements. */
const inFlightMax = 256

/** A steady stream of appends, until it is stopped. */
export class Stream {
  readonly #app: App
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(app: App) {
    this.#app = app
  }

  get isRunning(): boolean {
    return this.#timer !== undefined
  }

  start(): void {
    this.#timer ??= setInterval(() => { this.#beat() }, everyMs)
    this.#app.changed()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#app.changed()
  }

  #beat(): void {
    const { phase, isFull, ledger } = this.#app
    if (isFull || phase === 'aside' || phase === 'down') this.stop()
    else if (ledger.inFlight < inFlightMax) void this.#app.append(recordsEach)
  }
}
