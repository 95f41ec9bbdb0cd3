import { createKernel, type Kernel } from '@varve/codec'
import type { Procedure } from '@varve/storage'

/** So many buffers are kept while nobody reads. */
const idleMax = 2

/**
 * The buffers that the files of one log are read through, each with its kernel. They are lent, because they are not
 * cheap to make: a kernel's memory may take tens of microseconds and gigabytes of address space.
 */
export class ReadBuffers {
  /** Of each, in bytes. */
  readonly bytes: number
  readonly #preference: 'auto' | 'portable'
  readonly #idle: Kernel[] = []

  constructor(bytes: number, preference: 'auto' | 'portable') {
    this.bytes = bytes
    this.#preference = preference
  }

  take(): Kernel {
    return this.#idle.pop() ?? createKernel(this.bytes, this.#preference)
  }

  /** Whoever gives a buffer back does not look at it again: its bytes are the next reader's. */
  give(kernel: Kernel): void {
    if (this.#idle.length < idleMax) this.#idle.push(kernel)
  }

  /** Lends a buffer for as long as `use` takes. */
  *lend<T>(use: (kernel: Kernel) => Procedure<T>): Procedure<T> {
    const kernel = this.take()
    try {
      return yield* use(kernel)
    } finally {
      this.give(kernel)
    }
  }
}
