import fc from 'fast-check'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { keepBytes, keepCheckpoints, keepRecords } from '../src/index.ts'
import { bytes, geometry, openProgram } from './support/programs.ts'

describe('keepBytes', () => {
  const segments = [
    { firstSequence: 1, bytes: 100 },
    { firstSequence: 11, bytes: 100 },
    { firstSequence: 21, bytes: 50 },
  ]

  it('gives up the oldest segments until the rest fits', () => {
    expect([1000, 250, 249, 150, 149, 50].map((most) => keepBytes(segments, most))).toEqual([1, 1, 11, 11, 21, 21])
  })

  it('never gives up the active segment, nor what a checkpoint needs', () => {
    expect(keepBytes(segments, 0)).toBe(21)
    expect(keepBytes(segments, 0, { checkpoint: 15 })).toBe(16)
    expect(keepBytes(segments, 0, { checkpoint: 0 })).toBe(1)
    expect(keepBytes(segments, 1000, { checkpoint: 15 })).toBe(1)
    expect(keepBytes([], 10)).toBe(1)
  })

  it('gives a floor that leaves no more than asked', () => {
    const anySegments = fc.array(fc.record({ records: fc.nat(9), bytes: fc.nat(500) }), { minLength: 1 })
    fc.assert(
      fc.property(anySegments, fc.nat(2000), fc.option(fc.nat(100), { nil: undefined }), (sizes, most, checkpoint) => {
        let next = 1
        const all = sizes.map(({ records, bytes: size }) => {
          const firstSequence = next
          next += records
          return { firstSequence, bytes: size }
        })
        const floor = keepBytes(all, most, checkpoint === undefined ? {} : { checkpoint })
        const left = all.filter((_, at) => (all[at + 1]?.firstSequence ?? Infinity) > floor)
        const taken = left.reduce((sum, segment) => sum + segment.bytes, 0)
        expect(floor).toBeLessThanOrEqual((checkpoint ?? Infinity) + 1)
        if (checkpoint === undefined) expect(taken <= most || left.length === 1).toBe(true)
      }),
    )
  })
})

describe('keepRecords', () => {
  it('gives up all but the last so many', () => {
    expect([keepRecords(10, 3), keepRecords(10, 0), keepRecords(10, 10), keepRecords(10, 99)]).toEqual([8, 11, 1, 1])
  })

  it('never gives up what a checkpoint needs', () => {
    expect(keepRecords(10, 3, { checkpoint: 5 })).toBe(6)
    expect(keepRecords(10, 3, { checkpoint: 9 })).toBe(8)
  })
})

describe('a policy', () => {
  it('tells reclaim what to remove', async () => {
    const program = await openProgram({ ...geometry, storage: memoryStorage() }, { keep: 1 })
    await program.append(6, 2600)
    await program.publish(bytes('two'), { sequence: 2 })
    const { log } = program
    if (!('reclaim' in log)) throw new Error('the face is asynchronous')
    expect((await log.reclaim(keepBytes(log.segments, 3 * 4096, { checkpoint: 2 }))).removed).toEqual([])
    expect((await log.reclaim(keepBytes(log.segments, 3 * 4096))).removed).toHaveLength(1)
    expect((await log.reclaim(keepRecords(log.lastSequence, 1))).removed).toHaveLength(2)
    await program.close()
  })
})

describe('keepCheckpoints', () => {
  it('keeps what recovery needs to begin with each of so many, and everything while there are fewer', () => {
    const newestFirst = [40, 30, 20].map((sequence) => ({ sequence }))
    expect([1, 2, 3].map((count) => keepCheckpoints(newestFirst, count))).toEqual([41, 31, 21])
    expect(keepCheckpoints(newestFirst, 4)).toBe(1)
    expect(keepCheckpoints([], 1)).toBe(1)
  })
})
