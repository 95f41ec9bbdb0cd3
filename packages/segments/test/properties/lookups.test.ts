import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type Log, type LogRecord, type SynchronousLog } from '../../src/index.ts'
import { payload, plain, readAll, readAllSync, type PlainRecord } from '../support/log-records.ts'

/** Several stretches of the sparse index to a segment, and buffers that hold a few records of it. */
const anyOptions = fc.record({
  durability: fc.constantFrom('sync', 'async'),
  commitAlignment: fc.constantFrom('frame', 'block'),
  segmentBytes: fc.constantFrom(8192, 262_144),
  blockBytes: fc.constant(128),
  stagingBytes: fc.constantFrom(4096, 65_536),
  readBytes: fc.constantFrom(4096, 16_384, 262_144),
  recycle: fc.boolean(),
})

type Options = typeof anyOptions extends fc.Arbitrary<infer T> ? T : never

const size = fc.oneof(fc.nat(100), fc.nat(3000), fc.nat(7000))
const some = (most: number, maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(most), { minLength: 1, maxLength })
const sizes = fc.array(size, { minLength: 1, maxLength: 40 })

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append'), bytes: sizes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('batch'), bytes: some(1000, 6) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get'), among: some(1000, 8) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('archive', 'reclaim'), before: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('checkpoints', 'close', 'crash', 'sync') }) },
)

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

const fits = ({ segmentBytes }: Options, bytes: number): number => Math.min(bytes, segmentBytes === 8192 ? 6000 : bytes)

/** What is asked for: records that are there, and some below and behind them. */
function numbers(read: readonly PlainRecord[], first: number, among: readonly number[]): number[] {
  const from = Math.max(1, first - 2)
  return among.map((n) => from + (n % (first + read.length + 3 - from)))
}

/** What the log must answer, from what it reads. */
function expected(read: readonly PlainRecord[], first: number, n: number): unknown {
  return n < first ? 'RECLAIMED' : read[n - first]
}

async function answer(get: () => Promise<LogRecord | undefined>): Promise<unknown> {
  try {
    const record = await get()
    return record && plain(record)
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

async function check(log: Log, among: readonly number[]): Promise<void> {
  // What is asked for at once is found by whoever comes first, or beside it.
  const asked = numbers(await readAll(log), log.firstSequence, among)
  const answers = await Promise.all(asked.map((n) => answer(() => log.get(n))))
  const read = await readAll(log)
  expect(answers).toEqual(asked.map((n) => expected(read, log.firstSequence, n)))
  const snapshot = log.snapshot()
  for (const n of asked) expect(await answer(() => snapshot.get(n))).toEqual(expected(read, log.firstSequence, n))
  await snapshot.close()
}

const all = (log: Pick<Log, 'firstSequence' | 'lastSequence'>): number[] =>
  Array.from({ length: log.lastSequence + 3 }, (_, n) => n)

async function live(options: Options, steps: readonly Step[], asynchronous: boolean): Promise<void> {
  let storage: MemoryStorage = memoryStorage({ asynchronous })
  let log = await openLog({ storage, ...options })
  const floorOf = (before: number): number => log.firstSequence + (before % (log.lastSequence + 2 - log.firstSequence))
  for (const step of steps) {
    if (step.do === 'append') {
      const appends = step.bytes.map((bytes) => log.append(payload(log.lastSequence + 1, fits(options, bytes))))
      await Promise.all(appends)
    } else if (step.do === 'batch') await log.appendBatch(step.bytes.map((bytes, at) => payload(at, bytes)))
    else if (step.do === 'get') await check(log, step.among)
    else if (step.do === 'archive') await log.archive(floorOf(step.before))
    else if (step.do === 'reclaim') await log.reclaim(floorOf(step.before))
    else if (step.do === 'checkpoints') await log.recordCheckpoints(payload(1, 200))
    else if (step.do === 'sync') await log.sync()
    else {
      if (step.do === 'close') await log.close()
      storage = memoryStorage({ snapshot: storage.snapshot(), asynchronous })
      log = await openLog({ storage, ...options })
    }
  }
  await check(log, all(log))
  await check(log, all(log).reverse())
  await log.close()
}

describe('get() of any number is what reading yields', () => {
  it.each([false, true])('in a log on storage that answers later: %s', async (asynchronous) => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.array(anyStep, { maxLength: 30, size: 'max' }), (options, steps) =>
        live(options, steps, asynchronous),
      ),
      { numRuns: 50 },
    )
  })

  it('in a synchronous log', () => {
    fc.assert(
      fc.property(anyOptions, fc.array(sizes, { maxLength: 6 }), (options, rounds) => {
        const log: SynchronousLog = openLogSync({ storage: memoryStorage(), ...options })
        for (const bytes of rounds) {
          for (const one of bytes) log.appendSync(payload(log.lastSequence + 1, fits(options, one)))
          const read = readAllSync(log)
          for (const records of [read, read.toReversed()]) {
            expect(records.map(({ sequence }) => plain(log.getSync(sequence) as LogRecord))).toEqual(records)
          }
          expect(log.getSync(log.lastSequence + 1)).toBeUndefined()
        }
        log.closeSync()
      }),
      { numRuns: 40 },
    )
  })
})
