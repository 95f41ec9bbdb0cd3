import { tooMuch } from '../limits.ts'

/** What a client has in flight, as the server counts it: a client that does not keep to its window is refused. */
export class Allowance {
  calls = 0
  bytes = 0
  readonly #maxBytes: number
  readonly #maxCalls: number
  readonly #waiting: (() => void)[] = []

  constructor(maxBytes: number, maxCalls: number) {
    this.#maxBytes = maxBytes
    this.#maxCalls = maxCalls
  }

  /** @throws VarveError `BACKPRESSURE` */
  enter(bytes: number): void {
    if (this.calls >= this.#maxCalls) throw tooMuch('calls', this.#maxCalls)
    if (this.bytes > 0 && this.bytes + bytes > this.#maxBytes) throw tooMuch('bytes', this.#maxBytes)
    this.calls += 1
    this.bytes += bytes
  }

  leave(bytes: number): void {
    this.calls -= 1
    this.bytes -= bytes
    if (this.calls > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    if (this.calls > 0) await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
  }
}
