import type { Inbox } from '../driver/inbox.ts'

/** A record: its sequence number, who wrote it, and which of his it is. */
type Entry = readonly [sequence: number, producer: number, n: number]

/** What a reader told. */
interface ReadReport {
  readonly row: string
  readonly records: readonly Entry[]
  readonly appended: number
}

/** What was acknowledged in all lives of one log, kept outside of the browser. */
export class Books {
  readonly #acknowledged = new Map<number, string>()

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  /** Takes over what a writer has told so far. */
  addAll(inbox: Inbox): void {
    for (const [sequence, ...rest] of inbox.all('acknowledged') as readonly Entry[]) {
      const record = rest.join('.')
      const before = this.#acknowledged.get(sequence)
      if (before !== undefined && before !== record) {
        throw new Error(`record ${sequence} was acknowledged twice: ${before} and ${record}`)
      }
      this.#acknowledged.set(sequence, record)
    }
  }

  /**
   * Compares what a reader found, whose bytes it has checked itself.
   *
   * @throws Error when an acknowledged record is missing or another one, numbers have gaps, or a producer's records are
   * not in the order in which he wrote them.
   */
  check(report: unknown): void {
    const { row, records } = report as ReadReport
    const found = new Map(records.map(([sequence, ...rest]) => [sequence, rest.join('.')]))
    const lost = [...this.#acknowledged].filter(([sequence, record]) => found.get(sequence) !== record)
    if (lost.length > 0) {
      const list = lost.slice(0, 5).map(([sequence, record]) => {
        return `${sequence}: ${record}, not ${String(found.get(sequence))}`
      })
      const count = `${lost.length} of ${this.acknowledged}`
      throw new Error(`opened as ${row}, ${count} acknowledged records are lost: ${list.join('; ')}`)
    }
    const [first = 1] = found.keys()
    const gap = [...found.keys()].find((sequence, at) => sequence !== first + at)
    if (gap !== undefined) throw new Error(`opened as ${row}, and there is a gap before record ${gap}`)
    const last = new Map<number, number>()
    for (const [sequence, producer, n] of records) {
      const before = last.get(producer) ?? 0
      if (n !== before + 1) {
        throw new Error(`record ${sequence} is number ${n} of producer ${producer}, after ${before}`)
      }
      last.set(producer, n)
    }
  }
}
