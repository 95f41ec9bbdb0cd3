import type { Log } from 'varve'
import type { Output } from './output/output.ts'
import { counted, range } from './output/units.ts'

/** So many calls may wait for their acknowledgement; more would only take memory. */
const callsMax = 1024
const bytesMax = 8 * 1024 * 1024

interface Waiting {
  readonly bytes: number
  readonly done: Promise<{ readonly first: number; readonly last: number }>
}

/** Appends with many calls under way, and prints what is acknowledged in its order. */
export class Appending {
  readonly #log: Log
  readonly #out: Output
  readonly #type: number
  readonly #isQuiet: boolean
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Numbers of the first and the last record that is acknowledged. */
  first: number | undefined
  last = 0
  records = 0

  constructor(log: Log, out: Output, options: { readonly type: number; readonly isQuiet: boolean }) {
    this.#log = log
    this.#out = out
    this.#type = options.type
    this.#isQuiet = options.isQuiet
  }

  /** Hands over one record, or several as an atomic batch; waits while too much waits. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    const bytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    const done = this.#handOver(payloads)
    // Looked at in its turn; until then nobody else hears of it.
    done.catch(() => undefined)
    this.#waiting.push({ bytes, done })
    this.#waitingBytes += bytes
    while (this.#waiting.length > callsMax || this.#waitingBytes > bytesMax) await this.#settleFirst()
  }

  /** Waits for every acknowledgement. */
  async settle(): Promise<void> {
    while (this.#waiting.length > 0) await this.#settleFirst()
  }

  /** For people: what is acknowledged so far. */
  describe(): string {
    return `${counted(this.records, 'record')} acknowledged${this.records === 0 ? '' : `: ${range(this.first, this.last)}`}`
  }

  async #handOver(payloads: readonly Uint8Array[]): Promise<{ readonly first: number; readonly last: number }> {
    const [payload] = payloads
    if (payloads.length === 1 && payload !== undefined) {
      const sequence = await this.#log.append(payload, { type: this.#type })
      return { first: sequence, last: sequence }
    }
    return await this.#log.appendBatch(payloads.map((each) => ({ payload: each, type: this.#type })))
  }

  async #settleFirst(): Promise<void> {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    this.#waitingBytes -= waiting.bytes
    const { first, last } = await waiting.done
    this.first ??= first
    this.last = last
    this.records += last - first + 1
    if (!this.#isQuiet) this.#print(first, last)
    if (this.#out.isFull || this.#waiting.length === 0) await this.#out.flush()
  }

  #print(first: number, last: number): void {
    if (this.#out.isJson) this.#out.object(first === last ? { sequence: first } : { first, last })
    else this.#out.line(first === last ? String(first) : `${first}-${last}`)
  }
}
