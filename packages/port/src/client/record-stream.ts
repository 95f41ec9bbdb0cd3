import { isVarveError, VarveError } from '@varve/codec'
import type { CancelSignal, LogRecord } from '@varve/segments'
import { ignore } from '../deferred.ts'
import { nothingOf, batchOf, type Answered } from './answers.ts'
import type { Line } from './line.ts'

type Step = IteratorResult<LogRecord, undefined>

/** What a stream reads, and how. */
export interface StreamRequest {
  readonly kind: 'read' | 'tail'
  /** What the log is asked for; it checks it. */
  readonly options: object
  readonly signal: CancelSignal | undefined
  /** How much to ask for at a time, in bytes. */
  readonly batchBytes: number
}

let streams = 0
const over: Step = { done: true, value: undefined }

/**
 * Pulls the records of an iterator on the other side, a batch at a time. While one batch is being handed out the next
 * one is on its way, so at most two are here.
 */
export class RecordStream implements AsyncIterableIterator<LogRecord>, AsyncDisposable {
  readonly #line: Line
  readonly #request: StreamRequest
  readonly #id: number
  readonly #begun: Promise<void>
  readonly #abort = (): void => { this.#interrupt?.(this.#aborted()) }
  #records: readonly LogRecord[] = []
  #at = 0
  #isLast = false
  #isOver = false
  /** The batch after this one, if it has been asked for. */
  #ahead: Promise<Answered> | undefined
  /** Resolves when the load that is under way has come to its end, either way. */
  #loading: Promise<void> | undefined
  /** Rejects the load that is under way. */
  #interrupt: ((error: VarveError) => void) | undefined

  constructor(line: Line, request: StreamRequest) {
    streams += 1
    this.#id = streams
    this.#line = line
    this.#request = request
    const { kind, options, signal } = request
    // Where it begins is settled by the order of the calls, so it is said at once; `next` tells what is wrong with it.
    this.#begun = line.read('begin', { id: this.#id, kind, options }, nothingOf)
    this.#begun.catch(ignore)
    signal?.addEventListener('abort', this.#abort)
  }

  next(): Promise<Step> {
    // One thing at a time: who asks meanwhile comes after.
    if (this.#loading !== undefined) return this.#loading.then(() => this.next())
    const record = this.#records[this.#at]
    if (record === undefined || this.#request.signal?.aborted === true) return this.#load()
    this.#at += 1
    return Promise.resolve({ done: false, value: record })
  }

  async return(): Promise<Step> {
    if (this.#isOver) return over
    this.#isOver = true
    const ended = this.#end()
    // Whoever had asked before is let out first.
    while (this.#loading !== undefined) await this.#loading
    await ended
    return over
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #load(): Promise<Step> {
    const loaded = this.#loadBatch()
    const done = (): void => { this.#loading = undefined }
    this.#loading = loaded.then(done, done)
    return loaded
  }

  async #loadBatch(): Promise<Step> {
    if (this.#isGivenUp()) return over
    try {
      if (this.#request.signal?.aborted === true) throw this.#aborted()
      const first = await this.#nextBatch()
      if (first !== undefined) return { done: false, value: first }
    } catch (error) {
      const wasGivenUp = this.#isGivenUp()
      this.#isOver = true
      await this.#end()
      if (wasGivenUp || this.#isEnded(error)) return over
      throw error
    }
    this.#isOver = true
    await this.#end()
    return over
  }

  /** The first record of the next batch that has any; undefined at the end. */
  async #nextBatch(): Promise<LogRecord | undefined> {
    while (!this.#isLast) {
      const { records, isLast } = await this.#interruptible(this.#ahead ?? this.#ask())
      this.#records = records
      this.#at = 1
      this.#isLast = isLast
      this.#ahead = undefined
      if (!isLast) {
        this.#ahead = this.#ask()
        // It is looked at when it is wanted, if ever.
        this.#ahead.catch(ignore)
      }
      if (records.length > 0) return records[0]
    }
    return undefined
  }

  async #ask(): Promise<Answered> {
    await this.#begun
    return await this.#line.followUp('next', { id: this.#id, maxBytes: this.#request.batchBytes }, batchOf)
  }

  #interruptible<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject
      work.then(resolve, reject)
    })
  }

  /** Lets the other side go of it. That the connection is over does that as well. */
  async #end(): Promise<void> {
    this.#records = []
    this.#request.signal?.removeEventListener('abort', this.#abort)
    const isThere = !this.#isLast
    this.#isLast = true
    if (!isThere) return
    try {
      await this.#begun
      await this.#line.followUp('end', { id: this.#id }, nothingOf)
    } catch {
      // There is nothing left to let go of.
    }
  }

  /** It may be at any time while a load waits. */
  #isGivenUp(): boolean {
    return this.#isOver
  }

  /** A tail ends with its log. */
  #isEnded(error: unknown): boolean {
    return this.#request.kind === 'tail' && this.#line.isClosing && isVarveError(error, 'CLOSED')
  }

  #aborted(): VarveError {
    const message = 'the reader was aborted by its signal; begin another one where it stood'
    return new VarveError('ABORTED', message, {}, this.#request.signal?.reason)
  }
}
