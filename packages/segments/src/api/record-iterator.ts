import type { Procedure, Runtime } from '@varve/storage'
import type { LogRecord } from '../read/log-record.ts'

/** Where an iterator gets its records from, or pieces. One that was closed is at its end. */
export interface RecordSource<T = LogRecord> {
  /** The next records, at least one; undefined at the end. */
  next(): Procedure<readonly T[] | undefined>
  /** Lets a `next` that waits come to its end. */
  giveUp(): void
  close(): Procedure<void>
}

/** Hands out the records of one run after another; only every few hundredth call waits for storage. */
export class RecordIterator<T = LogRecord> implements AsyncIterableIterator<T>, AsyncDisposable {
  readonly #runtime: Runtime
  readonly #source: RecordSource<T>
  #records: readonly T[] = []
  #at = 0
  /** Resolves when the load that is under way has come to its end, either way. */
  #loading: Promise<void> | undefined

  constructor(runtime: Runtime, source: RecordSource<T>) {
    this.#runtime = runtime
    this.#source = source
  }

  next(): Promise<IteratorResult<T, undefined>> {
    // A source does one thing at a time: who asks meanwhile comes after.
    if (this.#loading !== undefined) return this.#loading.then(() => this.next())
    const record = this.#records[this.#at]
    if (record === undefined) return this.#load()
    this.#at += 1
    return Promise.resolve({ done: false, value: record })
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#source.giveUp()
    // Whoever had asked before loads first.
    while (this.#loading !== undefined) await this.#loading
    return await this.#end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #load(): Promise<IteratorResult<T, undefined>> {
    const loaded = this.#loadRecords()
    const over = (): void => { this.#loading = undefined }
    this.#loading = loaded.then(over, over)
    return loaded
  }

  async #loadRecords(): Promise<IteratorResult<T, undefined>> {
    try {
      this.#records = (await this.#loaded()) ?? []
    } catch (error) {
      // What failed first is what the caller must hear of.
      await this.#end().catch(() => undefined)
      throw error
    }
    this.#at = 1
    const first = this.#records[0]
    return first === undefined ? await this.#end() : { done: false, value: first }
  }

  /** Beside everything else: a tail may wait for what only a later step of the same program brings about. */
  #loaded(): Promise<readonly T[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#runtime.spawn(this.#next(resolve, reject))
    })
  }

  *#next(resolve: (records: readonly T[] | undefined) => void, reject: (error: unknown) => void): Procedure<void> {
    try {
      const records = yield* this.#source.next()
      yield* this.#runtime.turn()
      resolve(records)
    } catch (error) {
      reject(error)
    }
  }

  async #end(): Promise<IteratorResult<T, undefined>> {
    this.#records = []
    await this.#runtime.run(this.#source.close())
    return { done: true, value: undefined }
  }
}
