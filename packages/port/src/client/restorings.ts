import type { RecoverOptions } from '@varve/checkpoint'
import type { LogRecord } from '@varve/segments'
import { shaped } from '../wire/check.ts'
import { letGo } from '../wire/losses.ts'
import type { Thrown } from './sent-states.ts'

interface Restoring extends RecoverOptions {
  thrown: Thrown | undefined
}

type Chunk = Uint8Array<ArrayBuffer>

/** The recoveries whose state is being made on this side, by number. */
export class Restorings {
  readonly #open = new Map<number, Restoring>()
  readonly #chunk: (of: number) => Promise<Chunk | undefined>
  #count = 0

  /** `chunk` fetches the next chunk of a state. */
  constructor(chunk: (of: number) => Promise<Chunk | undefined>) {
    this.#chunk = chunk
  }

  /** Takes part in the recovery that `begin` begins. What the caller's functions throw comes back as it is. */
  async run<T>({ restore, apply }: RecoverOptions, begin: (of: number) => Promise<T>): Promise<T> {
    this.#count += 1
    const of = this.#count
    const restoring: Restoring = { restore, apply, thrown: undefined }
    this.#open.set(of, restoring)
    try {
      return await begin(of)
    } catch (error) {
      if (restoring.thrown !== undefined) throw restoring.thrown.error
      throw error
    } finally {
      this.#open.delete(of)
    }
  }

  async restore(of: number, info: unknown): Promise<void> {
    const checked = shaped<Parameters<RecoverOptions['restore']>[1]>(
      info,
      { sequence: 'number', name: 'string', bytes: 'number' },
      'a checkpoint',
    )
    await this.#within(of, ({ restore }) => restore(this.#chunks(of), checked))
  }

  /** Applies one record after the other. */
  async apply(of: number, records: readonly LogRecord[]): Promise<void> {
    await this.#within(of, async ({ apply }) => {
      for (const record of records) await apply(record)
    })
  }

  async #within(of: number, work: (restoring: Restoring) => unknown): Promise<void> {
    const restoring = this.#open.get(of)
    if (restoring === undefined) throw letGo('the recovery')
    try {
      await work(restoring)
    } catch (error) {
      restoring.thrown = { error }
      throw error
    }
  }

  async *#chunks(of: number): AsyncGenerator<Chunk, void, undefined> {
    for (let chunk = await this.#chunk(of); chunk !== undefined; chunk = await this.#chunk(of)) yield chunk
  }
}
