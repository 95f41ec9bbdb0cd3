import type { Durability } from '@varve/segments'
import { mayEndAt, payloadOf } from './history.ts'

/** How the life of a writer ended. What it owes depends on it. */
export type End =
  /** It was killed, or its disk was full: the operating system lives. */
  | 'process'
  /** The caches are gone, or a failed sync may have dropped them. */
  | 'power'

/** A broken promise. */
export interface Finding {
  readonly promised: string
  readonly found: string
}

/** A record as the log showed it. */
export interface Found {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly payload: Uint8Array
}

/** One writer, as far as it told. All numbers are of records; each means: this one and all before it. */
interface Life {
  readonly life: number
  readonly durability: Durability
  /** Number of the first record that it may have written. */
  readonly first: number
  attempted: number
  acknowledged: number
  /** A sync that began after they were written has succeeded. */
  covered: number
  /** A reader of durable records was shown them. */
  shown: number
}

/**
 * What a log owes, kept outside of the processes that write it and of the disk that it lies on. Writers tell before
 * they append and after they were answered; what a dying one could not tell any more makes the books owe less, never
 * more. Shares no code with the log.
 */
export class Books {
  readonly #seed: number
  readonly #lives: Life[] = []
  /** What an open for writing showed: owed ever after, whatever happens. */
  #exposed = 0
  /** What the log must hold at least, as things stand. */
  #owed: { least: number; why: string } = { least: 0, why: 'nothing was promised' }
  /** How the last writer ended. `recovered`: what it left was shown since, and that is owed instead. */
  #state: 'alive' | End | 'recovered' = 'recovered'
  #acknowledgements = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Books that go on from here on their own. */
  clone(): Books {
    const copy = new Books(this.#seed)
    copy.#lives.push(...this.#lives.map((life) => ({ ...life })))
    copy.#exposed = this.#exposed
    copy.#owed = this.#owed
    copy.#state = this.#state
    return copy
  }

  /** How many records were acknowledged, those of earlier lives included. */
  get acknowledgements(): number {
    return this.#acknowledgements
  }

  /** Nobody was promised anything yet. */
  get isEmpty(): boolean {
    return this.#owed.least === 0
  }

  get #current(): Life | undefined {
    return this.#lives.at(-1)
  }

  /** Number of the last record that anyone may have written. */
  get #attempted(): number {
    return Math.max(this.#exposed, this.#current?.attempted ?? 0)
  }

  /** A new writer opened the log, and found it to end there. */
  opened(life: number, durability: Durability, lastSequence: number): Finding[] {
    const findings = this.endsAt(lastSequence, `the log as writer ${life} opened it`)
    this.expose(lastSequence)
    const marks = { attempted: lastSequence, acknowledged: 0, covered: 0, shown: 0 }
    this.#lives.push({ life, durability, first: lastSequence + 1, ...marks })
    this.#state = 'alive'
    return findings
  }

  /** About to be appended. */
  attempt(through: number): void {
    const life = this.#living()
    life.attempted = Math.max(life.attempted, through)
  }

  acknowledge(through: number): Finding[] {
    const life = this.#living()
    const before = Math.max(life.acknowledged, life.first - 1)
    this.#acknowledgements += Math.max(0, through - before)
    life.acknowledged = through
    if (through > before && through <= life.attempted) return []
    return [
      {
        promised: 'records are acknowledged in order, each once, and only if they were appended',
        found: `${through} was acknowledged behind ${before}; ${life.attempted} was the last to be appended`,
      },
    ]
  }

  cover(through: number): void {
    const life = this.#living()
    life.covered = Math.max(life.covered, through)
  }

  show(through: number): void {
    const life = this.#living()
    life.shown = Math.max(life.shown, through)
  }

  /** The last writer is no more; or it was, and now the power has failed as well, before anyone opened the log. */
  ended(end: End): void {
    const life = this.#current
    if (life === undefined || this.#state === 'recovered' || this.#state === 'power') return
    this.#state = end
    const { durability, acknowledged, covered, shown } = life
    const counts = end === 'process' || durability !== 'async'
    const claims: [number, string][] = [
      [this.#exposed, 'an open had shown it'],
      [counts ? acknowledged : 0, `acknowledged in ${durability} mode`],
      [covered, 'covered by a sync that succeeded'],
      [shown, 'shown to a reader of durable records'],
    ]
    const [least, why] = claims.reduce((most, claim) => (claim[0] > most[0] ? claim : most))
    this.#owed = { least, why }
  }

  /** What is wrong with a log that ends there. */
  endsAt(last: number, where: string): Finding[] {
    const findings: Finding[] = []
    const { least, why } = this.#owed
    if (last < least) {
      findings.push({ promised: `record ${least} is there: ${why}`, found: `${where} ends at ${last}` })
    }
    if (last > this.#attempted) {
      const promised = `no record behind ${this.#attempted}: none was appended, or it was discarded`
      findings.push({ promised, found: `${where} ends at ${last}` })
    }
    if (!mayEndAt(last)) {
      findings.push({ promised: 'a batch is there as a whole or not at all', found: `${where} ends at ${last}` })
    }
    return findings
  }

  /**
   * An open for writing showed so much: it is owed ever after, and what lay behind it never returns. An open for
   * reading counts the same until the power fails.
   */
  expose(last: number): void {
    this.#exposed = last
    this.#state = 'recovered'
    this.#owed = { least: last, why: 'an open had shown it' }
    const life = this.#current
    if (life !== undefined) life.attempted = last
  }

  /** What is wrong with a record, where number `due` was due. */
  compare(record: Found, due: number): Finding | undefined {
    const life = this.#writerOf(due)
    const broken = (promised: string, found: string): Finding => ({ promised, found: `record ${due}: ${found}` })
    const { sequence, timestamp, type, payload } = record
    if (sequence !== due) return broken('records are 1, 2, 3 without a gap', `its number is ${sequence}`)
    if (type !== life) {
      const found = `writer ${type} wrote it, where writer ${life} was the last one that could`
      return broken('what was shown stays, and what was discarded never returns', found)
    }
    const promised = 'records come back byte for byte'
    if (timestamp !== due) return broken(promised, `its timestamp is ${timestamp}`)
    const expected = payloadOf({ seed: this.#seed, life }, due)
    if (Buffer.compare(payload, expected) === 0) return undefined
    return broken(promised, `its ${payload.length} bytes are not the ${expected.length} that were appended`)
  }

  /** One line: what is owed, and what the last writer told. */
  describe(): string {
    const { least, why } = this.#owed
    const life = this.#current
    if (life === undefined) return 'no writer got to open the log'
    const { durability, attempted, acknowledged, covered, shown } = life
    return (
      `writer ${life.life} in ${durability} mode from ${life.first}: attempted ${attempted}, acknowledged ` +
      `${acknowledged}, covered ${covered}, shown ${shown}; owed ${least} (${why})`
    )
  }

  /** Who must have written a record: the last one that opened the log below it. */
  #writerOf(sequence: number): number {
    return this.#lives.findLast(({ first }) => first <= sequence)?.life ?? 0
  }

  #living(): Life {
    const life = this.#current
    if (life === undefined) throw new Error('a writer told of records before it told that it opened the log')
    return life
  }
}
