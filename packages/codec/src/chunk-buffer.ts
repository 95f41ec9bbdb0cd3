/** The bytes `[start, end)` of `memory` wait to be decoded. The memory grows only as bytes arrive. */
export class ChunkBuffer {
  memory: Uint8Array<ArrayBuffer>
  start = 0
  end = 0

  constructor(bytes: number) {
    this.memory = new Uint8Array(bytes)
  }

  get length(): number {
    return this.end - this.start
  }

  /**
   * Takes as much of `chunk`, from `from` on, as there is room for; returns how much that was, at least one byte.
   * `needed` bytes from `start` on are wanted: when the memory is full without them it grows, at most to twice its
   * size, so that a length that a header announces costs nothing before bytes come.
   */
  fill(chunk: Uint8Array, from: number, needed: number): number {
    if (this.end === this.memory.length) this.#makeRoom(needed)
    const taken = Math.min(chunk.length - from, this.memory.length - this.end)
    this.memory.set(chunk.subarray(from, from + taken), this.end)
    this.end += taken
    return taken
  }

  #makeRoom(needed: number): void {
    const rest = this.memory.subarray(this.start, this.end)
    if (this.start > 0) this.memory.set(rest, 0)
    else {
      const grown = new Uint8Array(Math.min(needed, this.memory.length * 2))
      grown.set(rest)
      this.memory = grown
    }
    this.end = rest.length
    this.start = 0
  }
}
