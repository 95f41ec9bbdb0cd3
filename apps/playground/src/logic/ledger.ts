import { originOf } from './payload.ts'

/** A record as it was read back. */
export interface ReadBack {
  readonly sequence: number
  readonly payload: Uint8Array
}

/** What came back of what this tab had appended. */
export interface Audit {
  /** How many acknowledged numbers the log still promises, and how many of them were there, unchanged. */
  readonly acknowledged: number
  readonly found: number
  /** Acknowledged numbers that were not there, or held something else. Empty, or the log has broken its promise. */
  readonly lost: readonly number[]
  /** Records of this tab that were there though no acknowledgement had come: in flight when the worker died. */
  readonly unacknowledged: number
  /** The last number that had been acknowledged; 0 when none had. */
  readonly lastAcknowledged: number
  /** The last number that was read; 0 when there was none. */
  readonly lastRead: number
}

/** What this tab has sent, and what of that was acknowledged: kept on the page, where no worker can take it away. */
export class Ledger {
  readonly tab: number
  /** By sequence number, the serial number of the record. */
  readonly #acknowledged = new Map<number, number>()
  /** Serial numbers whose acknowledgement has not come. */
  readonly #open = new Set<number>()
  #sent = 0
  #lastAcknowledged = 0

  constructor(tab: number) {
    this.tab = tab
  }

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  get lastAcknowledged(): number {
    return this.#lastAcknowledged
  }

  /** Appends that have neither been acknowledged nor refused. */
  get inFlight(): number {
    return this.#open.size
  }

  /** Notes that a record is sent, and returns its serial number. */
  send(): number {
    this.#sent += 1
    this.#open.add(this.#sent)
    return this.#sent
  }

  acknowledge(serial: number, sequence: number): void {
    this.#open.delete(serial)
    this.#acknowledged.set(sequence, serial)
    this.#lastAcknowledged = Math.max(this.#lastAcknowledged, sequence)
  }

  /** The append has failed: whether the record is there is not known, and not promised. */
  fail(serial: number): void {
    this.#open.delete(serial)
  }

  /** The log was removed: nothing of it is promised any more. */
  clear(): void {
    this.#acknowledged.clear()
    this.#lastAcknowledged = 0
  }

  /** Compares with what is read back. Numbers below `floor` were given up on purpose, and are forgotten. */
  async audit(floor: number, records: AsyncIterable<ReadBack>): Promise<Audit> {
    for (const sequence of this.#acknowledged.keys()) if (sequence < floor) this.#acknowledged.delete(sequence)
    const missing = new Map(this.#acknowledged)
    const acknowledged = missing.size
    let unacknowledged = 0
    let lastRead = 0
    for await (const { sequence, payload } of records) {
      lastRead = sequence
      const origin = originOf(payload)
      if (origin?.tab !== this.tab) continue
      if (missing.get(sequence) === origin.serial) missing.delete(sequence)
      else if (!missing.has(sequence)) unacknowledged += 1
    }
    const lost = [...missing.keys()].sort((one, other) => one - other)
    const found = acknowledged - lost.length
    return { acknowledged, found, lost, unacknowledged, lastAcknowledged: this.#lastAcknowledged, lastRead }
  }
}
