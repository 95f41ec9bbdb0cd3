import { isVarveError } from '@varve/codec'
import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { openLog, type Log, type LogRecord } from '../../src/index.ts'
import type { ModelOptions } from './log-model.ts'
import { payload, plain, readAll, type PlainRecord } from './log-records.ts'

/** One thing that is done to a log of which only the newest records are kept. */
export type RetentionStep =
  | { readonly do: 'append'; readonly bytes: number; readonly count: number }
  | { readonly do: 'archive' | 'reclaim' | 'tail' | 'read'; readonly keep: number }
  | { readonly do: 'list'; readonly bytes: number }
  | { readonly do: 'follow'; readonly records: number }
  | { readonly do: 'reclaim-again' | 'leave' | 'reopen' | 'crash' }

const keep = fc.nat(12)

export const anyRetentionStep: fc.Arbitrary<RetentionStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append'),
      bytes: fc.constantFrom(0, 40, 900, 2000),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('archive', 'reclaim', 'tail', 'read'), keep }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('list'), bytes: fc.integer({ min: 1, max: 512 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('follow'), records: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('reclaim-again', 'leave', 'reopen', 'crash') }) },
)

interface OpenTail {
  readonly iterator: AsyncIterableIterator<LogRecord>
  next: number
  hasBegun: boolean
}

/** Does to a log, and to an array with a floor, the same things, and compares them. */
export class RetentionModel {
  readonly #options: ModelOptions
  readonly #asynchronous: boolean
  #memory: MemoryStorage
  #log: Log | undefined
  /** Every record that ever was, also those below the floor. */
  readonly #records: PlainRecord[] = []
  #floor = 1
  #list: Uint8Array = new Uint8Array(0)
  #tails: OpenTail[] = []
  removed = 0

  constructor(options: ModelOptions, asynchronous: boolean) {
    this.#options = options
    this.#asynchronous = asynchronous
    this.#memory = memoryStorage({ asynchronous })
  }

  get #open(): Log {
    if (this.#log === undefined) throw new Error('the log was not opened')
    return this.#log
  }

  async open(): Promise<void> {
    this.#log = await openLog({ storage: this.#memory, ...this.#options })
  }

  async take(step: RetentionStep): Promise<void> {
    switch (step.do) {
      case 'append':
        await this.#append(step.bytes, step.count)
        break
      case 'archive':
        await this.#open.archive(this.#raise(step.keep))
        break
      case 'reclaim':
        await this.#reclaim(this.#raise(step.keep))
        break
      case 'reclaim-again':
        await this.#reclaim(undefined)
        break
      case 'list':
        this.#list = payload(this.#records.length, step.bytes)
        await this.#open.recordCheckpoints(this.#list)
        break
      case 'tail':
        this.#tail(step.keep)
        break
      case 'follow':
        for (const tail of this.#tails) await this.#follow(tail, step.records)
        break
      case 'leave':
        await this.#tails.shift()?.iterator.return?.()
        break
      case 'read':
        await this.#read(step.keep)
        break
      case 'reopen':
      case 'crash':
        await this.#again(step.do)
    }
    this.#check()
  }

  async close(): Promise<void> {
    for (const tail of this.#tails) await this.#follow(tail, Infinity)
    await this.#open.close()
    for (const { iterator } of this.#tails) {
      const { done } = await iterator.next()
      if (done !== true) throw new Error('a tail goes on after the log was closed')
    }
  }

  async #append(bytes: number, count: number): Promise<void> {
    const appends: Promise<number>[] = []
    for (let n = 0; n < count; n += 1) {
      const sequence = this.#records.length + 1
      const data = payload(sequence, bytes)
      appends.push(this.#open.append(data))
      this.#records.push({ sequence, timestamp: 0, type: 0, payload: Buffer.from(data).toString('hex') })
    }
    await Promise.all(appends)
    await this.#open.sync()
  }

  /** The floor below which nothing but the last `keep` records are left. */
  #raise(keep: number): number {
    const before = Math.max(1, this.#records.length + 1 - keep)
    this.#floor = Math.max(this.#floor, before)
    return before
  }

  async #reclaim(before: number | undefined): Promise<void> {
    const { removed, deferred, floor } = await this.#open.reclaim(before)
    this.removed += removed.length
    if (floor !== this.#floor) throw new Error(`the report says that the floor is ${floor}, not ${this.#floor}`)
    const left = this.#open.segments.filter(({ state }) => state === 'archived')
    if (left.map(({ name }) => name).join() !== deferred.join()) throw new Error(`${deferred.join()} are not left`)
    // Oldest first, so that what is left begins with one that a reader holds.
    if (left[0]?.leases === 0) throw new Error(`${left[0].name} was left, and nobody holds it`)
  }

  #tail(keep: number): void {
    const next = Math.max(1, this.#records.length + 1 - keep)
    try {
      this.#tails.push({ iterator: this.#open.tail({ from: next }), next, hasBegun: false })
      if (next < this.#floor) throw new Error(`a tail from ${next} begins below the floor ${this.#floor}`)
    } catch (error) {
      if (!isVarveError(error, 'RECLAIMED') || next >= this.#floor) throw error
    }
  }

  async #follow(tail: OpenTail, records: number): Promise<void> {
    const isLate = !tail.hasBegun && tail.next < this.#floor
    for (let n = 0; n < records && tail.next <= this.#records.length; n += 1) {
      try {
        const { value } = (await tail.iterator.next()) as { value: LogRecord | undefined }
        const expected = JSON.stringify(this.#records[tail.next - 1])
        const found = value === undefined ? 'the end' : JSON.stringify(plain(value))
        if (isLate || found !== expected) throw new Error(`a tail gives ${found}, expected ${expected}`)
        tail.hasBegun = true
        tail.next += 1
      } catch (error) {
        if (!isVarveError(error, 'RECLAIMED') || !isLate) throw error
        this.#tails = this.#tails.filter((one) => one !== tail)
        return
      }
    }
  }

  async #read(keep: number): Promise<void> {
    const from = Math.max(this.#floor, this.#records.length + 1 - keep)
    const found = await readAll(this.#open, { from })
    const expected = this.#records.slice(from - 1)
    if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`reading from ${from} gives something else`)
  }

  async #again(how: 'reopen' | 'crash'): Promise<void> {
    if (how === 'reopen') await this.#open.close()
    const snapshot = this.#memory.snapshot()
    this.#tails = []
    this.#memory = memoryStorage({ snapshot, asynchronous: this.#asynchronous })
    await this.open()
    await this.#read(Infinity)
  }

  #check(): void {
    const { firstSequence, lastSequence, checkpointList } = this.#open
    if (firstSequence !== this.#floor) throw new Error(`firstSequence is ${firstSequence}, not ${this.#floor}`)
    if (lastSequence !== this.#records.length) throw new Error(`lastSequence is ${lastSequence}`)
    if (checkpointList.join() !== this.#list.join()) throw new Error('the list of checkpoints is another')
  }
}
