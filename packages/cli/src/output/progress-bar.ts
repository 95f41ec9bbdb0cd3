import type { System } from '../system.ts'
import { bar } from './bar.ts'
import type { Output } from './output.ts'
import { size } from './units.ts'

const intervalMs = 100
const eraseLine = '\r\u001b[K'
/** Beside the bar: share, sizes, rate. */
const textColumns = 44
const cellsMax = 40

/** One line that tells how far it is and how fast, on a terminal; elsewhere nothing. */
export class ProgressBar {
  readonly #err: Output
  readonly #system: Pick<System, 'now'>
  readonly #beganMs: number
  #shownMs: number | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(err: Output, system: Pick<System, 'now'>) {
    this.#err = err
    this.#system = system
    this.#beganMs = system.now()
  }

  /** Since it was made. */
  get elapsedMs(): number {
    return this.#system.now() - this.#beganMs
  }

  /** May be called at any rate. Where nobody knows the total, there is no bar. */
  show(bytesDone: number, bytesTotal: number | undefined): void {
    const now = this.#system.now()
    if (!this.#err.isTerminal || now - (this.#shownMs ?? this.#beganMs) < intervalMs) return
    this.#shownMs = now
    const rate = (bytesDone / (now - this.#beganMs)) * 1000
    if (bytesTotal === undefined) {
      this.#print(`${eraseLine}${size(bytesDone)}, ${size(rate)}/s`)
      return
    }
    const fraction = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal)
    const cells = Math.min(cellsMax, this.#err.columns - textColumns)
    const drawn = this.#err.style.accent(bar(fraction, Math.max(4, cells)))
    const share = `${Math.floor(fraction * 100)} %`.padStart(5)
    this.#print(`${eraseLine}${drawn}${share}  ${size(bytesDone)} of ${size(bytesTotal)}, ${size(rate)}/s`)
  }

  /** Takes the line away. */
  async end(): Promise<void> {
    if (this.#shownMs !== undefined) this.#print(eraseLine)
    await this.#writing
  }

  #print(text: string): void {
    this.#writing = this.#writing.then(async () => {
      this.#err.print(text)
      await this.#err.flush()
    })
    // Whoever waits for the end hears of it.
    this.#writing.catch(() => undefined)
  }
}
