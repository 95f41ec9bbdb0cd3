import { recover } from '@varve/checkpoint'
import { createCheckpointPublisher } from '@varve/checkpoint'
import { isVarveError } from '@varve/codec'
import type { Log } from '@varve/segments'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ConnectedLog } from '../src/index.ts'
import { collect, newLog, pairOf } from './support/pairs.ts'

type Either = Log | ConnectedLog

/** One call, in words and as it is done. */
interface Step {
  readonly name: string
  readonly run: (log: Either) => unknown
}

const payload = fc.integer({ min: 0, max: 3000 }).map((length) => new Uint8Array(length).fill(length))
const type = fc.constantFrom(0, 1, 65_535, 65_536, -1, 0.5)
const timestamp = fc.constantFrom(undefined, 0, 5, 10, -1, 2 ** 53)
const sequence = fc.integer({ min: -1, max: 25 })
const options = fc.record({ type, timestamp }, { requiredKeys: [] }) as fc.Arbitrary<object>
const range = fc.record({ from: sequence, to: sequence }, { requiredKeys: [] })

async function recovered(log: Either): Promise<unknown> {
  const seen: unknown[] = []
  const restoring = {
    restore: async (state: AsyncIterable<Uint8Array>, info: object): Promise<void> => {
      seen.push(info, Buffer.concat(await collect(state)).toString('hex'))
    },
    apply: ({ sequence: at }: { sequence: number }): void => { seen.push(at) },
  }
  const report = await ('procedures' in log ? recover(log, restoring) : log.recover(restoring))
  return [report, seen]
}

function checkpoint(log: Either, at: number, state: Uint8Array): unknown {
  if ('procedures' in log) return createCheckpointPublisher(log).publish(state, { sequence: at })
  return log.checkpoint(state, { sequence: at })
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(payload, options).map(([bytes, more]): Step => ({
    name: `append ${bytes.length} ${JSON.stringify(more)}`,
    run: (log) => log.append(bytes, more),
  })) },
  fc.array(fc.tuple(payload, options), { maxLength: 4 }).map((entries): Step => ({
    name: `appendBatch ${entries.length}`,
    run: (log) => log.appendBatch(entries.map(([bytes, more]) => ({ payload: bytes, ...more }))),
  })),
  sequence.map((at): Step => ({ name: `get ${at}`, run: (log) => log.get(at) })),
  range.map((of): Step => ({ name: `read ${JSON.stringify(of)}`, run: async (log) => await collect(log.read(of)) })),
  range.map((of): Step => ({
    name: `replay ${JSON.stringify(of)}`,
    run: async (log) => {
      const seen: unknown[] = []
      const count = await log.replay(({ sequence: at, payloadBytes }) => { seen.push([at, payloadBytes]) }, of)
      return [count, seen]
    },
  })),
  sequence.map((before): Step => ({ name: `archive ${before}`, run: (log) => log.archive(before) })),
  fc.option(sequence, { nil: undefined })
    .map((before): Step => ({ name: `reclaim ${String(before)}`, run: (log) => log.reclaim(before) })),
  fc.tuple(sequence, payload).map(([at, state]): Step => ({
    name: `checkpoint ${at}`,
    run: (log) => checkpoint(log, at, state),
  })),
  fc.constantFrom<Step>(
    { name: 'recover', run: recovered },
    { name: 'flush', run: (log) => log.flush() },
    { name: 'sync', run: (log) => log.sync() },
    { name: 'figures', run: async (log) => {
      const { records, bytes, readers } = await log.stats()
      return [records, bytes, readers, log.firstSequence, log.lastSequence, log.durableSequence]
    } },
    { name: 'segments', run: async (log) => {
      const segments = 'procedures' in log ? log.segments : await log.segments()
      return segments.map(({ name, state, firstSequence, lastSequence }) => [name, state, firstSequence, lastSequence])
    } },
  ),
)

/** What a call comes to, without what differs between any two logs. */
async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (!isVarveError(error)) throw error
    return [error.code, error.message, error.context]
  }
}

it('a connected log gives what the log gives, whatever is called, one by one or at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async (program) => {
      const storageOptions = { segmentBytes: 16_384 }
      const near = await newLog(storageOptions)
      const { client, server } = await pairOf(await newLog(storageOptions))
      for (const steps of program) {
        // Appends of one tick get their numbers in order; what only looks is done alone.
        const isAlone = steps.some(({ name }) => !name.startsWith('append'))
        const all = async (log: Either): Promise<unknown> => {
          if (!isAlone) return await Promise.all(steps.map(({ run }) => outcome(() => run(log))))
          const outcomes: unknown[] = []
          for (const { run } of steps) outcomes.push(await outcome(() => run(log)))
          return outcomes
        }
        expect(await all(client), steps.map(({ name }) => name).join('; ')).toEqual(await all(near))
      }
      await client.close()
      await server.closed
    }),
    { numRuns: 100 },
  )
})
