import { count } from './format.ts'
import type { Screen } from './screen.ts'

const barCells = 28
/** A terminal is drawn at most so often, another output gets a line at most so often. */
const drawMs = 80
const lineMs = 2000

/** How far the run is: a bar that is drawn over on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #screen: Screen
  readonly #kills: number
  readonly #now: () => number
  #shownAt: number
  #isDrawn = false

  constructor(screen: Screen, kills: number, now: () => number = () => performance.now()) {
    this.#screen = screen
    this.#kills = kills
    this.#now = now
    this.#shownAt = now()
  }

  show(kills: number, acknowledged: number): void {
    const now = this.#now()
    const { isTerminal } = this.#screen
    if (now - this.#shownAt < (isTerminal ? drawMs : lineMs)) return
    this.#shownAt = now
    const facts = `${kills} of ${this.#kills} kills, ${count(acknowledged)} records acknowledged`
    if (!isTerminal) {
      this.#screen.write(`  ${facts}\n`)
      return
    }
    const filled = Math.round((barCells * kills) / this.#kills)
    this.#screen.write(`\r\u001b[K  [${'#'.repeat(filled).padEnd(barCells, '.')}] ${facts}`)
    this.#isDrawn = true
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#screen.write('\r\u001b[K')
    this.#isDrawn = false
  }
}
