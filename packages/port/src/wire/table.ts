import type { LogRecord } from '@varve/segments'
import { isCount, malformed } from './check.ts'

/** Rows of numbers; the payloads of the rows stand in the bytes of the message, one behind the other. */
export type Rows = Float64Array<ArrayBuffer>

/** @throws VarveError `INVALID_ARGUMENT` unless it is a table of whole rows. */
export function rowsOf(value: unknown, width: number, what: string): Rows {
  if (value instanceof Float64Array && value.length % width === 0) return value as Rows
  throw malformed(`${what} that is no table`)
}

/** Hands out payloads, one behind the other. No length is believed that leads beyond the message. */
export class PayloadWalk {
  readonly #bytes: Uint8Array<ArrayBuffer>
  #at: number

  constructor(bytes: Uint8Array<ArrayBuffer>, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** @throws VarveError `INVALID_ARGUMENT` */
  take(length: unknown): Uint8Array<ArrayBuffer> {
    const at = this.#at
    if (!isCount(length) || length > this.#bytes.length - at) {
      throw malformed(`a payload of ${String(length)} bytes at byte ${at} of ${this.#bytes.length}`)
    }
    this.#at = at + length
    return this.#bytes.subarray(at, this.#at)
  }
}

const recordWidth = 4

/** Records as they go to the client: number, timestamp, type and length of each. */
export function recordRows(records: readonly LogRecord[]): Rows {
  const rows = new Float64Array(records.length * recordWidth)
  records.forEach(({ sequence, timestamp, type, payload }, at) => {
    rows.set([sequence, timestamp, type, payload.length], at * recordWidth)
  })
  return rows
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function recordsOf(value: unknown, bytes: Uint8Array<ArrayBuffer>, at: number): LogRecord[] {
  const rows = rowsOf(value, recordWidth, 'records')
  const walk = new PayloadWalk(bytes, at)
  const records: LogRecord[] = []
  for (let row = 0; row < rows.length; row += recordWidth) {
    const [sequence, timestamp, type, length] = rows.subarray(row, row + recordWidth)
    if (!isCount(sequence) || !isCount(timestamp) || !isCount(type)) throw malformed('a record without its numbers')
    records.push({ sequence, timestamp, type, payload: walk.take(length) })
  }
  return records
}

/** Payloads into a message, one behind the other; returns where they begin. */
export function putAll(put: (bytes: Uint8Array) => number, items: readonly { readonly payload: Uint8Array }[]): number {
  const places = items.map(({ payload }) => put(payload))
  return places[0] ?? 0
}
