import { controlType, frameFlag } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { encodeFloor } from '../../src/format/floor.ts'
import { Books } from '../support/crash-books.ts'
import type { CrashContent } from '../support/crash-content.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { forgeFrame, headerOf } from '../support/crash-forge.ts'
import { Life, openRepeatably, smallLog } from '../support/crash-life.ts'
import { afterPowerLoss } from '../support/crash-outcomes.ts'
import { notesOn } from '../support/crash-points.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import { large } from '../support/crash-steps.ts'

const powerLoss = { limit: 64, holes: 'zeros', seed: 1 } as const

/** A log of three segments with a record each, killed after the sync of a FLOOR of 3 failed. */
function logWithAFloorInTheCache(): CrashDisk {
  const disk = new CrashDisk()
  const life = new Life(new CrashStorage(disk), new Books(), {}, 1)
  life.open()
  for (const step of [large, large, large]) life.run(step)
  const name = [...disk.names.keys()].sort().at(-1) as string
  const content = disk.names.get(name) as CrashContent
  const header = headerOf({ generation: 1, files: new Map([[name, content.bytes()]]) }, name)
  const position = 128 + 2640
  const floor = { type: controlType.floor, flags: frameFlag.control, sequence: 3, durableEnd: position }
  content.write(forgeFrame(header, position, { ...floor, payload: encodeFloor(3) }), position)
  // Its sync failed, so no later one will write it, although it can be read.
  content.failSync('clean')
  return disk.clone()
}

function sequencesIn(disk: CrashDisk, life: number): string {
  const log = openRepeatably({ ...smallLog, storage: new CrashStorage(disk) }, life)
  return [...log.readSync()].map(({ sequence }) => sequence).join()
}

describe('floors', () => {
  it('segments below a floor are deleted only when the floor is durable, and then it holds', () => {
    const disk = logWithAFloorInTheCache()
    const { points, note } = notesOn({ disk, books: new Books(), lives: 1 })
    const log = openRepeatably({ ...smallLog, storage: new CrashStorage(disk, { before: note }) }, 2)
    expect(log.firstSequence).toBe(3)
    const removes = points.filter(({ at }) => /before \d+ remove 0000000[12]/.test(at))
    expect(removes).toHaveLength(2)

    const seen = new Set<string>()
    for (const point of points) {
      for (const left of afterPowerLoss(point.disk, powerLoss)) seen.add(sequencesIn(left, 3))
    }
    for (const left of afterPowerLoss(disk, powerLoss)) {
      expect(sequencesIn(left, 3)).toBe('3')
    }
    expect([...seen].sort()).toEqual(['1,2,3', '3'])
  })
})
