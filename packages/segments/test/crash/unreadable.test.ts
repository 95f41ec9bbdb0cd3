import { describe, expect, it } from 'vitest'
import { Books } from '../support/crash-books.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { Life, openRepeatably, payloadsOf, smallLog, type Step } from '../support/crash-life.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import { asynchronously, batch, large, reopen, small } from '../support/crash-steps.ts'

/** Logs with a clean shutdown, a torn batch, sealed and cut segments: what a recovery may have to read. */
function logs(): { readonly how: string; readonly disk: CrashDisk; readonly books: Books }[] {
  const written = (how: string, steps: readonly Step[], closes: boolean) => {
    const disk = new CrashDisk()
    const books = new Books()
    const life = new Life(new CrashStorage(disk), books, asynchronously, 1)
    life.open()
    for (const step of steps) life.run(step)
    if (closes) life.close()
    return { how, disk: disk.clone(), books }
  }
  const torn = written('torn', [small, batch], false)
  torn.disk.names.forEach((content) => { content.resize(300) })
  torn.books.losePower()
  return [
    written('closed', [small, batch], true),
    torn,
    written('sealed', [small, large, large, reopen, small], false),
  ]
}

/** An open of which look `number` fails. */
function openedOn(disk: CrashDisk, readOnly: boolean, number: number) {
  const storage = new CrashStorage(disk, { beforeLook: (_name, at) => at === number })
  try {
    openRepeatably({ ...smallLog, storage, readOnly }, 5)
    return { storage, looks: storage.looks, error: undefined }
  } catch (error) {
    return { storage, looks: storage.looks, error }
  }
}

describe('an open that meets something unreadable', () => {
  it('fails with what it met, leaves nothing open and nothing locked, and loses nothing', () => {
    let failures = 0
    for (const { how, disk, books } of logs()) {
      for (const readOnly of [false, true]) {
        const { looks } = openedOn(disk.clone(), readOnly, -1)
        for (let number = 0; number < looks; number += 1) {
          const { storage, error } = openedOn(disk.clone(), readOnly, number)
          if (error !== undefined) {
            expect([how, number, error]).toEqual([how, number, expect.objectContaining({ code: 'IO' })])
            expect([...storage.openFiles].map(({ name }) => name)).toEqual([])
            failures += 1
          }
          if (readOnly) continue
          // Whoever failed has given the lock back; who did not is taken for dead.
          const left = error === undefined ? storage.disk.clone() : storage.disk
          const again = openRepeatably({ ...smallLog, storage: new CrashStorage(left) }, 6)
          books.clone().recovered(payloadsOf(again))
        }
      }
    }
    expect(failures).toBeGreaterThan(50)
  })
})
