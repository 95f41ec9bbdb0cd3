import type { Log } from '@varve/segments'
import { payloadOf, unitAt } from './history.ts'
import { earlyMs } from './lying-storage.ts'
import type { WriterMessage, WriterOrders } from './messages.ts'

/**
 * Overlapping producers on one log, with somebody who fences and somebody who reads beside them. Ends when all that
 * was ordered is appended, or when the log fails.
 */
export class Producers {
  readonly #log: Log
  readonly #orders: WriterOrders
  readonly #say: (message: WriterMessage) => void
  readonly #sayFailed: (doing: string, error: unknown) => void
  readonly #end: number
  #next: number
  #acknowledged: number
  /** What was told of it. */
  #told: number
  #done = false
  #failed = false

  constructor(
    log: Log,
    orders: WriterOrders,
    say: (message: WriterMessage) => void,
    sayFailed: (doing: string, error: unknown) => void,
  ) {
    this.#log = log
    this.#orders = orders
    this.#say = say
    this.#sayFailed = sayFailed
    this.#next = log.lastSequence + 1
    this.#end = orders.records === undefined ? Number.MAX_SAFE_INTEGER : log.lastSequence + orders.records
    this.#acknowledged = log.lastSequence
    this.#told = log.lastSequence
  }

  async run(): Promise<void> {
    const beside = [this.#guard('sync', () => this.#fence()), this.#guard('read', () => this.#read())]
    const producers = Array.from({ length: this.#orders.producers }, (_, at) =>
      this.#guard('append', () => this.#produce(at)),
    )
    await Promise.all(producers)
    this.#done = true
    await Promise.all(beside)
  }

  get #over(): boolean {
    return this.#done || this.#failed
  }

  async #guard(doing: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#failed = true
      this.#sayFailed(doing, error)
    }
  }

  /** One unit after the other; some producers only enqueue, and flush. */
  async #produce(at: number): Promise<void> {
    while (this.#next <= this.#end && !this.#failed) {
      const first = this.#next
      const size = unitAt(first)
      const through = first + size - 1
      this.#next = through + 1
      this.#say({ kind: 'attempted', through })
      if (this.#orders.lie === 'acknowledges-early') {
        this.#tell(through)
        await pause(earlyMs)
      }
      await this.#append(first, size, at % 4 === 3)
      this.#acknowledge(through)
    }
  }

  async #append(first: number, size: number, mayEnqueue: boolean): Promise<void> {
    const log = this.#log
    const entries = Array.from({ length: size }, (_, at) => this.#entry(first + at))
    const [entry] = entries
    if (entry === undefined) throw new Error(`no unit begins at ${first}`)
    if (size > 1) this.#expect(first, (await log.appendBatch(entries)).first)
    else if (!mayEnqueue) this.#expect(first, await log.append(entry.payload, entry))
    else {
      this.#expect(first, log.enqueue(entry.payload, entry))
      // A flush promises less than an acknowledgement does in the other modes.
      await (this.#orders.durability === 'async' ? log.flush() : log.sync())
    }
  }

  #entry(sequence: number): { payload: Uint8Array<ArrayBuffer>; type: number; timestamp: number } {
    return { payload: payloadOf(this.#orders, sequence), type: this.#orders.life, timestamp: sequence }
  }

  #expect(due: number, number: number): void {
    if (number !== due) this.#broken('numbers are given in call order', `${number} was given where ${due} was due`)
  }

  #broken(promised: string, found: string): void {
    this.#say({ kind: 'broken', promised, found })
  }

  /** All that one commit acknowledged makes one message. Answers come in order, but a flush may overtake them. */
  #acknowledge(through: number): void {
    if (this.#acknowledged === this.#told) queueMicrotask(() => { this.#tell(this.#acknowledged) })
    this.#acknowledged = Math.max(this.#acknowledged, through)
  }

  #tell(through: number): void {
    if (through <= this.#told) return
    this.#told = through
    this.#say({ kind: 'acknowledged', through })
  }

  async #fence(): Promise<void> {
    while (!this.#over) {
      const through = this.#log.lastSequence
      await this.#log.sync()
      this.#say({ kind: 'covered', through })
      await pause(7)
    }
  }

  /** Follows the durable records, and compares those that this writer wrote. */
  async #read(): Promise<void> {
    let from = this.#log.lastSequence + 1
    while (!this.#over) {
      let through = 0
      for await (const { sequence, type, payload } of this.#log.read({ from, visibility: 'durable' })) {
        if (sequence !== from) this.#broken('a reader gets records in order', `${sequence} where ${from} was due`)
        const isMine = type === this.#orders.life && Buffer.compare(payload, payloadOf(this.#orders, from)) === 0
        if (!isMine) this.#broken('a reader gets the bytes that were appended', `record ${from} has others`)
        through = sequence
        from = sequence + 1
      }
      if (through > 0) this.#say({ kind: 'shown', through })
      await pause(3)
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
