import type { Kernel } from '@varve/codec'
import { asynchronousRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { settle, type LogSettings } from '../../src/api/options.ts'
import { openSession } from '../../src/api/session.ts'
import { Log, type LogRecord, type StreamChunk } from '../../src/index.ts'
import { payload } from '../support/log-records.ts'

const bytesOf = (n: number): Uint8Array<ArrayBuffer> => payload(n, (n * 37) % 900)

/** Makes it visible if anybody looks at a buffer that is not theirs, or gives one back that was not lent. */
function spoil({ buffers }: LogSettings): { readonly lent: Set<Kernel>; readonly offences: string[] } {
  const lent = new Set<Kernel>()
  const offences: string[] = []
  const take = buffers.take.bind(buffers)
  const give = buffers.give.bind(buffers)
  const spoiled = (kernel: Kernel): Kernel => {
    kernel.memory.fill(0xee)
    return kernel
  }
  buffers.take = (): Kernel => {
    const kernel = spoiled(take())
    if (lent.has(kernel)) offences.push('lent twice')
    lent.add(kernel)
    return kernel
  }
  buffers.give = (kernel): void => {
    if (!lent.delete(kernel)) offences.push('given back twice')
    give(spoiled(kernel))
  }
  return { lent, offences }
}

const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ begin: fc.constantFrom('read', 'tail', 'snapshot', 'stream'), from: fc.nat(60) }),
  },
  { weight: 6, arbitrary: fc.record({ pull: fc.nat(20), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ giveUp: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ get: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('append', 'wait', 'replay') }) },
)

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

/** What all iterators of a log have in common. */
interface Reader {
  next(): Promise<IteratorResult<LogRecord | StreamChunk, undefined>>
  return?(): Promise<unknown>
}

/** Readers of one log, pulled at in any order, without waiting for what was pulled before. */
class Readers {
  readonly #log: Log
  readonly #readers: Reader[] = []
  readonly #pending: Promise<unknown>[] = []
  readonly #records: LogRecord[] = []
  readonly #pieces: { readonly bytes: Uint8Array; readonly copy: Uint8Array }[] = []

  constructor(log: Log) {
    this.#log = log
  }

  async take(step: Step): Promise<void> {
    const log = this.#log
    if ('begin' in step) this.#readers.push(this.#begin(step.begin, 1 + (step.from % (log.lastSequence + 1))))
    else if ('pull' in step) this.#pull(step.pull, step.count)
    else if ('giveUp' in step) this.#pending.push(Promise.resolve(this.#of(step.giveUp)?.return?.()))
    else if ('get' in step) this.#pending.push(this.#get(1 + step.get))
    else if (step.do === 'replay') this.#pending.push(this.#replay())
    else if (step.do === 'wait') await log.flush()
    else for (let n = 0; n < 9; n += 1) this.#pending.push(log.append(bytesOf(log.lastSequence + 1)))
  }

  /** What was handed out is what was appended, still, when all buffers have gone from hand to hand. */
  async end(): Promise<void> {
    await this.#log.sync()
    for (const reader of this.#readers) this.#pending.push(Promise.resolve(reader.return?.()))
    await Promise.all(this.#pending)
    await this.#log.close()
    for (const { sequence, payload: bytes } of this.#records) expect(bytes).toEqual(bytesOf(sequence))
    for (const { bytes, copy } of this.#pieces) expect(bytes).toEqual(copy)
  }

  #begin(kind: 'read' | 'tail' | 'snapshot' | 'stream', from: number): Reader {
    if (kind === 'stream') return this.#log.stream()
    return kind === 'snapshot' ? this.#log.snapshot().read({ from }) : this.#log[kind]({ from })
  }

  #of(which: number): Reader | undefined {
    return this.#readers[which % Math.max(1, this.#readers.length)]
  }

  #pull(which: number, count: number): void {
    const reader = this.#of(which)
    if (reader !== undefined) for (let n = 0; n < count; n += 1) this.#pending.push(this.#next(reader))
  }

  async #next(reader: Reader): Promise<void> {
    const { done, value } = await reader.next()
    if (done === true) return
    if ('payload' in value) this.#records.push(value)
    else this.#pieces.push({ bytes: value.bytes, copy: value.bytes.slice() })
  }

  async #get(sequence: number): Promise<void> {
    const record = await this.#log.get(sequence)
    if (record !== undefined) this.#records.push(record)
  }

  async #replay(): Promise<void> {
    await this.#log.replay(({ sequence, payload: bytes }) => { expect(bytes).toEqual(bytesOf(sequence)) })
  }
}

it.each([false, true])('what readers got is theirs, on storage that answers later: %s', async (asynchronous) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40, size: 'max' }), async (steps) => {
      const runtime = asynchronousRuntime()
      const small = { segmentBytes: 8192, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 }
      const settings = settle({ storage: memoryStorage({ asynchronous }), ...small }, runtime)
      const { lent, offences } = spoil(settings)
      const log = new Log(await runtime.run(openSession(settings)))
      for (let n = 1; n <= 40; n += 1) await log.append(bytesOf(n))
      const readers = new Readers(log)
      for (const step of steps) await readers.take(step)
      await readers.end()
      expect([lent.size, offences]).toEqual([0, []])
    }),
    { numRuns: 40 },
  )
})
