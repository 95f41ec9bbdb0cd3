import { progressLine } from '../report/terminal.ts'
import type { Progress } from './torture.ts'

/** Where output goes. */
export interface Screen {
  readonly isTerminal: boolean
  write(text: string): void
}

/** A line that follows the work: rewritten on a terminal, a new one now and then elsewhere. */
export class Meter {
  readonly #screen: Screen
  #isDirty = false
  #saidAtMs = Number.NEGATIVE_INFINITY

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Takes progress, and shows it not too often. */
  progress(now: () => number): (progress: Progress) => void {
    const intervalMs = this.#screen.isTerminal ? 100 : 10_000
    return (progress) => {
      const at = now()
      if (at - this.#saidAtMs < intervalMs) return
      this.#saidAtMs = at
      this.say(progressLine(progress))
    }
  }

  say(text: string): void {
    if (!this.#screen.isTerminal) {
      this.#screen.write(`${text}\n`)
      return
    }
    this.#screen.write(`\r\u001b[2K${text.slice(0, 150)}`)
    this.#isDirty = true
  }

  /** Makes way for lines that stay. */
  end(): void {
    if (this.#isDirty) this.#screen.write('\r\u001b[2K')
    this.#isDirty = false
  }
}
