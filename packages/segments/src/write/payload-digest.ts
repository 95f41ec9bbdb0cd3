import { VarveError, xxh64, type Word64 } from '@varve/codec'
import type { Entry } from './entry.ts'

const empty = new Uint8Array(0)

/**
 * What the payloads of a call held when it began to wait. They are not copied before their turn comes, so a buffer that
 * is used again too early would be written as it is then, and that only under load.
 */
export class PayloadDigest {
  readonly #entries: readonly Entry[]
  readonly #word: Word64

  constructor(entries: readonly Entry[]) {
    this.#entries = entries
    this.#word = digestOf(entries)
  }

  /** @throws VarveError `INVALID_ARGUMENT` unless every payload is what it was. */
  check(): void {
    const { low, high } = digestOf(this.#entries)
    if (low === this.#word.low && high === this.#word.high) return
    throw new VarveError(
      'INVALID_ARGUMENT',
      'a payload was changed while its call waited for room in the queue; nothing was staged. Leave payloads alone ' +
        "until the promise has settled, or open the log with queue.onFull 'reject'",
      { records: this.#entries.length },
    )
  }
}

/** One digest over all payloads, their lengths included. */
function digestOf(entries: readonly Entry[]): Word64 {
  let word: Word64 = { low: 0, high: 0 }
  // A buffer that was transferred meanwhile has no bytes to look at.
  for (const { payload } of entries) word = xxh64(payload.length === 0 ? empty : payload, word)
  return word
}
