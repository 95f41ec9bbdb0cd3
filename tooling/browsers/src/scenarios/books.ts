import type { Inbox } from '../driver/inbox.ts'

/** A record: its sequence number, who wrote it, and which of his it is. */
type Entry = readonly [sequence: number, producer: number, n: number]

/** What a reader told. */
export interface ReadReport {
  readonly row: string
  readonly records: readonly Entry[]
  readonly appended: number
}

/** How what a reader found differs from the books. */
export interface Difference {
  /** Acknowledged records that are missing, or are other ones: `number: whose, not whose`. */
  readonly lost: readonly string[]
  /** What nobody wrote so: a gap, or a producer's records in another order. */
  readonly wrong: string | undefined
}

/** What was acknowledged in all lives of one log, kept outside of the browser. */
export class Books {
  readonly #acknowledged = new Map<number, string>()
  /** Records below it may be gone. */
  #floor = 1

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  /** Takes over what a writer has told so far. */
  addAll(inbox: Inbox): void {
    for (const entry of inbox.all('acknowledged') as readonly Entry[]) this.#add(entry)
    for (const before of inbox.all('reclaims') as readonly number[]) this.#floor = Math.max(this.#floor, before)
  }

  /** What was read once has to be there from then on: whoever opened the log has made it durable. */
  adopt(report: unknown): void {
    for (const entry of (report as ReadReport).records) this.#add(entry)
  }

  /** Compares what a reader found, whose bytes it has checked itself. */
  compare({ records }: ReadReport): Difference {
    const found = new Map(records.map(([sequence, ...rest]) => [sequence, rest.join('.')]))
    const lost = [...this.#acknowledged]
      .filter(([sequence, record]) => sequence >= this.#floor && found.get(sequence) !== record)
      .map(([sequence, record]) => `${sequence}: ${record}, not ${String(found.get(sequence))}`)
    return { lost, wrong: gapIn(records) ?? disorderIn(records) }
  }

  /**
   * @throws Error when an acknowledged record is missing or another one, numbers have gaps, or a producer's records are
   * not in the order in which he wrote them.
   */
  check(report: unknown): void {
    const { row } = report as ReadReport
    const { lost, wrong } = this.compare(report as ReadReport)
    if (lost.length > 0) {
      const count = `${lost.length} of ${this.acknowledged}`
      throw new Error(`opened as ${row}, ${count} acknowledged records are lost: ${lost.slice(0, 5).join('; ')}`)
    }
    if (wrong !== undefined) throw new Error(`opened as ${row}, ${wrong}`)
  }

  #add([sequence, ...rest]: Entry): void {
    const record = rest.join('.')
    const before = this.#acknowledged.get(sequence)
    if (before !== undefined && before !== record) {
      throw new Error(`record ${sequence} was acknowledged twice: ${before} and ${record}`)
    }
    this.#acknowledged.set(sequence, record)
  }
}

function gapIn(records: readonly Entry[]): string | undefined {
  const [[first] = [1]] = records
  const gap = records.find(([sequence], at) => sequence !== first + at)
  return gap && `there is a gap before record ${gap[0]}`
}

function disorderIn(records: readonly Entry[]): string | undefined {
  const isWhole = records[0]?.[0] === 1
  const last = new Map<number, number>()
  for (const [sequence, producer, n] of records) {
    // Of a log whose beginning was reclaimed, the first that is left may be any.
    const before = last.get(producer) ?? (isWhole ? 0 : n - 1)
    if (n !== before + 1) return `record ${sequence} is number ${n} of producer ${producer}, after ${before}`
    last.set(producer, n)
  }
  return undefined
}
