import type { Log } from 'varve'
import type { Output } from './output/output.ts'
import { counted, range } from './output/units.ts'

/** So many calls may wait for their acknowledgement; more would only take memory. */
const callsMax = 1024
const bytesMax = 8 * 1024 * 1024

type Range = Awaited<ReturnType<Log['appendBatch']>>

/** Appends with many calls under way, and prints what is acknowledged in its order. */
export class Appending {
  readonly #log: Log
  readonly #out: Output
  readonly #type: number
  readonly #isQuiet: boolean
  /** One for each call that is not acknowledged yet, in order; each settles behind the one before it. */
  readonly #waiting: Promise<void>[] = []
  #waitingBytes = 0
  #hasFailed = false
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

  /** Hands over a record, or a batch; waits while too much waits. Rejects when an earlier one failed. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    // Nothing goes into the log behind what is known to have failed.
    if (this.#hasFailed) await this.settle()
    const bytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    const acknowledged = this.#acknowledge(this.#waiting.at(-1), this.#handOver(payloads), bytes)
    // Looked at in its turn; until then nobody else hears of it.
    acknowledged.catch(() => { this.#hasFailed = true })
    this.#waiting.push(acknowledged)
    this.#waitingBytes += bytes
    while (this.#waiting.length > callsMax || this.#waitingBytes > bytesMax) await this.#waiting[0]
  }

  /** Waits for every acknowledgement. */
  async settle(): Promise<void> {
    await this.#waiting.at(-1)
  }

  /** For people: what is acknowledged so far. */
  describe(): string {
    const which = this.records === 0 ? '' : `: ${range(this.first, this.last)}`
    return `${counted(this.records, 'record')} acknowledged${which}`
  }

  async #handOver(payloads: readonly Uint8Array[]): Promise<Range> {
    const [payload] = payloads
    if (payloads.length === 1 && payload !== undefined) {
      const sequence = await this.#log.append(payload, { type: this.#type })
      return { first: sequence, last: sequence }
    }
    return await this.#log.appendBatch(payloads.map((each) => ({ payload: each, type: this.#type })))
  }

  async #acknowledge(before: Promise<void> | undefined, done: Promise<Range>, bytes: number): Promise<void> {
    // Both are under way: if the one before fails, nobody else looks at this one.
    done.catch(() => undefined)
    await before
    const { first, last } = await done
    this.first ??= first
    this.last = last
    this.records += last - first + 1
    if (!this.#isQuiet) this.#print(first, last)
    if (this.#out.isFull || this.#waiting.length === 1) await this.#out.flush()
    void this.#waiting.shift()
    this.#waitingBytes -= bytes
  }

  #print(first: number, last: number): void {
    if (this.#out.isJson) this.#out.object(first === last ? { sequence: first } : { first, last })
    else this.#out.line(first === last ? String(first) : `${first}-${last}`)
  }
}
