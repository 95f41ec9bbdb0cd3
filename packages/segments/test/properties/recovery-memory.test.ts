import type * as Codec from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { payload } from '../support/log-records.ts'

/** Sizes in bytes of all memory that kernels were given. */
const { kernels } = vi.hoisted(() => ({ kernels: [] as number[] }))

vi.mock('@varve/codec', async (importOriginal) => {
  const codec = await importOriginal<typeof Codec>()
  const createKernel: typeof codec.createKernel = (bytes, preference) => {
    kernels.push(bytes)
    return codec.createKernel(bytes, preference)
  }
  const createPortableKernel: typeof codec.createPortableKernel = (memory) => {
    kernels.push(memory.length)
    return codec.createPortableKernel(memory)
  }
  return { ...codec, createKernel, createPortableKernel }
})

const KiB = 1024
const readBytes = 64 * KiB
const stagingBytes = 64 * KiB
const largeRecordBytes = 600 * KiB
const segmentBytes = 4 * KiB * KiB
const options = { segmentBytes, readBytes, stagingBytes } as const

/** About 20 MiB in six segments; one record in the middle is larger than the read buffer. The writer dies. */
async function largeLog(): Promise<MemorySnapshot> {
  const storage = memoryStorage()
  const log = await openLog({ storage, segmentBytes, durability: 'async' })
  for (let n = 0; n < 20_000; n += 1) {
    log.enqueue(payload(n, n === 10_000 ? largeRecordBytes : 1000))
    if (n % 500 === 0) await log.flush()
  }
  await log.flush()
  return storage.snapshot()
}

describe('recovery of a log of 20 MiB', async () => {
  const snapshot = await largeLog()

  beforeEach(() => {
    kernels.length = 0
  })

  it.each([
    { verify: 'seals', readOnly: false },
    { verify: 'all', readOnly: false },
    { verify: 'all', readOnly: true },
  ] as const)('needs one read buffer, and one for the largest record if that is larger: %o', async (how) => {
    const disk = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: disk.storage, ...options, ...how })
    const reads = disk.of('read').map(({ bytes }) => bytes)
    const large = reads.filter((bytes) => bytes > readBytes)
    // Only every byte of every segment gets that far.
    expect(large.length).toBe(how.verify === 'all' ? 1 : 0)
    for (const bytes of large) expect(bytes).toBeLessThanOrEqual(largeRecordBytes + 40)
    // Small ones are the frames that a writer makes of its own: SEAL, CLOSE and their like.
    const buffers = kernels.filter((bytes) => bytes > KiB)
    const forLarge = how.verify === 'all' ? [largeRecordBytes + 40] : []
    expect(buffers).toEqual([readBytes, ...forLarge])
    expect(log.lastSequence).toBe(20_000)
    await log.close()
  })

  it('reads a sealed segment in a few reads, whatever its size', async () => {
    const disk = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: disk.storage, ...options })
    for (const { name, state } of log.segments) {
      if (state !== 'sealed') continue
      const reads = disk.of(({ kind, name: file }) => kind === 'read' && file === name)
      expect(reads.length).toBe(3)
      expect(reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(4 * KiB)
    }
    await log.close()
  })
})

describe('reading a log of 20 MiB', async () => {
  const snapshot = await largeLog()

  it('needs the same, and no kernel for each segment', async () => {
    const disk = new ControlledStorage({ snapshot })
    const log = await openLog({ storage: disk.storage, ...options })
    kernels.length = 0
    disk.operations.length = 0
    expect(await log.replay(() => undefined)).toBe(20_000)
    // It reads through the buffer that the open has given back.
    expect(kernels.filter((bytes) => bytes > KiB)).toEqual([largeRecordBytes + 40])
    expect(disk.of('read').filter(({ bytes }) => bytes > readBytes)).toHaveLength(1)
    await log.close()
  })
})
