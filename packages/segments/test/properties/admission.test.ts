import { isVarveError } from '@varve/codec'
import { scheduledRuntime, type Procedure, type ScheduledRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { payload, readAll } from '../support/log-records.ts'

/** One call, and how many steps of the log come before the next one. */
interface Call {
  readonly do: 'append' | 'batch' | 'enqueue' | 'flush' | 'sync' | 'change'
  readonly sizes: readonly number[]
  readonly isAborted: boolean
  readonly steps: number
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  do: fc.constantFrom('append', 'append', 'append', 'batch', 'batch', 'enqueue', 'flush', 'sync', 'change'),
  sizes: fc.array(fc.nat(120), { minLength: 1, maxLength: 4 }),
  isAborted: fc.boolean(),
  steps: fc.nat(4),
})

const anyOptions: fc.Arbitrary<Partial<LogOptions>> = fc.record({
  durability: fc.constantFrom('sync', 'group', 'async'),
  queue: fc.record({ maxBytes: fc.constantFrom(1, 100, 300, 700), onFull: fc.constantFrom('wait', 'wait', 'reject') }),
  group: fc.constant({ maxDelayMs: 5 }),
})

interface Taken {
  readonly first: number
  readonly last: number
}

/** Makes the calls, keeps the books of what was promised, and looks at the bound after every step. */
class Run {
  readonly runtime: ScheduledRuntime
  readonly log: Log
  /** Sequence numbers of what was taken, in the order of the calls; what was refused is missing. */
  readonly taken: Promise<Taken | undefined>[] = []
  readonly payloads: Uint8Array[][] = []
  readonly fences: Promise<void>[] = []
  readonly maxBytes: number
  #made = 0

  constructor(runtime: ScheduledRuntime, log: Log, maxBytes: number) {
    this.runtime = runtime
    this.log = log
    this.maxBytes = maxBytes
  }

  call({ do: what, sizes, isAborted }: Call): void {
    const controller = new AbortController()
    const payloads = (what === 'batch' ? sizes : sizes.slice(0, 1)).map((size) => payload((this.#made += 1), size))
    const before = [...this.taken]
    const covers = (fence: Promise<void>, reached: (last: number) => boolean): void => {
      this.fences.push(fence.then(async () => {
        for (const each of before) expect(reached((await each)?.last ?? 0)).toBe(true)
      }))
    }
    if (what === 'append' || what === 'batch') {
      const { signal } = controller
      const called =
        what === 'batch'
          ? this.log.appendBatch(payloads, { signal })
          : this.log.append(payloads[0] as Uint8Array, { signal }).then((first) => ({ first, last: first }))
      this.#take(payloads, called)
      if (isAborted) this.runtime.after(0, () => { controller.abort() })
    } else if (what === 'enqueue') this.#enqueue(payloads)
    else if (what === 'change') covers(this.log.recordCheckpoints(Uint8Array.of(1)), () => true)
    else covers(this.log[what](), (last) => what === 'flush' || this.log.durableSequence >= last)
  }

  /** What is staged is within the bound, or one unit that is above it. */
  check(): void {
    const { queuedBytes, queuedRecords } = this.log.stats()
    const isOne = this.payloads.some((unit) => unit.length === queuedRecords && framesOf(unit) === queuedBytes)
    if (queuedRecords > 0 && !isOne) expect(queuedBytes).toBeLessThanOrEqual(this.maxBytes)
  }

  #enqueue(payloads: Uint8Array[]): void {
    try {
      const first = this.log.enqueue(payloads[0] as Uint8Array)
      this.#take(payloads, Promise.resolve({ first, last: first }))
    } catch (error) {
      if (!isVarveError(error, 'BACKPRESSURE')) throw error
    }
  }

  #take(payloads: Uint8Array[], called: Promise<Taken>): void {
    this.payloads.push(payloads)
    this.taken.push(
      called.catch((error: unknown) => {
        if (isVarveError(error, 'BACKPRESSURE') || isVarveError(error, 'ABORTED')) return undefined
        throw error
      }),
    )
  }
}

function framesOf(unit: readonly Uint8Array[]): number {
  return unit.reduce((sum, { length }) => sum + 40 + Math.ceil(length / 8) * 8, 0)
}

/** Takes steps until `work` is done; what a step settles is heard of before the next one. */
async function drive<T>(runtime: ScheduledRuntime, work: Promise<T>, look: () => void = () => undefined): Promise<T> {
  const state = { isDone: false }
  const over = (): void => { state.isDone = true }
  work.then(over, over)
  for (let idle = 0; !state.isDone && idle < 20; idle = runtime.step() ? 0 : idle + 1) {
    look()
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }
  expect(state.isDone).toBe(true)
  return await work
}

describe('calls that come faster than they can be written', () => {
  it('are taken in order, within the bound, whole or not at all, whatever comes between', async () => {
    let refused = 0
    let waited = 0
    const anyCalls = fc.array(anyCall, { minLength: 1, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(anyOptions, anyCalls, fc.infiniteStream(fc.nat(7)), async (options, calls, choices) => {
        const choose = (ways: number): number => (choices.next().value as number) % ways
        const scheduled = scheduledRuntime({ choose, random: (target) => { target.fill(7) } })
        const runtime = Object.assign(scheduled, { run: beside(scheduled) })
        const storage = memoryStorage({ asynchronous: true })
        const small = { segmentBytes: 8192, blockBytes: 128, stagingBytes: 4096 }
        const log = await drive(runtime, openLog({ storage, runtime, ...small, ...options }))
        const run = new Run(runtime, log, options.queue?.maxBytes ?? 0)
        for (const call of calls) {
          run.call(call)
          run.check()
          waited += log.stats().waitingCalls
          for (let step = 0; step < call.steps; step += 1) {
            runtime.step()
            for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
            run.check()
          }
        }
        const closing = log.close()
        const ended = Promise.all([Promise.all(run.taken), Promise.all(run.fences), closing])
        const [taken] = await drive(runtime, ended, () => { run.check() })
        const kept = taken.flatMap((range, at) => (range === undefined ? [] : [{ range, at }]))
        refused += taken.length - kept.length
        let last = 0
        for (const { range, at } of kept) {
          expect(range.first).toBe(last + 1)
          last += run.payloads[at]?.length ?? 0
          expect(range.last).toBe(last)
        }
        const again = await openLog({ storage, blockBytes: 128 })
        const expected = kept.flatMap(({ at }) => run.payloads[at] ?? [])
        const found = (await readAll(again)).map((record) => record.payload)
        expect(found).toEqual(expected.map((each) => Buffer.from(each).toString('hex')))
        await again.close()
      }),
      { numRuns: 150 },
    )
    // By chance, a few times as many: enough to have met both.
    expect(refused).toBeGreaterThan(20)
    expect(waited).toBeGreaterThan(200)
  })
})

/** As programs with promises use a scheduled runtime: `run` takes no steps itself. */
function beside(runtime: ScheduledRuntime): ScheduledRuntime['run'] {
  return (procedure) =>
    new Promise((resolve, reject) => {
      runtime.spawn(reported(procedure, resolve, reject))
    })
}

function* reported<T>(
  procedure: Procedure<T>,
  resolve: (value: T) => void,
  reject: (reason: unknown) => void,
): Procedure<void> {
  try {
    resolve(yield* procedure)
  } catch (error) {
    reject(error)
  }
}
