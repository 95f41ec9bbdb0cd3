import type { Part } from './envelope.ts'
import { Parcel } from './parcel.ts'

/** Numbers of an append in its part: id, length of the payload, type, timestamp (NaN for none), may be cancelled. */
export const appendWidth = 5
/** Numbers of an answer to an append: id and sequence. */
export const appendedWidth = 2

/** Puts bytes into the message that is being made, and returns where they stand in it. */
export type Put = (bytes: Uint8Array) => number

/**
 * What one side has to say. All of one tick goes into one message:
 *
 * | part | from | says |
 * |---|---|---|
 * | `ready` | server | it listens now: a hello from before may be lost |
 * | `hello`, version, token | client | wants to be served |
 * | `welcome`, version, facts | server | serves it |
 * | `call`, id, method, arguments | both | |
 * | `appends`, offset, rows | client | as many calls, their payloads one behind the other from the offset on |
 * | `answer`, id, value | both | the call has succeeded |
 * | `appended`, 0, rows | server | so have these appends |
 * | `error`, id, error | both | the call has failed |
 * | `cancel`, id | client | an append that still waits need not be made |
 * | `failed`, error | server | the log is poisoned |
 * | `bye`, error | both | the connection is over; with an error if something was wrong |
 */
export class Outbox {
  readonly put: Put
  readonly #post: (parts: readonly Part[], bytes: ArrayBuffer | undefined) => void
  readonly #parcel = new Parcel()
  #parts: Part[] = []
  /** Rows of the last part, as long as more of its kind may join it. */
  #rows: { readonly kind: 'appends' | 'appended'; readonly numbers: number[] } | undefined

  constructor(post: (parts: readonly Part[], bytes: ArrayBuffer | undefined) => void) {
    this.#post = post
    this.put = (bytes) => this.#parcel.put(bytes)
  }

  /** Says something, when the tick is over. */
  add(part: Part): void {
    this.#rows = undefined
    this.#push(part)
  }

  /** An append whose payload is copied now. */
  append(id: number, payload: Uint8Array, type: number, timestamp: number | undefined, isCancellable: boolean): void {
    const at = this.put(payload)
    const numbers = this.#numbersOf('appends', at)
    numbers.push(id, payload.length, type, timestamp ?? Number.NaN, Number(isCancellable))
  }

  /** The answer to an append. */
  appended(id: number, sequence: number): void {
    this.#numbersOf('appended', 0).push(id, sequence)
  }

  /** Posts what there is, at once. */
  flush(): void {
    const parts = this.#parts
    if (parts.length === 0) return
    this.#parts = []
    this.#rows = undefined
    this.#post(parts.map(packed), this.#parcel.take())
  }

  #numbersOf(kind: 'appends' | 'appended', at: number): number[] {
    if (this.#rows?.kind === kind) return this.#rows.numbers
    const numbers: number[] = []
    this.#push([kind, at, numbers])
    this.#rows = { kind, numbers }
    return numbers
  }

  #push(part: Part): void {
    // Whoever says something in the same tick, or in a promise that was settled in it, comes before this.
    if (this.#parts.length === 0) void Promise.resolve().then(() => { this.flush() })
    this.#parts.push(part)
  }
}

function packed(part: Part): Part {
  const [kind, at, numbers] = part
  return kind === 'appends' || kind === 'appended' ? [kind, at, Float64Array.from(numbers as number[])] : part
}
