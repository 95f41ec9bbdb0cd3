import { expect, test } from 'vitest'
import { measureBursts } from '../src/logic/bursts.ts'
import { burstRecords, burstTurns } from '../src/logic/names.ts'

test('of several bursts the one with the median time is told, with its own flushes', async () => {
  const times = [9, 1, 5, 100, 7]
  let clock = 0
  let appended = 0
  let syncs = 0
  const log = {
    append: async () => {
      appended += 1
      // The last of each burst takes all of its time, and as many flushes.
      if (appended % burstRecords !== 0) return appended
      const ms = times[appended / burstRecords - 1] ?? 0
      clock += ms
      syncs += ms
      return appended
    },
    stats: () => ({ syncs }),
  }
  const burst = await measureBursts(log, new Uint8Array(8), () => clock)
  expect(burst).toEqual({ records: burstRecords, ms: 7, syncs: 7 })
  expect(appended).toBe(burstRecords * burstTurns)
})
