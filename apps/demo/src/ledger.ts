import type { Recovery } from './messages.ts'

/** A promise that the log broke. The message says which, and where. */
export class Violation extends Error {}

/** What one child did, as far as it told. */
interface Life {
  readonly life: number
  /** Number of the first record that it may have written. */
  readonly first: number
  /** Number of the last record that it said was acknowledged. */
  acknowledged: number
}

/**
 * The parent's books, kept outside of the log: who wrote which record, and which were acknowledged. Nothing in it
 * comes from the log but the numbers that the children reported.
 */
export class Ledger {
  readonly recoveries: Recovery[] = []
  readonly syncsMs: number[] = []
  /** How many records were acknowledged. Those that a dying child could not tell of are not among them. */
  acknowledged = 0
  /** Number of the last of them. */
  lastAcknowledged = 0
  /** Number of the record behind which a child closed the log and ended; undefined: every child was killed. */
  closedAt: number | undefined
  readonly #lives: Life[] = []

  /** A child opened the log. What was acknowledged before must be there. */
  opened(life: number, recovery: Recovery): void {
    const { lastSequence } = recovery
    if (lastSequence < this.lastAcknowledged) {
      throw new Violation(
        `record ${lastSequence + 1} is lost: records up to ${this.lastAcknowledged} were acknowledged, and the log ` +
          `ended at ${lastSequence} when child ${life} opened it (row ${String(recovery.row)})`,
      )
    }
    this.recoveries.push(recovery)
    this.#lives.push({ life, first: lastSequence + 1, acknowledged: lastSequence })
  }

  /** Records were acknowledged: the next ones, in order, each once. */
  acknowledge(life: number, sequences: readonly number[], syncMs: number): void {
    const current = this.#lives.at(-1)
    if (current?.life !== life) throw new Violation(`child ${life} acknowledged records before it opened the log`)
    for (const sequence of sequences) {
      if (sequence !== current.acknowledged + 1) {
        throw new Violation(
          `child ${life} saw record ${sequence} acknowledged where ${current.acknowledged + 1} was due`,
        )
      }
      current.acknowledged = sequence
    }
    this.acknowledged += sequences.length
    this.lastAcknowledged = current.acknowledged
    this.syncsMs.push(syncMs)
  }

  /** The child has closed the log and appends no more. */
  closed(): void {
    this.closedAt = this.#lives.at(-1)?.acknowledged
  }

  /** The child that wrote a record: the last one that opened the log below it. */
  writerOf(sequence: number): number {
    let low = 0
    let high = this.#lives.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#lives[middle]!.first <= sequence) low = middle + 1
      else high = middle
    }
    return this.#lives[low - 1]?.life ?? 0
  }
}
