import type { LogRecord } from '@varve/segments'
import { recordOverheadBytes } from '../limits.ts'
import { malformed } from '../wire/check.ts'

type Records = AsyncIterableIterator<LogRecord> & AsyncDisposable
type Step = IteratorResult<LogRecord, undefined>

/** Some records, and whether they are the last. */
export interface Batch {
  readonly records: readonly LogRecord[]
  readonly isLast: boolean
}

const nothingYet = Promise.resolve(undefined)

/** An iterator of the log that a client pulls. It never reads more than one record ahead of what was asked for. */
export class ServedIterator {
  readonly #records: Records
  /** The step that is under way: begun for an answer that could not wait for it. */
  #ahead: Promise<Step> | undefined
  #isTaking = false

  constructor(records: Records) {
    this.#records = records
  }

  /** Waits for one record, and takes what is there behind it without waiting, up to so many bytes. */
  async take(maxBytes: number): Promise<Batch> {
    if (this.#isTaking) throw malformed('two calls for the next records of one iterator at once')
    this.#isTaking = true
    try {
      return await this.#take(maxBytes)
    } finally {
      this.#isTaking = false
    }
  }

  async close(): Promise<void> {
    await this.#records[Symbol.asyncDispose]()
  }

  async #take(maxBytes: number): Promise<Batch> {
    const first = await this.#begun()
    const records: LogRecord[] = []
    let bytes = 0
    for (let step: Step | undefined = first; step !== undefined; step = await this.#ready()) {
      this.#ahead = undefined
      if (step.done === true) return { records, isLast: true }
      records.push(step.value)
      bytes += step.value.payload.length + recordOverheadBytes
      if (bytes >= maxBytes) break
    }
    return { records, isLast: false }
  }

  #begun(): Promise<Step> {
    this.#ahead ??= this.#records.next() as Promise<Step>
    return this.#ahead
  }

  /** The next step, if it needs no waiting. A failure is kept for whoever asks next. */
  async #ready(): Promise<Step | undefined> {
    try {
      return await Promise.race([this.#begun(), nothingYet])
    } catch {
      return undefined
    }
  }
}
