import { describe, expect, it } from 'vitest'
import { Books } from '../support/crash-books.ts'
import { settledContent } from '../support/crash-content.ts'
import { CrashDisk } from '../support/crash-disk.ts'
import { Explorer } from '../support/crash-explorer.ts'
import { Life } from '../support/crash-life.ts'
import type { CrashOperation } from '../support/crash-operation.ts'
import { CrashStorage } from '../support/crash-storage.ts'
import { asynchronously, large, reopen, small } from '../support/crash-steps.ts'

/** The operations of a first open and one append, in order. */
function operationsOf(): CrashOperation[] {
  const operations: CrashOperation[] = []
  const before = (operation: CrashOperation): undefined => {
    operations.push(operation)
  }
  const life = new Life(new CrashStorage(new CrashDisk(), { before }), new Books(), {}, 1)
  life.open()
  life.run(small)
  return operations
}

describe('names', () => {
  it('a segment has its name only when its header is durable', () => {
    for (const holes of ['zeros', 'garbage'] as const) {
      const explorer = new Explorer({ limits: [128], holes })
      explorer.explore([small])
      explorer.explore([large, large])
      expect(explorer.states).toBeGreaterThan(50)
    }
  })

  it('header, sync, name, name sync: a segment is born in this order, before its first frame is written', () => {
    const kinds = operationsOf().map(({ kind }) => kind)
    const born = ['create', 'write', 'sync', 'rename', 'syncNames']
    expect(kinds).toEqual(['syncNames', ...born, 'reserve', 'writeDurable', 'write'])
  })

  it('nothing is acknowledged in a segment whose name is not durable', () => {
    const explorer = new Explorer({ limits: [64] })
    explorer.explore([small, small])
    explorer.explore([large, large, large])
    expect(explorer.rows.get('last.interrupted-rotation')).toBeGreaterThan(0)
  })

  it('a name that only the cache has is made durable before the next one is built on it', () => {
    const explorer = new Explorer({ limits: [64, 64], afterlife: [small] })
    explorer.explore([small])
    explorer.explore([large, large], 1)
    expect(explorer.states).toBeGreaterThan(500)
  })

  it('a spare that was left without a header, or with half of one, is removed', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(70).fill(0x93), new Uint8Array(4096)]) {
      const disk = new CrashDisk(new Map([['spare-00000001.varve', settledContent(bytes)]]))
      const life = new Life(new CrashStorage(disk), new Books(), {}, 1)
      life.open()
      life.run(small)
      life.run(reopen)
      expect([...disk.names.keys()]).toEqual(['00000001-0000000000000001.varve'])
    }
  })

  it('a discarded segment is not recycled under its own index: until the next one is durable it is the log', () => {
    for (const variant of [{}, asynchronously]) {
      const explorer = new Explorer({ variant, limits: [48, 32], afterlife: [small] })
      explorer.explore([small])
      explorer.explore([small, small], 1)
      expect(explorer.states).toBeGreaterThan(800)
    }
  })
})
