const leastBytes = 1024

/** The bytes of one message. They are copied in once; who has taken the buffer may give it away. */
export class Parcel {
  length = 0
  #buffer: ArrayBuffer | undefined
  /** What the last message took: the next one is likely to take as much, and then nothing is copied twice. */
  #expected = leastBytes

  /** Copies `bytes` behind what is there, and returns where they stand. */
  put(bytes: Uint8Array): number {
    const at = this.length
    const end = at + bytes.length
    new Uint8Array(this.#room(end)).set(bytes, at)
    this.length = end
    return at
  }

  /** The buffer, no more than twice as long as what it holds; undefined when it holds nothing. The parcel is empty. */
  take(): ArrayBuffer | undefined {
    const { length } = this
    const buffer = this.#buffer
    this.length = 0
    this.#buffer = undefined
    if (buffer === undefined) return undefined
    this.#expected = Math.max(length, leastBytes)
    return buffer.byteLength > 2 * length ? buffer.slice(0, length) : buffer
  }

  #room(end: number): ArrayBuffer {
    const buffer = this.#buffer
    if (buffer !== undefined && buffer.byteLength >= end) return buffer
    const larger = new ArrayBuffer(Math.max(end, this.#expected, 2 * this.length))
    if (buffer !== undefined) new Uint8Array(larger).set(new Uint8Array(buffer, 0, this.length))
    this.#buffer = larger
    return larger
  }
}
