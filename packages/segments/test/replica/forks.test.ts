import { isVarveError } from '@varve/codec'
import type { MemorySnapshot, MemoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLogSync, promoteReplicaSync, type StreamChunk } from '../../src/index.ts'
import { withFile } from '../support/damage-image.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { chunksOf, filesIn, replicate, small, storageOf } from '../support/replica-pair.ts'
import { replicaOn, withoutMark } from '../support/replica-parts.ts'

/** Appends records that no other branch has: `branch` goes into their bytes. */
function write(storage: MemoryStorage, branch: number, count: number, ends: 'close' | 'kill', bytes = 200): void {
  const log = openLogSync({ storage, ...small })
  for (let n = 0; n < count; n += 1) log.appendSync(payload(branch * 1000 + log.lastSequence + 1, bytes))
  if (ends === 'close') log.closeSync()
}

function branchOf(
  snapshot: MemorySnapshot,
  branch: number,
  count: number,
  ends: 'close' | 'kill' = 'close',
): MemoryStorage {
  const storage = storageOf(snapshot)
  write(storage, branch, count, ends)
  return storage
}

function copyOf(source: MemoryStorage, snapshot?: MemorySnapshot): MemoryStorage {
  const target = storageOf(snapshot)
  replicate(source, target)
  return target
}

/** Whether the copy may go on from `source`: then it is the same, and else it is as it was. */
function goesOnFrom(source: MemoryStorage, copy: MemoryStorage): boolean {
  const before = copy.snapshot()
  const target = storageOf(before)
  try {
    replicate(source, target)
  } catch (error) {
    if (!isVarveError(error, 'FOREIGN_FILE')) throw error
    expect(filesIn(target.snapshot())).toEqual(filesIn(before))
    return false
  }
  expect(filesIn(target.snapshot())).toEqual(filesIn(source.snapshot()))
  return true
}

describe('a copy of the old primary', () => {
  /** A log, and a copy of it that was promoted and has gone on by itself. */
  function promoted(): Record<'primary' | 'successor', MemoryStorage> & { readonly shared: MemorySnapshot } {
    const primary = storageOf()
    write(primary, 0, 6, 'kill')
    const successor = copyOf(primary)
    const shared = successor.snapshot()
    const log = promoteReplicaSync({ storage: successor, ...small })
    for (let n = 0; n < 4; n += 1) log.appendSync(payload(9000 + n, 200))
    log.closeSync()
    return { primary, successor, shared }
  }

  it('goes on from the promoted one if it has no more than that had', () => {
    const { successor, shared } = promoted()
    expect(goesOnFrom(successor, storageOf(shared))).toBe(true)
    expect(goesOnFrom(successor, storageOf())).toBe(true)
  })

  it('is refused by the promoted one if it has got more, in the same segment or the next', () => {
    const { primary, successor, shared } = promoted()
    for (const more of [1, 3, 12, 30]) {
      const old = storageOf(primary.snapshot())
      write(old, 0, more, 'kill')
      const copy = copyOf(old, shared)
      expect(goesOnFrom(successor, copy)).toBe(false)
      expect(goesOnFrom(old, copy)).toBe(true)
    }
  })

  it('is what a copy of the promoted one cannot become again', () => {
    const { primary, successor } = promoted()
    const copy = copyOf(successor)
    expect(goesOnFrom(primary, copy)).toBe(false)
    expect(goesOnFrom(branchOf(primary.snapshot(), 0, 20), copy)).toBe(false)
  })
})

describe('a source that was rolled back to an older snapshot and written on', () => {
  it('refuses a copy of what it would have become, wherever that had got to', () => {
    for (const ends of ['close', 'kill'] as const) {
      const common = storageOf()
      write(common, 0, 5, ends)
      const snapshot = common.snapshot()
      const lengths = [1, 2, 5, 20]
      const before = lengths.map((length) => branchOf(snapshot, 1, length, ends))
      const after = lengths.map((length) => branchOf(snapshot, 2, length, ends))
      for (const one of before) for (const other of after) expect(goesOnFrom(other, copyOf(one))).toBe(false)
    }
  })

  it('lets a copy go on that has nothing which was rolled back', () => {
    const common = storageOf()
    write(common, 0, 5, 'close')
    const copy = copyOf(common)
    expect(goesOnFrom(branchOf(common.snapshot(), 1, 9), copy)).toBe(true)
    expect(goesOnFrom(branchOf(common.snapshot(), 2, 30, 'kill'), copy)).toBe(true)
  })

  it('refuses a copy that is ahead of it', () => {
    const common = storageOf()
    write(common, 0, 5, 'close')
    const copy = copyOf(branchOf(common.snapshot(), 1, 4))
    expect(goesOnFrom(common, copy)).toBe(false)
  })
})

describe('a source that loses power', () => {
  it('and hands over below what was streamed keeps its copies', () => {
    const source = storageOf()
    write(source, 0, 5, 'kill')
    const copy = copyOf(source)
    const survivor = storageOf(withoutMark(source.snapshot()))
    write(survivor, 0, 3, 'close')
    expect(goesOnFrom(survivor, copy)).toBe(true)
  })

  it('and what it had called durable is refused by its copies, which stay usable', () => {
    const source = storageOf()
    write(source, 0, 5, 'kill')
    const copy = copyOf(source)
    // A disk that lied: the last record is gone, and another one takes its number.
    const image = source.snapshot()
    const { name, bytes, frames } = segmentsOf(image)[0] as PlainSegment
    const lost = withFile(image, name, bytes.slice().fill(0, frames[4]?.position))
    expect(goesOnFrom(branchOf(lost, 3, 2), copy)).toBe(false)
    expect(goesOnFrom(branchOf(image, 0, 3), copy)).toBe(true)
  })
})

describe('two logs that were one', () => {
  it('are not mixed by whoever passes their pieces on', async () => {
    const common = storageOf()
    write(common, 0, 3, 'close')
    const [one, other] = [1, 2].map((branch) => chunksOf(branchOf(common.snapshot(), branch, 25)))
    const isFirst = ({ from }: StreamChunk): boolean => from.segment === 1
    const ends = [one, other].map((pieces) => pieces?.findLast(isFirst)?.to.segment)
    expect(ends).toEqual([2, 2])
    const replica = replicaOn(storageOf())
    for (const chunk of one?.filter(isFirst) ?? []) replica.writeSync(chunk)
    const second = other?.find((chunk) => !isFirst(chunk)) as StreamChunk
    await failure('FOREIGN_FILE', () => { replica.writeSync(second) })
    replica.receiveSync(one?.filter((chunk) => !isFirst(chunk)) ?? [])
  })

  it('never mix in a copy, wherever they part', () => {
    const anyEnd = fc.constantFrom('close' as const, 'kill' as const)
    const count = fc.integer({ min: 0, max: 22 })
    const anySize = fc.integer({ min: 0, max: 600 })
    fc.assert(
      fc.property(count, anyEnd, count, count, anyEnd, anySize, (shared, end, one, other, later, bytes) => {
        const common = storageOf()
        write(common, 0, shared, end, bytes)
        const copy = copyOf(branchOf(common.snapshot(), 1, one, later))
        const goesOn = goesOnFrom(branchOf(common.snapshot(), 2, other, later), copy)
        if (one > 0) expect(goesOn).toBe(false)
        else if (end === 'close' && other > 0 && later === 'kill') expect(goesOn).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
