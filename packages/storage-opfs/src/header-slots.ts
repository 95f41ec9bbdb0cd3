import { slotCount, type FoundHeader, type PoolHeader } from './pool-header.ts'

/**
 * The copies of one header, and which of them may be overwritten.
 *
 * Invariant: a copy that may be the only durable one is never the target of a write. While no flush of this process has
 * succeeded, that is the oldest copy of what the file says now, and the durable one of what it said before: the flush
 * of an earlier process may have failed and left pages that can be read and are not on the disk, so either may be the
 * only one that a power loss leaves. Two copies would have no third place to go to. Of what it said before, the newest
 * copy is the durable one, unless that is a confirmation, which nobody has flushed: then it is the copy it confirms.
 */
export class HeaderSlots {
  readonly #copies: (PoolHeader | undefined)[]
  /** The slot whose copy is known to be durable. */
  #durable: number | undefined
  /** Since the last flush that succeeded, one failed: the disk may say something else than this process does. */
  #isUncertain = false

  constructor(found: readonly FoundHeader[]) {
    this.#copies = found.map((header) => (typeof header === 'string' ? undefined : header))
    this.#durable = this.#confirmedBy(0)
  }

  /** The newest copy; undefined while there is none. */
  get current(): PoolHeader | undefined {
    const [newest] = this.#newestFirst()
    return newest === undefined ? undefined : this.#at(newest)
  }

  /** Whether a copy of what the file says now is known to be durable, and no other can come up after a power loss. */
  get isProven(): boolean {
    return this.#durable !== undefined && !this.#isUncertain
  }

  /** The slot that the next copy goes to. */
  target(): number {
    const kept = this.#kept()
    let target = -1
    for (let slot = 0; slot < slotCount; slot += 1) {
      if (kept.includes(slot)) continue
      if (target < 0 || this.#generation(slot) < this.#generation(target)) target = slot
    }
    return target
  }

  /** A copy was written; whether it was flushed as well, so that it is durable. */
  wrote(slot: number, header: PoolHeader, isDurable: boolean): void {
    this.#copies[slot] = header
    if (!isDurable) return
    this.#durable = slot
    this.#isUncertain = false
  }

  /**
   * Writing a copy failed, or the flush behind it: what is in that slot now, nobody knows. It is the first to be
   * overwritten; until then a header that says something else may be there.
   */
  failed(slot: number, saysTheSame: boolean): void {
    this.#copies[slot] = undefined
    this.#isUncertain ||= !saysTheSame
  }

  #kept(): readonly number[] {
    if (this.#durable !== undefined) return [this.#durable]
    const slots = this.#newestFirst()
    const name = this.current?.name
    const before = slots.findIndex((slot) => this.#at(slot).name !== name)
    const oldest = slots.slice(0, before < 0 ? slots.length : before).slice(-1)
    if (before < 0) return oldest
    return [...oldest, this.#confirmedBy(before) ?? slots[before]!]
  }

  /** The slot whose copy that with the given place, counted from the newest, proves to be durable. */
  #confirmedBy(place: number): number | undefined {
    const [one, next] = this.#newestFirst().slice(place)
    if (one === undefined || next === undefined) return undefined
    const { isConfirmed, name, generation } = this.#at(one)
    const other = this.#at(next)
    return isConfirmed && other.name === name && other.generation === generation - 1 ? next : undefined
  }

  #newestFirst(): readonly number[] {
    const slots = this.#copies.map((_, slot) => slot).filter((slot) => this.#copies[slot] !== undefined)
    return slots.sort((one, other) => this.#generation(other) - this.#generation(one))
  }

  #at(slot: number): PoolHeader {
    return this.#copies[slot]!
  }

  #generation(slot: number): number {
    return this.#copies[slot]?.generation ?? -1
  }
}
