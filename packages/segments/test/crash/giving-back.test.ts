import { describe, expect, it } from 'vitest'
import { Books } from '../support/crash-books.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { openRepeatably, payloadsOf, smallLog } from '../support/crash-life.ts'
import type { CrashOperation } from '../support/crash-operation.ts'
import { CrashStorage, type CrashStorageOptions } from '../support/crash-storage.ts'

const first = '00000001-0000000000000001.varve'

/** A log whose first segment holds no record, so that the open after the next one leaves it out. */
function logWithAnEmptySegment(): CrashDisk {
  let disk = new CrashDisk()
  for (const life of [1, 2]) {
    openRepeatably({ ...smallLog, storage: new CrashStorage(disk) }, life)
    disk = disk.clone()
  }
  return disk
}

function refusing(kind: CrashOperation['kind']): CrashStorageOptions {
  return {
    before: (operation) =>
      operation.kind === kind && operation.name === first ? { kind: 'io', landedBytes: 0 } : undefined,
  }
}

describe('space that cannot be given back costs space and nothing else', () => {
  it('a segment below the floor that cannot be removed is a note, and the next open tries again', () => {
    for (const closes of [true, false]) {
      const disk = logWithAnEmptySegment()
      const storage = new CrashStorage(disk, refusing('remove'))
      if (closes) openRepeatably({ ...smallLog, storage }, 3).closeSync()
      const log = openRepeatably({ ...smallLog, storage }, 4)
      expect(log.recovery.notes.join()).toMatch(`${first} could not be removed`)
      expect(log.recovery.removedSegments).toEqual([])
      const books = new Books()
      for (const payload of books.attempt([30])) log.appendSync(payload)
      log.closeSync()
      expect(storage.openFiles.size).toBe(0)
      expect([...storage.disk.names.keys()]).toContain(first)

      const again = openRepeatably({ ...smallLog, storage: new CrashStorage(storage.disk) }, 5)
      expect(again.recovery.removedSegments).toContain(first)
      expect(again.recovery.notes).toEqual([])
      books.recovered(payloadsOf(again))
      expect([...storage.disk.names.keys()]).not.toContain(first)
    }
  })

  it('the rest behind a cut that cannot be released is a note', () => {
    const disk = new CrashDisk()
    openRepeatably({ ...smallLog, storage: new CrashStorage(disk) }, 1)
    const storage = new CrashStorage(disk.clone(), refusing('resize'))
    const log = openRepeatably({ ...smallLog, storage }, 2)
    expect(log.recovery.notes.join()).toMatch(`the space behind the cut of ${first} could not be given back`)
    log.closeSync()
    expect(storage.openFiles.size).toBe(0)
  })
})
