import type { LogRecord } from '@varve/segments'
import { tooMuch } from '../limits.ts'
import { malformed } from '../wire/check.ts'
import { letGo } from '../wire/losses.ts'
import { ServedIterator, type Batch } from './served-iterator.ts'

/** The iterators of one client, by the numbers that it gave them. */
export class ServedIterators {
  readonly #open = new Map<number, ServedIterator>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  /** @throws VarveError `BACKPRESSURE`, and whatever `begin` throws. */
  begin(id: number, begin: () => AsyncIterableIterator<LogRecord> & AsyncDisposable): void {
    if (this.#open.has(id)) throw malformed(`the number ${id} for a second iterator`)
    if (this.#open.size >= this.#max) throw tooMuch('iterators', this.#max)
    this.#open.set(id, new ServedIterator(begin()))
  }

  /** The next records. One that has ended, in either way, is forgotten. */
  async next(id: number, maxBytes: number): Promise<Batch> {
    const iterator = this.#open.get(id)
    if (iterator === undefined) throw letGo('the iterator')
    try {
      const batch = await iterator.take(maxBytes)
      if (batch.isLast) this.#open.delete(id)
      return batch
    } catch (error) {
      this.#open.delete(id)
      await iterator.close()
      throw error
    }
  }

  async close(id: number): Promise<void> {
    const iterator = this.#open.get(id)
    this.#open.delete(id)
    await iterator?.close()
  }

  /** Ends all of them. What fails on the way has no one left to hear of it. */
  async closeAll(): Promise<void> {
    const ids = [...this.#open.keys()]
    await Promise.allSettled(ids.map((id) => this.close(id)))
  }
}
