import type { IndexEntry } from '../format/seal.ts'

const lengthMin = 128

/**
 * Where each record begins of a stretch of one file, as far as it was read: in order and without gaps from the first
 * on. Four bytes a record. Offsets in bytes of the file.
 */
export class FrameNotes {
  /** Number of the first record that is not noted. */
  next: number
  /** Offset where it begins, or a control record before it. */
  end: number
  readonly #first: number
  /** Divided by eight, as frames are aligned. */
  #offsets: Uint32Array<ArrayBuffer> = new Uint32Array(lengthMin)

  constructor({ sequence, offset }: IndexEntry) {
    this.#first = sequence
    this.next = sequence
    this.end = offset
  }

  get records(): number {
    return this.next - this.#first
  }

  note(offset: number): void {
    const at = this.records
    if (at === this.#offsets.length) {
      const longer = new Uint32Array(2 * at)
      longer.set(this.#offsets)
      this.#offsets = longer
    }
    this.#offsets[at] = offset / 8
    this.next += 1
  }

  /** Where the record begins, which is noted. */
  offsetOf(sequence: number): number {
    return (this.#offsets[sequence - this.#first] as number) * 8
  }

  /** Where it ends, at the latest. */
  endOf(sequence: number): number {
    return sequence + 1 < this.next ? this.offsetOf(sequence + 1) : this.end
  }
}
