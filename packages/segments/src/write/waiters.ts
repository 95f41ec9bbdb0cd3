type Resolve = (sequence: number) => void
type Reject = (error: unknown) => void

/** Settled waiters that may pile up before their places are used again. */
const compactAt = 4096

/** Places that are kept for the next ones, whoever came at once. */
const placesMax = 65_536

/**
 * Callers that wait until the log has got to a sequence number, first come first served. Places are used again: arrays
 * that grow anew with every commit cost a tenth of what it takes to append a record.
 */
export class Waiters {
  #sequences: number[] = []
  #resolves: (Resolve | undefined)[] = []
  #rejects: (Reject | undefined)[] = []
  /** Those before it have been told. */
  #head = 0
  #end = 0

  /** `sequence` is never below that of the waiter before. */
  add(sequence: number, resolve: Resolve, reject: Reject): void {
    const at = this.#end
    this.#end += 1
    this.#sequences[at] = sequence
    this.#resolves[at] = resolve
    this.#rejects[at] = reject
  }

  /** Resolves all who wait for `sequence` or less, each with the number it waits for. */
  reached(sequence: number): void {
    while (this.#head < this.#end && (this.#sequences[this.#head] as number) <= sequence) {
      const at = this.#head
      const resolve = this.#resolves[at] as Resolve
      this.#head += 1
      // Whoever was told is let go.
      this.#resolves[at] = undefined
      this.#rejects[at] = undefined
      resolve(this.#sequences[at] as number)
    }
    const isMoved = this.#head > 0 && (this.#head === this.#end || this.#head >= compactAt)
    if (isMoved) this.#compact()
  }

  /** Rejects all. */
  failed(error: unknown): void {
    const rejects = this.#rejects.slice(this.#head, this.#end) as Reject[]
    this.#keep(0)
    for (const reject of rejects) reject(error)
  }

  /** A pipeline that never runs dry would otherwise move on for ever. */
  #compact(): void {
    const left = this.#end - this.#head
    this.#sequences.copyWithin(0, this.#head, this.#end)
    this.#resolves.copyWithin(0, this.#head, this.#end)
    this.#rejects.copyWithin(0, this.#head, this.#end)
    this.#keep(left)
  }

  /** Keeps the first `count`, and no more places than there may be. */
  #keep(count: number): void {
    this.#resolves.fill(undefined, count, this.#end)
    this.#rejects.fill(undefined, count, this.#end)
    this.#head = 0
    this.#end = count
    if (this.#sequences.length <= placesMax) return
    this.#sequences = this.#sequences.slice(0, count)
    this.#resolves = this.#resolves.slice(0, count)
    this.#rejects = this.#rejects.slice(0, count)
  }
}
