import { LogLedger, Violation, type FaultProfile, type Ledger } from '@varve/dst'

/** A log and a copy of it on the same disk, each in a directory of its own. */
export const sourcePrefix = 's.'
export const replicaPrefix = 'r.'

/** What the two owe, and from the promotion on what the copy owes by itself. */
export class PairLedger implements Ledger {
  readonly source: LogLedger
  /** Of a copy that was told to take over. Before it has said that it did, it may or may not have. */
  promoted: LogLedger | undefined
  /** It has said that it did. */
  hasTakenOver = false
  /** How many records the copy said that it has, durably. */
  copied = 0
  /** The copy was left behind and is thrown away, to begin a new one. */
  isThrownAway = false

  constructor(source: LogLedger) {
    this.source = source
  }

  static of(profile: FaultProfile): PairLedger {
    return new PairLedger(new LogLedger(profile))
  }

  clone(): this {
    const copy = new PairLedger(this.source.clone())
    copy.promoted = this.promoted?.clone()
    copy.hasTakenOver = this.hasTakenOver
    copy.copied = this.copied
    copy.isThrownAway = this.isThrownAway
    return copy as this
  }

  get digest(): string {
    const promoted = this.promoted?.digest ?? ''
    return `${this.source.digest} ${this.copied} ${promoted} ${String(this.hasTakenOver)} ${String(this.isThrownAway)}`
  }

  losePower(): void {
    this.source.losePower()
    this.promoted?.losePower()
  }

  betray(): void {
    this.source.betray()
    this.promoted?.betray()
  }

  settleNames(): void {
    this.source.settleNames()
    this.promoted?.settleNames()
  }

  /** The copy said that it has so many records. */
  copy(count: number): void {
    this.copied = Math.max(this.copied, count)
  }

  /** Nobody relies on the copy any more. */
  throwAway(): void {
    this.copied = 0
    this.promoted = undefined
    this.isThrownAway = true
  }

  /** The copy is told to become the log. */
  promote(): LogLedger {
    this.promoted = this.source.ofCopy(this.copied)
    return this.promoted
  }

  /** The copy was found to be the log. */
  foundPromoted(): LogLedger {
    this.hasTakenOver = true
    if (this.promoted === undefined) throw new Violation('a replica became a log that nobody had promoted')
    return this.promoted
  }

  /** Checks a copy that was found: the records that it shows as durable, from the first on. */
  foundCopy(first: number, payloads: readonly Uint8Array[], isBetrayed: boolean): void {
    const count = first - 1 + payloads.length
    if (this.hasTakenOver && !isBetrayed) throw new Violation('a promoted replica is a replica again')
    if (count < this.copied && !isBetrayed && !this.isThrownAway) {
      throw new Violation(`the copy has ${count} records of ${this.copied} that it had said to be durable`)
    }
    payloads.forEach((payload, at) => { this.source.compare(first + at, payload) })
  }
}
