import { describe, expect, it } from 'vitest'
import { Books } from '../support/crash-books.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { openRepeatably, payloadsOf, smallLog, type LogVariant } from '../support/crash-life.ts'
import { afterPowerLoss } from '../support/crash-outcomes.ts'
import { CrashStorage } from '../support/crash-storage.ts'

/** The largest payload that a log of this geometry takes, found by trying. */
function largestPayload(variant: LogVariant): number {
  let bytes = 8192
  for (const log = openRepeatably({ ...smallLog, ...variant, storage: new CrashStorage() }, 1); ; bytes -= 1) {
    try {
      log.appendSync(new Uint8Array(bytes))
      return bytes
    } catch {
      // Too large: nothing was appended.
    }
  }
}

describe('limits are the same on write and on read', () => {
  const variants: readonly LogVariant[] = [{}, { commitAlignment: 'block' }, { segmentBytes: 8192 }]
  for (const variant of variants) {
    it(`the largest record that is taken comes back, sealed, cut and carried over: ${JSON.stringify(variant)}`, () => {
      const bytes = largestPayload(variant)
      const books = new Books()
      const options = { ...smallLog, ...variant, durability: 'async' } as const
      let disk = new CrashDisk()
      for (let life = 1; life <= 3; life += 1) {
        const log = openRepeatably({ ...options, storage: new CrashStorage(disk) }, life)
        books.recovered(payloadsOf(log))
        for (const size of [bytes, 1, bytes]) for (const payload of books.attempt([size])) log.appendSync(payload)
        books.acknowledge()
        disk = disk.clone()
      }
      // Whoever opens it with less room, or with lower limits for what it will append, reads it all the same.
      const small = { ...smallLog, segmentBytes: 4096, maxRecordBytes: 10, storage: new CrashStorage(disk) }
      const log = openRepeatably(small, 9)
      books.recovered(payloadsOf(log))
      expect(books.attempted).toBe(9)
      for (const left of afterPowerLoss(disk, { limit: 4, holes: 'zeros', seed: 1 })) {
        expect(payloadsOf(openRepeatably({ ...small, storage: new CrashStorage(left) }, 10))).toHaveLength(9)
      }
    })
  }
})
