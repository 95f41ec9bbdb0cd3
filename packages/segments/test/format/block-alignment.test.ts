import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Segment } from '../../src/index.ts'

// Eight blocks: a header, six of content, and one that the reserve for the SEAL makes unusable.
const geometry = { segmentBytes: 32_768, blockBytes: 4096 }
const blocks = { ...geometry, commitAlignment: 'block' } as const

function payload(number: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`record ${number}`)
}

/** A log with `records` commits in all, over as many lives as `lives` says, each shut down cleanly. */
async function grown(lives: readonly number[], options: object): Promise<MemorySnapshot> {
  const storage = memoryStorage()
  let appended = 0
  for (const records of lives) {
    const log = await openLog({ storage, ...blocks, ...options })
    for (let left = records; left > 0; left -= 1) await log.append(payload((appended += 1)))
    await log.close()
  }
  return storage.snapshot()
}

async function sequences(snapshot: MemorySnapshot, options: object): Promise<number[]> {
  const log = await openLog({ storage: memoryStorage({ snapshot }), ...options, verify: 'all' })
  const found: number[] = []
  for await (const { sequence, payload: bytes } of log.read()) {
    expect(bytes).toEqual(payload(sequence))
    found.push(sequence)
  }
  await log.close()
  return found
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

describe('commitAlignment block', () => {
  it('never lets the block behind a CLOSE reach into the room of SEAL and trailer', async () => {
    for (let first = 1; first <= 8; first += 1) {
      const records = first + 5
      const snapshot = await grown([first, 1, 1, 1, 1, 1], {})
      await expect(sequences(snapshot, blocks), `first life of ${first}`).resolves.toEqual(upTo(records))
    }
  })

  it('leaves a CLOSE out whose block would reach into that room', async () => {
    const lives: boolean[] = []
    for (let records = 1; records <= 6; records += 1) {
      const storage = memoryStorage({ snapshot: await grown([records], {}) })
      lives.push((await openLog({ storage, ...blocks })).recovery.cleanShutdown)
    }
    // Each commit takes a block of six.
    expect(lives).toEqual([true, true, true, true, true, false])
  })

  it('writes a CLOSE again only in a block that holds nothing else', async () => {
    for (let first = 1; first <= 60; first += 1) {
      // Closed with frames of 56 bytes, so that CLOSE may stand anywhere, the very end of the content included.
      const storage = memoryStorage()
      const before = await openLog({ storage, segmentBytes: 8192, blockBytes: 1024 })
      for (let number = 1; number <= first; number += 1) await before.append(payload(number))
      const { length, end } = last(before.segments)
      await before.close()
      const after = await openLog({ storage, segmentBytes: 8192, blockBytes: 1024, commitAlignment: 'block' })
      const { cleanShutdown, carriedRecords } = after.recovery
      expect({ cleanShutdown, carriedRecords }).toEqual({ cleanShutdown: true, carriedRecords: 0 })
      expect(after.segments).toHaveLength(end % 1024 === 0 ? length : length + 1)
      for (let number = first + 1; number <= first + 6; number += 1) await after.append(payload(number))
      await after.close()
      const found = await sequences(storage.snapshot(), { segmentBytes: 8192, blockBytes: 1024 })
      expect(found).toEqual(upTo(first + 6))
    }
  })

  it('fills the block that a hand-over ends in, so that the next commit touches none that is durable', async () => {
    const storage = memoryStorage()
    const options = { ...blocks, durability: 'async', async: { maxUnsyncedMs: 3_600_000 } } as const
    const log = await openLog({ storage, ...options })
    for (let number = 1; number <= 3; number += 1) log.enqueue(payload(number))
    await log.flush()
    const crashed = memoryStorage({ snapshot: storage.snapshot() })
    const after = await openLog({ storage: crashed, ...options })
    expect(after.recovery.carriedRecords).toBe(3)
    const bornEnd = after.segments.at(-1)?.header.bornEnd ?? 0
    expect(bornEnd % geometry.blockBytes).toBe(0)
    await after.append(payload(4))
    await after.close()
    await expect(sequences(crashed.snapshot(), blocks)).resolves.toEqual(upTo(4))
    await log.close()
  })
})

function last(segments: readonly Segment[]): { readonly length: number; readonly end: number } {
  return { length: segments.length, end: segments.at(-1)?.end ?? 0 }
}
