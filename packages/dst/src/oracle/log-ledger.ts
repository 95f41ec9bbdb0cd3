import { sameBytes } from '../disk/sector.ts'
import type { FaultProfile } from '../profile.ts'
import { Violation, type Ledger } from '../system.ts'

/**
 * What an append-only log owes: which records were handed to it, and how much of them it said what about. Knows
 * nothing of how a log is made and shares no code with one. Numbers are counts of records from the first one on; 0 is
 * none.
 */
export class LogLedger implements Ledger {
  readonly #eventualNames: boolean
  /** Payloads by number - 1, including those of which nothing was heard. */
  readonly #history: Uint8Array<ArrayBuffer>[]
  /** The counts at which a record or a whole batch ends. */
  readonly #unitEnds: Set<number>
  /** The operating system has it: it survives the process. */
  #written = 0
  /** A sync that began after it was written has succeeded: it survives the machine. */
  #covered = 0
  /** A recovery, or a reader, showed it as part of the log. */
  #exposed = 0
  /** Covered in files whose names are durable. */
  #settled = 0
  /** The oldest record that must still be there is the one after these. */
  #reclaimed = 0
  /** The log said that these are given up for good. */
  #givenUp = 0
  /** Marks that were attempted and not known to be gone, by number from 1, and how many of them are durable. */
  #marks = 0
  #marked = 0
  /** A storage that lied ends all promises but one: nothing false is read. */
  #isBetrayed = false
  /** Counts payloads, so that no two are alike. */
  #made = 0

  constructor(profile?: Pick<FaultProfile, 'names'>, history: readonly Uint8Array<ArrayBuffer>[] = []) {
    this.#eventualNames = profile?.names === 'eventual'
    this.#history = [...history]
    this.#unitEnds = new Set([0])
  }

