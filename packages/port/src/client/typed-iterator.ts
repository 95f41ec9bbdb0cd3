import type { EntryCodec } from '@varve/codec'
import type { LogRecord, TypedRecord } from '@varve/segments'
import { decoded } from './typed-records.ts'

type Records = AsyncIterableIterator<LogRecord> & AsyncDisposable

/** Hands out the records of another iterator, decoded. One that cannot be decoded ends it. */
export class TypedIterator<Entry> implements AsyncIterableIterator<TypedRecord<Entry>>, AsyncDisposable {
  readonly #records: Records
  readonly #codec: EntryCodec<Entry>

  constructor(records: Records, codec: EntryCodec<Entry>) {
    this.#records = records
    this.#codec = codec
  }

  async next(): Promise<IteratorResult<TypedRecord<Entry>, undefined>> {
    const step = await this.#records.next()
    if (step.done === true) return { done: true, value: undefined }
    try {
      return { done: false, value: decoded(this.#codec, step.value) }
    } catch (error) {
      await this.return()
      throw error
    }
  }

  async return(): Promise<IteratorResult<TypedRecord<Entry>, undefined>> {
    await this.#records[Symbol.asyncDispose]()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
