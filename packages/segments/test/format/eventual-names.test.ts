import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'

const options = {
  segmentBytes: 4096,
  blockBytes: 128,
  durability: 'async',
  async: { maxUnsyncedMs: 3_600_000 },
} as const

/** A log that was killed with three records that nothing proves durable. */
async function killed(): Promise<MemoryStorage> {
  const storage = memoryStorage()
  const log = await openLog({ storage, ...options })
  for (let number = 1; number <= 3; number += 1) log.enqueue(new Uint8Array([number]))
  await log.flush()
  return memoryStorage({ snapshot: storage.snapshot() })
}

/** Opens the log after the power failed: the name of the newest segment had not become durable by itself yet. */
async function recordsWithoutNewest(storage: MemoryStorage): Promise<number> {
  const { files, generation } = storage.snapshot()
  const left = new Map(files)
  left.delete([...files.keys()].sort().at(-1) ?? '')
  const log = await openLog({ storage: memoryStorage({ snapshot: { files: left, generation } }), ...options })
  return log.lastSequence
}

describe('a storage whose names become durable by themselves', () => {
  it('keeps what a hand-over has written again until its name is durable', async () => {
    const storage = await killed()
    Object.assign(storage, { capabilities: { ...storage.capabilities, names: 'eventual' } })
    const log = await openLog({ storage, ...options })
    expect(log.recovery).toMatchObject({ carriedRecords: 3, notes: [expect.stringContaining('eventual')] })
    await expect(recordsWithoutNewest(storage)).resolves.toBe(3)
  })

  it('keeps it behind a clean shutdown as well', async () => {
    const storage = await killed()
    Object.assign(storage, { capabilities: { ...storage.capabilities, names: 'eventual' } })
    await (await openLog({ storage, ...options })).close()
    const log = await openLog({ storage, ...options })
    expect(log.recovery).toMatchObject({ cleanShutdown: true, removedSegments: [] })
    await log.close()
    await expect(recordsWithoutNewest(storage)).resolves.toBe(3)
  })

  it('is the only one for which that is needed: elsewhere the space is given back', async () => {
    const storage = await killed()
    const log = await openLog({ storage, ...options })
    expect(log.recovery).toMatchObject({ carriedRecords: 3, notes: [] })
    expect(storage.snapshot().files.get('00000001-0000000000000001.varve')).toHaveLength(128)
  })
})
