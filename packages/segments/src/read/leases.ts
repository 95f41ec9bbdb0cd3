/** A reader's claim on a segment and all that follow it; it moves on with the reader. */
export interface Lease {
  /** Index of the lowest segment that the reader still needs. */
  index: number
}

/** Who reads what: segments that a reader of this process needs are not removed under it. */
export class Leases {
  readonly #held = new Set<Lease>()

  /** How many there are. */
  get count(): number {
    return this.#held.size
  }

  take(index: number): Lease {
    const lease = { index }
    this.#held.add(lease)
    return lease
  }

  end(lease: Lease): void {
    this.#held.delete(lease)
  }

  /** How many readers need the segment of this index, now or later. */
  countFor(index: number): number {
    let count = 0
    for (const lease of this.#held) if (lease.index <= index) count += 1
    return count
  }
}
