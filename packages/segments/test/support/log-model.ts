import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { intercept, type OptionalMethod } from './log-intercept.ts'
import { payload, readAll, type PlainRecord } from './log-records.ts'

export type ModelOptions = Omit<LogOptions, 'storage'>

/** One thing that a user does. Sizes in bytes. */
export type Step =
  | { readonly do: 'append'; bytes: number; type: number; later: number; wait: boolean }
  | { readonly do: 'batch'; sizes: readonly number[]; wait: boolean }
  | { readonly do: 'enqueue'; bytes: number }
  | { readonly do: 'flush' | 'sync' | 'check' | 'pause' }
  | { readonly do: 'reopen' | 'crash'; options: ModelOptions }

/** Options that must not change what is read, small enough that a few records make several segments. */
export const anyOptions: fc.Arbitrary<ModelOptions> = fc.record({
  durability: fc.constantFrom('sync', 'group', 'async'),
  commitAlignment: fc.constantFrom('frame', 'block'),
  segmentBytes: fc.constantFrom(4096, 8192, 12_288),
  blockBytes: fc.constantFrom(128, 256),
  stagingBytes: fc.constantFrom(4096, 8192),
  readBytes: fc.constantFrom(4096, 65_536),
  checksum: fc.constantFrom('xxh64', 'crc32'),
  group: fc.constant({ maxDelayMs: 0 }),
  async: fc.record({ maxUnsyncedBytes: fc.constantFrom(1, 500, 8_388_608) }),
})

const bytes = fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 700 }))

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append'),
      bytes,
      type: fc.nat(3),
      later: fc.nat(2),
      wait: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch'),
      sizes: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 7 }),
      wait: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('enqueue'), bytes }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('flush', 'sync', 'check', 'pause') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen', 'crash'), options: anyOptions }) },
)

/** Does to a log and to an array the same things, and compares them. */
export class LogModel {
  readonly expected: PlainRecord[] = []
  readonly #asynchronous: boolean
  readonly #without: readonly OptionalMethod[]
  #memory: MemoryStorage
  #log: Log | undefined
  #options: ModelOptions
  /** The number of the last record of each batch of more than one. */
  readonly #batches: { readonly first: number; readonly last: number }[] = []
  /** Records that a crash of the process must not lose. */
  #safe = 0
  #pending: Promise<unknown>[] = []

  /** `without` takes methods from the storage that it need not have. */
  constructor(options: ModelOptions, asynchronous: boolean, without: readonly OptionalMethod[] = []) {
    this.#options = options
    this.#asynchronous = asynchronous
    this.#without = without
    this.#memory = memoryStorage({ asynchronous })
  }

  get log(): Log {
    if (this.#log === undefined) throw new Error('the log was not opened')
    return this.#log
  }

  /** What lies on the disk now. */
  snapshot(): MemorySnapshot {
    return this.#memory.snapshot()
  }

  async open(): Promise<void> {
    const storage = intercept(this.#memory, (_, perform) => perform(), { without: this.#without })
    this.#log = await openLog({ storage, ...this.#options })
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
      case 'enqueue':
        await this.#append(step)
        break
      case 'batch':
        await this.#batch(step.sizes, step.wait)
        break
      case 'flush':
      case 'sync':
        await this.log[step.do]()
        this.#safe = this.expected.length
        break
      case 'pause':
        await new Promise((resolve) => setImmediate(resolve))
        break
      case 'check':
        await this.check()
        break
      case 'reopen':
      case 'crash':
        await this.#again(step.do, step.options)
    }
  }

  /** Everything that can be asked of the log agrees with the array. */
  async check(): Promise<void> {
    await this.log.flush()
    const found = await readAll(this.log, { visibility: 'written' })
    expectSame(found, this.expected)
    if (this.log.lastSequence !== this.expected.length) throw new Error(`lastSequence is ${this.log.lastSequence}`)
  }

  async close(): Promise<void> {
    await this.log.close()
    await Promise.all(this.#pending)
  }

  async #append(step: Extract<Step, { do: 'append' | 'enqueue' }>): Promise<void> {
    const sequence = this.expected.length + 1
    const data = payload(sequence, step.bytes)
    const before = this.expected.at(-1)?.timestamp ?? 0
    if (step.do === 'enqueue') {
      const given = this.log.enqueue(data)
      this.#note(given, data, 0, before)
      return
    }
    const timestamp = before + step.later
    const appended = this.log.append(data, { type: step.type, timestamp }).then((given) => {
      this.#acknowledged(given)
    })
    this.#note(sequence, data, step.type, timestamp)
    if (step.wait) await appended
    else this.#pending.push(appended)
  }

  async #batch(sizes: readonly number[], wait: boolean): Promise<void> {
    const first = this.expected.length + 1
    const last = this.expected.length + sizes.length
    const timestamp = this.expected.at(-1)?.timestamp ?? 0
    const payloads = sizes.map((size, at) => payload(first + at, size))
    const appended = this.log.appendBatch(payloads).then((range) => {
      if (range.first !== first || range.last !== last) throw new Error(`a batch got ${JSON.stringify(range)}`)
      this.#acknowledged(last)
    })
    payloads.forEach((data, at) => { this.#note(first + at, data, 0, timestamp) })
    this.#batches.push({ first, last })
    if (wait) await appended
    else this.#pending.push(appended)
  }

  #note(sequence: number, data: Uint8Array, type: number, timestamp: number): void {
    if (sequence !== this.expected.length + 1) throw new Error(`record ${this.expected.length + 1} got ${sequence}`)
    this.expected.push({ sequence, timestamp, type, payload: Buffer.from(data).toString('hex') })
  }

  #acknowledged(sequence: number): void {
    this.#safe = Math.max(this.#safe, sequence)
  }

  async #again(how: 'reopen' | 'crash', options: ModelOptions): Promise<void> {
    if (how === 'reopen') await this.close()
    const snapshot = this.#memory.snapshot()
    const safe = how === 'reopen' ? this.expected.length : this.#safe
    // The log of a process that died goes on, on a disk that nobody sees; its promises are no longer of interest.
    for (const promise of this.#pending) promise.catch(() => undefined)
    this.#pending = []
    this.#options = options
    this.#memory = memoryStorage({ snapshot, asynchronous: this.#asynchronous })
    await this.open()
    const found = await readAll(this.log)
    if (found.length < safe) throw new Error(`${found.length} records of ${safe} that were safe`)
    expectSame(found, this.expected.slice(0, found.length))
    const half = this.#batches.find(({ first, last }) => first <= found.length && found.length < last)
    if (half !== undefined) throw new Error(`half of a batch: ${JSON.stringify(half)}, up to ${found.length}`)
    this.expected.length = found.length
    this.#safe = found.length
    while ((this.#batches.at(-1)?.last ?? 0) > found.length) this.#batches.pop()
  }
}

function expectSame(found: readonly PlainRecord[], expected: readonly PlainRecord[]): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return
  const at = found.findIndex((record, index) => JSON.stringify(record) !== JSON.stringify(expected[index]))
  const difference = `${JSON.stringify(found[at])}, expected ${JSON.stringify(expected[at])}`
  throw new Error(`${found.length} records, expected ${expected.length}; first difference: ${difference}`)
}
