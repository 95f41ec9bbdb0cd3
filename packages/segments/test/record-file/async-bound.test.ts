import { describe, expect, it } from 'vitest'
import { openRecordFile } from '@varve/segments'
import { ControlledStorage } from '../support/log-controlled-storage.ts'

/** The most bytes that were ever written and not synced. */
function unsyncedMax(controlled: ControlledStorage, name: string): number {
  let unsynced = 0
  let max = 0
  for (const operation of controlled.operations) {
    if (operation.name !== name) continue
    if (operation.kind === 'write') unsynced += operation.bytes
    if (operation.kind === 'sync') unsynced = 0
    max = Math.max(max, unsynced)
  }
  return max
}

describe('a record file in the async mode', () => {
  it('never has more than maxUnsyncedBytes written and not synced', async () => {
    const controlled = new ControlledStorage()
    const file = await openRecordFile({
      storage: controlled.storage,
      name: 'events',
      durability: 'async',
      async: { maxUnsyncedBytes: 10_000, maxUnsyncedMs: 3_600_000 },
    })
    for (let records = 0; records < 100; records += 1) await file.append(new Uint8Array(500))
    expect(unsyncedMax(controlled, 'events')).toBeLessThanOrEqual(10_000)
    expect(file.durableSequence).toBeGreaterThan(60)
    await file.close()
  })

  it('acknowledges a burst that is larger than the bound only when it is durable', async () => {
    const { storage } = new ControlledStorage()
    const async = { maxUnsyncedBytes: 10_000, maxUnsyncedMs: 3_600_000 }
    const file = await openRecordFile({ storage, name: 'events', durability: 'async', async })
    await file.append(new Uint8Array(50_000))
    expect(file.durableSequence).toBe(1)
    await file.close()
  })
})
