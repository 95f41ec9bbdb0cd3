import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { anyOptions, type ModelOptions } from '../support/log-model.ts'
import { readAll, replayAll } from '../support/log-records.ts'
import { anyUnits, entriesOf, recordsOf, type Unit } from '../support/log-units.ts'

/** How the same records get in and out; none of it may be seen in what is read. */
interface Manner {
  readonly options: ModelOptions
  readonly asynchronous: boolean
  /** Waits after so many units; 0 never waits. */
  readonly waitEvery: number
  readonly readBack: ModelOptions
}

const anyManner: fc.Arbitrary<Manner> = fc.record({
  options: anyOptions,
  asynchronous: fc.boolean(),
  waitEvery: fc.constantFrom(0, 1, 3),
  readBack: anyOptions,
})

async function roundTrip(units: readonly Unit[], manner: Manner): Promise<unknown> {
  const { options, asynchronous, waitEvery, readBack } = manner
  const storage = memoryStorage({ asynchronous })
  const log = await openLog({ storage, ...options })
  let first = 1
  let timestamp = 0
  for (const [at, unit] of units.entries()) {
    timestamp += unit.later
    const entries = entriesOf(unit, first, timestamp)
    const appended = log.appendBatch(entries)
    if (waitEvery > 0 && at % waitEvery === 0) await appended
    first += entries.length
  }
  await log.sync()
  const whileOpen = await readAll(log)
  await log.close()
  const again = await openLog({ storage, ...readBack })
  const replayed = await replayAll(again)
  await again.close()
  expect(replayed).toEqual(whileOpen)
  return replayed
}

describe('equal records', () => {
  it('read equal, whatever the segments, the mode, the grouping, the buffers and the storage', async () => {
    await fc.assert(
      fc.asyncProperty(anyUnits, anyManner, async (units, manner) => {
        expect(await roundTrip(units, manner)).toEqual(recordsOf(units))
      }),
      { numRuns: 150 },
    )
  })
})
