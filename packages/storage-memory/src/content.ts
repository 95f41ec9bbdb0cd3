import { VarveError } from '@varve/codec'

/** Room of the first allocation, in bytes. */
const firstCapacityBytes = 4096

/**
 * The bytes of one file. The room doubles as it grows, so that many small appends cost amortised constant time.
 * Invariant: everything in `bytes` from `size` on is zero, so growing needs no cleaning.
 */
export class MemoryContent {
  #bytes: Uint8Array<ArrayBuffer>
  #size: number

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = new Uint8Array(bytes)
    this.#size = bytes.length
  }

  get size(): number {
    return this.#size
  }

  /** A copy of the bytes, exactly as long as the file. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size)
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - position))
    target.set(this.#bytes.subarray(position, position + count))
    return count
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    // A write of no bytes does not grow a file, as on every operating system.
    if (source.length === 0) return
    this.grow(position + source.length)
    this.#bytes.set(source, position)
  }

  /** Makes the file at least `size` bytes long; what is added is zero. */
  grow(size: number): void {
    if (size <= this.#size) return
    if (size > this.#bytes.length) {
      const larger = allocate(Math.max(size, 2 * this.#bytes.length, firstCapacityBytes), size)
      larger.set(this.#bytes.subarray(0, this.#size))
      this.#bytes = larger
    }
    this.#size = size
  }

  resize(size: number): void {
    if (size >= this.#size) {
      this.grow(size)
      return
    }
    this.#bytes.fill(0, size, this.#size)
    this.#size = size
  }
}

function allocate(capacity: number, size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(capacity)
  } catch (error) {
    throw new VarveError('NO_SPACE', `no memory for a file of ${size} bytes: keep less, or use a disk`, { size }, error)
  }
}
