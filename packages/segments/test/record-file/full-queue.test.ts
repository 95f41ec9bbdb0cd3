import { describe, expect, it } from 'vitest'
import { openRecordFile } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

describe('a record file on a storage without durable writes', () => {
  it('writes, then syncs', async () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const file = await openRecordFile({ storage: disk.storage, name: 'a', blockBytes: 128, capacity: 4096 })
    disk.operations.length = 0
    await file.append(payload(1))
    expect(file.durableSequence).toBe(1)
    expect(disk.operations.map(({ kind }) => kind).filter((kind) => kind !== 'reserve').slice(0, 2)).toEqual([
      'write', 'sync',
    ])
    await file.close()
  })
})

describe('a record file whose queue is full', () => {
  it('refuses a call that waited in vain when the file has filled up before its turn', async () => {
    const disk = new ControlledStorage()
    const geometry = { blockBytes: 128, capacity: 4096, stagingBytes: 4096 }
    const file = await openRecordFile({ storage: disk.storage, name: 'a', ...geometry, queue: { maxBytes: 1 } })
    const hold = disk.hold(isWriteCall)
    const first = file.append(payload(1, 1000))
    await hold.reached
    const calls = [2, 3, 4, 5].map((n) => watch(file.append(payload(n, 1200))))
    hold.release()
    expect(await first).toBe(1)
    await file.sync()
    expect(calls.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'rejected', 'rejected'])
    await failure('NO_SPACE', () => { throw calls[2]?.error })
    expect(await file.append(payload(6, 100))).toBe(4)
    await file.close()
  })
})
