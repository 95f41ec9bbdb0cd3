import { sameBytes } from './crash-sector.ts'

/** A promise that was broken, with what was promised and what was found. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken'
}

/**
 * What a log owes, kept outside of it and of its storage: which records were handed to it, and how much of them it
 * said what about. Shares no code with the log.
 *
 * Numbers are counts of records from the first one on; 0 is none.
 */
export class Books {
  /** Payloads by number - 1, including those of which nothing was heard. */
  readonly #history: Uint8Array<ArrayBuffer>[]
  /** The counts at which a record or a whole batch ends. */
  readonly #unitEnds: Set<number>
  /** The append returned: the operating system has it. */
  #acknowledged = 0
  /** A sync that began after it was written has succeeded. */
  #covered = 0
  /** A recovery showed it as part of the log. */
  #exposed = 0
  /** Counts payloads, so that no two are alike. */
  #made = 0
  /** What may be found of floor and list of checkpoints: the last one that is owed, then what was attempted since. */
  #floors: readonly number[] = [1]
  #lists: readonly string[] = ['']

  constructor(history: readonly Uint8Array<ArrayBuffer>[] = [], unitEnds: Iterable<number> = [0]) {
    this.#history = [...history]
    this.#unitEnds = new Set(unitEnds)
  }

  clone(): Books {
    const copy = new Books(this.#history, this.#unitEnds)
    copy.#acknowledged = this.#acknowledged
    copy.#covered = this.#covered
    copy.#exposed = this.#exposed
    copy.#made = this.#made
    copy.#floors = this.#floors
    copy.#lists = this.#lists
    return copy
  }

  get attempted(): number {
    return this.#history.length
  }

  /** What makes two books differ, beside the bytes on a disk. */
  get digest(): string {
    const { length } = this.#history
    return [length, this.#acknowledged, this.#covered, this.#exposed, this.#made, this.#floors, this.#lists].join(' ')
  }

  /** Payloads that nothing written before can be mistaken for, noted as attempted together: all or none. */
  attempt(sizes: readonly number[]): Uint8Array<ArrayBuffer>[] {
    const payloads = sizes.map((size) => this.#payload(size))
    this.#history.push(...payloads)
    this.#unitEnds.add(this.#history.length)
    return payloads
  }

  attemptFloor(floor: number): void {
    this.#floors = [...this.#floors, floor]
  }

  /** A list of checkpoints that nothing noted before can be mistaken for, noted as attempted. */
  attemptList(size: number): Uint8Array<ArrayBuffer> {
    const list = this.#payload(size)
    this.#lists = [...this.#lists, list.join()]
    return list
  }

  /** The last floor and the last list are durable, and so are the records up to `count`, attempted before them. */
  coverState(count: number = this.#history.length): void {
    this.#floors = this.#floors.slice(-1)
    this.#lists = this.#lists.slice(-1)
    this.cover(count)
  }

  /** Checks what a log that was recovered says beside its records. */
  recoveredState(floor: number, list: Uint8Array): void {
    if (!this.#floors.includes(floor)) throw this.#broken(`the floor is ${floor}, of ${this.#floors.join(', ')}`)
    if (!this.#lists.includes(list.join())) throw this.#broken(`${list.length} bytes of checkpoints came back`)
    this.#floors = [floor]
    this.#lists = [list.join()]
  }

  /** The records up to `count` are with the operating system; all that were attempted if not told otherwise. */
  acknowledge(count: number = this.#history.length): void {
    this.#acknowledged = Math.max(this.#acknowledged, count)
  }

  /** The records up to `count` are durable; all that were attempted if not told otherwise. */
  cover(count: number = this.#history.length): void {
    this.#acknowledged = Math.max(this.#acknowledged, count)
    this.#covered = Math.max(this.#covered, count)
  }

  /** What was only with the operating system is not owed any more. */
  losePower(): void {
    this.#acknowledged = this.#covered
  }

  /** Checks a log that was recovered; from then on it is the log, and what is not in it must never come back. */
  recovered(payloads: readonly Uint8Array[], first = 1): void {
    const count = first - 1 + payloads.length
    const owed = Math.max(this.#exposed, this.#acknowledged)
    if (count < owed) throw this.#broken(`${count} records came back of ${owed} that were promised`)
    if (count > this.attempted) throw this.#broken(`${count} records came back of ${this.attempted} attempted`)
    payloads.forEach((payload, at) => {
      if (sameBytes(payload, this.#history[first - 1 + at] as Uint8Array)) return
      throw this.#broken(`record ${first + at} is not what was appended`)
    })
    if (!this.#unitEnds.has(count)) throw this.#broken(`${count} records came back, in the middle of a batch`)
    this.#history.length = count
    for (const end of this.#unitEnds) if (end > count) this.#unitEnds.delete(end)
    this.#exposed = count
    this.#acknowledged = count
    this.#covered = count
  }

  #payload(size: number): Uint8Array<ArrayBuffer> {
    this.#made += 1
    const payload = new Uint8Array(size)
    for (let at = 0; at < size; at += 1) payload[at] = (this.#made * 37 + at * 11) & 255
    return payload
  }

  #broken(what: string): PromiseBroken {
    const books = `attempted ${this.attempted}, acknowledged ${this.#acknowledged}, covered ${this.#covered}, `
    return new PromiseBroken(`${what} (${books}exposed ${this.#exposed})`)
  }
}
