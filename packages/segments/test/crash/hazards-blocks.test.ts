import { describe, expect, it } from 'vitest'
import { Books } from '../support/crash-books.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { Life, openRepeatably, payloadsOf, smallLog, type LogVariant } from '../support/crash-life.ts'
import { afterPowerLoss } from '../support/crash-outcomes.ts'
import { notesOn } from '../support/crash-points.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import { damagedBlockBytes, inBlocks, small } from '../support/crash-steps.ts'

/** A log that was written frame after frame, by a caller who then learnt what the device does, and closed. */
function closedLog(variant: LogVariant): { disk: CrashDisk; books: Books } {
  const disk = new CrashDisk()
  const books = new Books()
  const life = new Life(new CrashStorage(disk), books, variant, 1)
  life.open()
  life.run(small)
  life.close()
  return { disk, books }
}

describe('a device that damages the block that it is rewriting', () => {
  it('does not get to rewrite a CLOSE that shares its block with a record', () => {
    const { disk, books } = closedLog({})
    const { points, note } = notesOn({ disk, books, lives: 1 })
    const storage = new CrashStorage(disk, { before: note })
    openRepeatably({ ...smallLog, ...inBlocks, storage }, 2).appendSync(Uint8Array.of(1))
    let images = 0
    for (const point of points) {
      for (const left of afterPowerLoss(point.disk, { limit: 64, holes: 'zeros', seed: 1, damagedBlockBytes })) {
        const log = openRepeatably({ ...smallLog, ...inBlocks, storage: new CrashStorage(left) }, 3)
        expect(log.lastSequence).toBeGreaterThanOrEqual(1)
        expect(log.getSync(1)?.payload).toHaveLength(30)
        images += 1
      }
    }
    expect(images).toBeGreaterThan(20)
  })

  it('gets to rewrite a CLOSE that has a block of its own', () => {
    const { disk, books } = closedLog(inBlocks)
    const log = openRepeatably({ ...smallLog, ...inBlocks, storage: new CrashStorage(disk) }, 2)
    expect(log.recovery.cleanShutdown).toBe(true)
    expect(log.segments).toHaveLength(1)
    books.recovered(payloadsOf(log))
  })
})

describe('a clean shutdown', () => {
  it('is one in every mode: what was only written is synced before the CLOSE is', () => {
    for (const durability of ['sync', 'group', 'async'] as const) {
      const { disk } = closedLog({ durability })
      const log = openRepeatably({ ...smallLog, storage: new CrashStorage(disk) }, 2)
      expect(log.recovery.row).toBe('last.clean-shutdown')
    }
  })
})