  clone(): this {
    const copy = new LogLedger({ names: this.#eventualNames ? 'eventual' : 'device' }, this.#history)
    for (const end of this.#unitEnds) copy.#unitEnds.add(end)
    copy.#written = this.#written
    copy.#covered = this.#covered
    copy.#exposed = this.#exposed
    copy.#settled = this.#settled
    copy.#reclaimed = this.#reclaimed
    copy.#givenUp = this.#givenUp
    copy.#marks = this.#marks
    copy.#marked = this.#marked
    copy.#isBetrayed = this.#isBetrayed
    copy.#made = this.#made
    return copy as this
  }

  /**
   * What a copy of the log owes that said of the records up to `count` that it has them. It may have more of them, and
   * still have what was given up.
   */
  ofCopy(count: number): this {
    const copy = this.clone()
    copy.#written = count
    copy.#covered = count
    copy.#exposed = count
    copy.#givenUp = 0
    copy.#marked = 0
    return copy
  }

  /** Records handed to the log and not known to be gone. */
  get attempted(): number {
    return this.#history.length
  }

  /** How many records must at least come back. */
  get owed(): number {
    if (this.#isBetrayed) return 0
    const owed = Math.max(this.#exposed, this.#written)
    // What was given up may go with the young names of all that came after it.
    return this.#eventualNames && owed <= this.#reclaimed ? 0 : owed
  }

  get digest(): string {
    const { attempted } = this
    const counts = [attempted, this.#written, this.#covered, this.#exposed, this.#settled, this.#made]
    counts.push(this.#reclaimed, this.#givenUp, this.#marks, this.#marked)
    return this.#isBetrayed ? `${counts.join(' ')} betrayed` : counts.join(' ')
  }

  /** Payloads that nothing written before can be mistaken for, noted as attempted together: all or none. */
  attempt(sizes: readonly number[]): Uint8Array<ArrayBuffer>[] {
    const payloads = sizes.map((size) => this.#payload(size))
    this.#history.push(...payloads)
    this.#unitEnds.add(this.#history.length)
    return payloads
  }

  /** The last thing attempted was refused, and whoever refused it says that nothing of it was taken. */
  refused(count: number): void {
    this.#unitEnds.delete(this.#history.length)
    this.#history.length -= count
  }

  /**
   * A unit that was attempted, and behind which others may have been since, was given up before it was taken: whoever
   * waited with it moves up. Returns how many records stood before it.
   */
  withdrawn(payloads: readonly Uint8Array[]): number {
    const at = this.#history.indexOf(payloads[0] as Uint8Array<ArrayBuffer>)
    this.#history.splice(at, payloads.length)
    const ends = [...this.#unitEnds].filter((end) => end !== at + payloads.length)
    this.#unitEnds.clear()
    for (const end of ends) this.#unitEnds.add(end > at ? end - payloads.length : end)
    return at
  }

  /** The records up to `count` are with the operating system; all that were attempted if not told otherwise. */
  write(count: number = this.#history.length): void {
    this.#written = Math.max(this.#written, count)
  }

  /** The records up to `count` are durable; all that were attempted if not told otherwise. */
  cover(count: number = this.#history.length): void {
    this.write(count)
    this.#covered = Math.max(this.#covered, count)
  }

  /** The records up to `count` may be gone: the log was told to give them up. */
  reclaim(count: number): void {
    this.#reclaimed = Math.max(this.#reclaimed, count)
  }

  /** The log said that the records up to `count` are given up: they are never shown again. */
  giveUp(count: number): void {
    this.#givenUp = Math.max(this.#givenUp, count)
  }

  /** A mark that the log is about to be told to keep in place of all before it; its number. */
  mark(): number {
    this.#marks += 1
    return this.#marks
  }

  /** The log said that it keeps the mark of this number, whatever happens. */
  keepMark(number: number): void {
    this.#marked = Math.max(this.#marked, number)
  }

  /** Checks the mark that was found, 0 if none was; from then on it is the one. */
  foundMark(number: number): void {
    if (number > this.#marks) throw this.#broken(`mark ${number} was found, and only ${this.#marks} were attempted`)
    if (number < this.#marked && !this.#isVoid) {
      throw this.#broken(`mark ${number} was found in place of ${this.#marked}`)
    }
    this.#marked = number
  }

  losePower(): void {
    if (this.#eventualNames) {
      this.#covered = this.#settled
      this.#exposed = Math.min(this.#exposed, this.#settled)
    }
    this.#written = this.#covered
  }

  betray(): void {
    this.#isBetrayed = true
  }

  settleNames(): void {
    this.#settled = this.#covered
  }

  /** A reader showed this record: it must be what was appended under that number. */
  compare(number: number, payload: Uint8Array): void {
    const appended = this.#history[number - 1]
    if (appended === undefined) throw this.#broken(`there is a record ${number} that nobody appended`)
    if (!sameBytes(payload, appended)) throw this.#broken(`record ${number} is not what was appended`)
  }

  /** The records up to `count` were shown as durable: they are never lost from now on. */
  expose(count: number): void {
    this.#exposed = Math.max(this.#exposed, count)
  }

  /**
   * Checks a log that was recovered; from then on it is the log, and what is not in it must never come back.
   *
   * @param first Number of the oldest record that is left.
   */
  recovered(payloads: readonly Uint8Array[], first = 1): void {
    const count = first - 1 + payloads.length
    if (first - 1 < this.#givenUp && !this.#isVoid) {
      throw this.#broken(`the log begins at ${first}, and ${this.#givenUp} records had been given up`)
    }
    if (first - 1 > this.#reclaimed) {
      throw this.#broken(`the log begins at ${first}, and only ${this.#reclaimed} records were given up`)
    }
    if (count < this.owed) throw this.#broken(`${count} records came back of ${this.owed} that were promised`)
    if (count > this.attempted) throw this.#broken(`${count} records came back of ${this.attempted} attempted`)
    payloads.forEach((payload, at) => { this.compare(first + at, payload) })
    // A floor may lie in the middle of a batch.
    const isEmptyAtFloor = payloads.length === 0 && count <= this.#reclaimed
    if (!this.#unitEnds.has(count) && !isEmptyAtFloor) {
      throw this.#broken(`${count} records came back, in the middle of a batch`)
    }
    this.#history.length = count
    for (const end of this.#unitEnds) if (end > count) this.#unitEnds.delete(end)
    this.#exposed = count
    this.#written = count
    this.#covered = count
    this.#settled = Math.min(this.#settled, count)
  }

  /** Whether nothing but the truth of what is read is owed of floors and marks. */
  get #isVoid(): boolean {
    return this.#isBetrayed || this.#eventualNames
  }

  #payload(size: number): Uint8Array<ArrayBuffer> {
    this.#made += 1
    const payload = new Uint8Array(size)
    for (let at = 0; at < size; at += 1) payload[at] = (this.#made * 37 + at * 11) & 255
    return payload
  }

  #broken(what: string): Violation {
    const books = `attempted ${this.attempted}, written ${this.#written}, covered ${this.#covered}, `
    return new Violation(`${what} (${books}exposed ${this.#exposed}${this.#isBetrayed ? ', storage lied' : ''})`)
  }
}
