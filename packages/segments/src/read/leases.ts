/** A claim on a segment and all that follow it; it moves on with whoever reads. */
export interface Lease {
  /** Index of the lowest segment that is still needed. */
  index: number
  /** How many readers it stands for. */
  readers: number
}

/** Who reads what: segments that a reader of this process needs are not removed under it. */
export class Leases {
  readonly #held = new Set<Lease>()

  /** How many readers there are. */
  get count(): number {
    let count = 0
    for (const { readers } of this.#held) count += readers
    return count
  }

  take(index: number, readers = 1): Lease {
    const lease = { index, readers }
    this.#held.add(lease)
    return lease
  }

  end(lease: Lease): void {
    this.#held.delete(lease)
  }

  /** How many readers need the segment of this index, now or later. */
  countFor(index: number): number {
    let count = 0
    for (const lease of this.#held) if (lease.index <= index) count += lease.readers
    return count
  }
}
