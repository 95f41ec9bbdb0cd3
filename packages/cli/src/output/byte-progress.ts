import { bar } from './bar.ts'
import type { Output } from './output.ts'
import { size } from './units.ts'

/** Until the line is written again. */
const intervalMs = 100
const barCells = 20

/** One line on a terminal that says how far something has come; elsewhere nothing. */
export class ByteProgress {
  readonly #err: Output
  readonly #now: () => number
  readonly #startMs: number
  #shownMs = -Infinity

  constructor(err: Output, now: () => number) {
    this.#err = err
    this.#now = now
    this.#startMs = now()
  }

  get elapsedMs(): number {
    return this.#now() - this.#startMs
  }

  /** `total` is undefined where nobody knows it. */
  async show(text: string, done: number, total: number | undefined): Promise<void> {
    const now = this.#now()
    if (!this.#err.isTerminal || now - this.#shownMs < intervalMs) return
    this.#shownMs = now
    const rate = `${size(Math.round(done / (Math.max(1, now - this.#startMs) / 1000)))}/s`
    const part = total === undefined || total === 0
      ? size(done)
      : `${bar(done / total, barCells)} ${Math.floor((Math.min(done, total) / total) * 100)} % of ${size(total)}`
    this.#err.print(`\r\u001b[K${`${text}  ${part}, ${rate}`.slice(0, this.#err.columns - 1)}`)
    await this.#err.flush()
  }

  /** Takes the line away again. */
  end(): void {
    if (this.#shownMs > -Infinity) this.#err.print('\r\u001b[K')
  }
}
