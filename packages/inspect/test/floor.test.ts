import { openLogSync } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { flip, segmentNames } from '@varve/damage'
import { describe, expect, it } from 'vitest'
import { inspectLogSync, planRepairSync } from '../src/index.ts'
import { look } from './support/heal.ts'

const options = { segmentBytes: 4096, blockBytes: 128 } as const

/** A log whose floor stands behind many records of a sealed segment, and in its SEAL; nothing newer says it. */
function reclaimed(): { readonly snapshot: MemorySnapshot; readonly floor: number; readonly name: string } {
  const storage = memoryStorage()
  const log = openLogSync({ storage, ...options })
  const append = (records: number): void => {
    for (let record = 0; record < records; record += 1) log.appendSync(new Uint8Array(100))
  }
  append(90)
  const floor = 50
  log.reclaimSync(floor)
  const { length } = log.segments
  while (log.segments.length === length) append(1)
  log.closeSync()
  const snapshot = storage.snapshot()
  return { snapshot, floor, name: segmentNames(snapshot).at(-2) ?? '' }
}

describe('the floor, which stands behind a damage', () => {
  const { snapshot, floor, name } = reclaimed()
  const damaged = flip(snapshot, name, 300)

  it('is read from the SEAL, and no record below it counts as lost', () => {
    const storage = memoryStorage({ snapshot: damaged })
    expect(inspectLogSync(storage, look).floor).toBe(floor)
    const plan = planRepairSync(storage, look)
    expect(plan.findings.map(({ code }) => code)).not.toContain('names.first-above-floor')
    const behind = plan.choices.find(({ kind }) => kind === 'keep-behind')
    expect(behind?.lost.map(({ firstSequence }) => firstSequence)).toEqual([floor])
  })

  it('is not known when the SEAL is damaged as well', () => {
    const twice = flip(damaged, name, 4096 - 60)
    const plan = planRepairSync(memoryStorage({ snapshot: twice }), look)
    expect(plan.findings.map(({ code }) => code)).toContain('names.first-above-floor')
  })
})
