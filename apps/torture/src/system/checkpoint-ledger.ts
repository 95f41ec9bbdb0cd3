import { LogLedger, sameBytes, Violation, type FaultProfile, type Ledger } from '@varve/dst'

/** What a log with checkpoints owes: what a log owes, and a state that is the fold of its records. */
export class CheckpointLedger implements Ledger {
  readonly log: LogLedger
  readonly #isEventual: boolean
  /** By number of records: the fold of all of them, those included of which nothing was heard. */
  readonly #folds: number[]
  /** Records through which a state was handed to a publisher. */
  readonly #attempted: Set<number>
  /** The newest checkpoint of which a publisher said that it is there; -1 for none. */
  #published = -1
  #isBetrayed = false

  constructor(profile: Pick<FaultProfile, 'names'>, log: LogLedger = new LogLedger(profile), folds = [0]) {
    this.log = log
    this.#isEventual = profile.names === 'eventual'
    this.#folds = folds
    this.#attempted = new Set()
  }

  clone(): this {
    const names = this.#isEventual ? 'eventual' : 'device'
    const copy = new CheckpointLedger({ names }, this.log.clone(), [...this.#folds])
    for (const sequence of this.#attempted) copy.#attempted.add(sequence)
    copy.#published = this.#published
    copy.#isBetrayed = this.#isBetrayed
    return copy as this
  }

  get digest(): string {
    return `${this.log.digest} / ${[...this.#attempted].sort().join(' ')} / ${this.#published}`
  }

  losePower(): void {
    this.log.losePower()
  }

  betray(): void {
    this.#isBetrayed = true
    this.log.betray()
  }

  settleNames(): void {
    this.log.settleNames()
  }

  /** As `LogLedger.attempt`. */
  attempt(sizes: readonly number[]): Uint8Array<ArrayBuffer>[] {
    const payloads = this.log.attempt(sizes)
    for (const payload of payloads) this.#folds.push(folded(this.#folds.at(-1) ?? 0, payload))
    return payloads
  }

  /** As `LogLedger.recovered`. */
  recovered(payloads: readonly Uint8Array[], first: number): void {
    this.log.recovered(payloads, first)
    this.#folds.length = first + payloads.length
  }

  /** The state after `sequence` records, as it is published: a few sectors that depend on every byte of them. */
  stateOf(sequence: number): Uint8Array<ArrayBuffer> {
    const fold = this.#folds[sequence]
    if (fold === undefined) throw new Violation(`there is no state after record ${sequence}`)
    const state = new Uint8Array(stateBytes)
    for (let at = 0, value = fold; at < stateBytes; at += 1) {
      value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0
      state[at] = value >>> 24
    }
    return state
  }

  /** A state is about to be published, and records below `floor` may then be given up. */
  publish(sequence: number, floor: number): void {
    this.#attempted.add(sequence)
    this.log.reclaim(floor - 1)
  }

  /** The publisher said that the checkpoint is there, and the log that it begins at `first`. */
  keep(sequence: number, first: number): void {
    this.#published = Math.max(this.#published, sequence)
    this.log.giveUp(first - 1)
  }

  /** Checks a state that was restored, of which `length` bytes were given. */
  restored(sequence: number, state: Uint8Array): void {
    if (!this.#attempted.has(sequence)) throw new Violation(`a state after record ${sequence} was never published`)
    if (!sameBytes(state, this.stateOf(sequence))) {
      throw new Violation(`the state that was restored is not that after record ${sequence}`)
    }
  }

  /** Checks where a recovery began: `sequence` of the checkpoint, undefined if there was none. */
  beganWith(sequence: number | undefined, isExcused: boolean): void {
    const began = sequence ?? -1
    if (began >= this.#published || this.#isBetrayed || this.#isEventual || isExcused) return
    throw new Violation(`recovery began with ${String(sequence)}, and ${this.#published} had been published`)
  }

  /** Checks the state that a recovery came to after `sequence` records. */
  cameTo(sequence: number, fold: number): void {
    if (fold === this.#folds[sequence]) return
    throw new Violation(`the state that recovery came to is not that after record ${sequence}`)
  }

  /** The fold of which {@link stateOf} made a state. */
  foldOf(sequence: number): number {
    return this.#folds[sequence] ?? -1
  }
}

/** Three sectors of a simulated disk, and a bit. */
const stateBytes = 200

/** The fold of one record more. */
export function folded(fold: number, payload: Uint8Array): number {
  let value = Math.imul(fold ^ payload.length, 0x9e3779b1)
  for (const byte of payload) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}
