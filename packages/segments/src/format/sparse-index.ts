import { indexStrideBytes } from './geometry.ts'
import type { IndexEntry } from './seal.ts'

/**
 * Collects the sparse index of one segment while its frames go by: one entry for each stride of bytes. With
 * `before` it goes on behind that of the frames before, and leaves it alone.
 */
export class SparseIndex {
  readonly entries: IndexEntry[] = []
  readonly #stride: number
  #due: number

  constructor(capacity: number, blockBytes: number, before?: SparseIndex) {
    this.#stride = indexStrideBytes(capacity)
    this.#due = before === undefined ? blockBytes + this.#stride : before.#due
    if (before !== undefined) this.entries.push(...before.entries)
  }

  /** Whether a record that begins at `offset` should be noted. */
  wants(offset: number): boolean {
    return offset >= this.#due
  }

  /** The record must be the first of its batch. */
  note(sequence: number, offset: number): void {
    this.entries.push({ sequence, offset })
    this.#due = offset + this.#stride
  }
}

/** The last entry at or before `sequence`. */
export function seek(entries: readonly IndexEntry[], sequence: number): IndexEntry | undefined {
  return entries[seekAt(entries, sequence)]
}

/** Where that entry stands among all; -1 if there is none. */
export function seekAt(entries: readonly IndexEntry[], sequence: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] as IndexEntry).sequence <= sequence) low = middle + 1
    else high = middle
  }
  return low - 1
}
