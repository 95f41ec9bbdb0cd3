import { slotCount, type FoundHeader, type PoolHeader } from './pool-header.ts'

/**
 * The copies of one header, and which of them may be overwritten.
 *
 * Invariant: a copy that may be the only durable one is never the target of a write. While no flush of this process has
 * succeeded, that is the oldest copy of what the file says now, and the newest of what it said before: the flush of
 * an earlier process may have failed and left pages that can be read and are not on the disk, so either may be the
 * only one that a power loss leaves. Two copies would have no third place to go to.
 */
export class HeaderSlots {
  readonly #copies: (PoolHeader | undefined)[]
  /** The slot whose copy is known to be durable. */
  #durable: number | undefined

  constructor(found: readonly FoundHeader[]) {
    this.#copies = found.map((header) => (typeof header === 'string' ? undefined : header))
    const [newest, next] = this.#newestFirst()
    if (newest === undefined || next === undefined) return
    const one = this.#at(newest)
    const other = this.#at(next)
    if (one.isConfirmed && other.name === one.name && other.generation === one.generation - 1) this.#durable = next
  }

  /** The newest copy; undefined while there is none. */
  get current(): PoolHeader | undefined {
    const [newest] = this.#newestFirst()
    return newest === undefined ? undefined : this.#at(newest)
  }

  /** Whether a copy of what the file says now is known to be durable. */
  get isProven(): boolean {
    return this.#durable !== undefined
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
    if (isDurable) this.#durable = slot
  }

  /** A copy was written, and the flush behind it failed: what is in that slot now, nobody knows. */
  failed(slot: number): void {
    this.#copies[slot] = undefined
  }

  #kept(): readonly number[] {
    if (this.#durable !== undefined) return [this.#durable]
    const slots = this.#newestFirst()
    const name = this.current?.name
    const before = slots.findIndex((slot) => this.#at(slot).name !== name)
    const oldest = before < 0 ? slots.length - 1 : before - 1
    return slots.slice(Math.max(0, oldest), oldest + 2)
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
