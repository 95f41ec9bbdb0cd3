/** Settled waiters that may pile up before they are let go. */
const compactAt = 4096

/** Callers that wait until the log has got to a sequence number, first come first served. */
export class Waiters {
  #sequences: number[] = []
  #resolves: ((sequence: number) => void)[] = []
  #rejects: ((error: unknown) => void)[] = []
  #head = 0

  /** `sequence` is never below that of the waiter before. */
  add(sequence: number, resolve: (sequence: number) => void, reject: (error: unknown) => void): void {
    this.#sequences.push(sequence)
    this.#resolves.push(resolve)
    this.#rejects.push(reject)
  }

  /** Resolves all who wait for `sequence` or less, each with the number it waits for. */
  reached(sequence: number): void {
    while (this.#head < this.#sequences.length && (this.#sequences[this.#head] as number) <= sequence) {
      const at = this.#head
      this.#head += 1
      this.#resolves[at]?.(this.#sequences[at] as number)
    }
    if (this.#head === 0) return
    if (this.#head === this.#sequences.length) this.#clear()
    else if (this.#head >= compactAt) this.#compact()
  }

  /** Rejects all. */
  failed(error: unknown): void {
    const rejects = this.#rejects.slice(this.#head)
    this.#clear()
    for (const reject of rejects) reject(error)
  }

  /** A pipeline that never runs dry would otherwise keep everyone who ever waited. */
  #compact(): void {
    this.#sequences = this.#sequences.slice(this.#head)
    this.#resolves = this.#resolves.slice(this.#head)
    this.#rejects = this.#rejects.slice(this.#head)
    this.#head = 0
  }

  #clear(): void {
    this.#sequences = []
    this.#resolves = []
    this.#rejects = []
    this.#head = 0
  }
}
