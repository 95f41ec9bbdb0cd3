import type { IndexEntry } from '../format/seal.ts'

/** Frames of so many bytes share a note, unless one alone is larger: a read of so much costs no more than of a few. */
const pieceBytes = 1024

const lengthMin = 32

/**
 * Where records begin of a stretch of one file, as far as it was read: in order, the first of each piece. Eight bytes
 * a piece. Offsets in bytes of the file.
 */
export class FrameNotes {
  /** Number of the first record that was not read over. */
  next: number
  /** Offset where it begins, or a control record before it. */
  end: number
  /** How many notes there are. */
  count = 0
  readonly #first: number
  /** Of the first record of each piece, from the stretch's first on. */
  #sequences: Uint32Array<ArrayBuffer> = new Uint32Array(lengthMin)
  /** Divided by eight, as frames are aligned. */
  #offsets: Uint32Array<ArrayBuffer> = new Uint32Array(lengthMin)
  #lastOffset = -Infinity

  constructor({ sequence, offset }: IndexEntry) {
    this.#first = sequence
    this.next = sequence
    this.end = offset
  }

  /** Reads over the next record, whose frame is `[offset, end)`. */
  pass(offset: number, end: number): void {
    if (end - this.#lastOffset > pieceBytes) this.#note(offset)
    this.next += 1
    this.end = end
  }

  /** The number of the piece that holds the record, which was read over. */
  pieceOf(sequence: number): number {
    const relative = sequence - this.#first
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sequences[middle] as number) <= relative) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  firstSequenceOf(piece: number): number {
    return this.#first + (this.#sequences[piece] as number)
  }

  offsetOf(piece: number): number {
    return (this.#offsets[piece] as number) * 8
  }

  /** Where its last record ends, at the latest. */
  endOf(piece: number): number {
    return piece + 1 < this.count ? this.offsetOf(piece + 1) : this.end
  }

  #note(offset: number): void {
    if (this.count === this.#offsets.length) {
      this.#sequences = longer(this.#sequences)
      this.#offsets = longer(this.#offsets)
    }
    this.#sequences[this.count] = this.next - this.#first
    this.#offsets[this.count] = offset / 8
    this.#lastOffset = offset
    this.count += 1
  }
}

function longer(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const twice = new Uint32Array(2 * words.length)
  twice.set(words)
  return twice
}
