import { VarveError, xxh64, type Word64 } from '@varve/codec'

const empty = new Uint8Array(0)

/**
 * What payloads held when their call began to wait. They are not copied before their turn comes, as in the queue of a
 * log, so a buffer that is used again too early would be sent as it is then, and that only under load.
 */
export class PayloadDigest {
  readonly #payloads: readonly Uint8Array[]
  readonly #word: Word64

  constructor(payloads: readonly Uint8Array[]) {
    this.#payloads = payloads
    this.#word = digestOf(payloads)
  }

  /** @throws VarveError `INVALID_ARGUMENT` unless every payload is what it was. */
  check(): void {
    const { low, high } = digestOf(this.#payloads)
    if (low === this.#word.low && high === this.#word.high) return
    throw new VarveError(
      'INVALID_ARGUMENT',
      'a payload was changed while its call waited for room in the window of the port; nothing was sent. Leave ' +
        "payloads alone until the promise has settled, or connect with onFull 'reject'",
    )
  }
}

/** One digest over all payloads, their lengths included. */
function digestOf(payloads: readonly Uint8Array[]): Word64 {
  let word: Word64 = { low: 0, high: 0 }
  // A buffer that was transferred meanwhile has no bytes to look at.
  for (const payload of payloads) word = xxh64(payload.length === 0 ? empty : payload, word)
  return word
}
