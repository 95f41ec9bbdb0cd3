import { VarveError } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type Log } from '../../src/index.ts'
import { recycledName } from '../../src/format/names.ts'
import { quiet } from '../support/log-clock.ts'
import type { ControlledStorage, Match } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'
import { fill, geometry, indexesOf, indexesOn, logOf } from '../support/log-retention.ts'

const isSpare = (name: string): boolean => name.startsWith('spare-')
const isRecycled = (name: string): boolean => /^spare-[89a-f]/.test(name)

function sparesOn(disk: ControlledStorage): string[] {
  return [...disk.snapshot().files.keys()].filter(isSpare)
}

/** Three full segments and one that is hardly filled, so that no spare is there, and none is made unless asked for. */
async function fullSegments(options = {}): Promise<{ disk: ControlledStorage; log: Log }> {
  const opened = await logOf(3, { recycle: true, ...options })
  await quiet()
  await opened.log.append(payload(4, 900))
  expect(opened.log.segments).toHaveLength(4)
  opened.disk.operations.length = 0
  return opened
}

describe('a segment that is given up', () => {
  it('becomes the next one: renamed, durably, and only then overwritten with zeros', async () => {
    const { disk, log } = await fullSegments()
    const [first] = log.segments
    const report = await log.reclaim(2)
    await quiet()
    expect([indexesOf(report.removed), indexesOf(report.recycled)]).toEqual([[1], [1]])
    const [spare] = sparesOn(disk) as [string]
    const steps = disk.operations.filter(({ name, kind }) => isSpare(name) || kind === 'rename' || kind === 'syncNames')
    expect(steps.map(({ kind, name, detail }) => `${kind} ${name} ${detail}`.trim())).toEqual([
      `rename ${first?.name} ${spare}`,
      'syncNames',
      `open ${spare} existing`,
      `size ${spare}`,
      `write ${spare}`,
      `sync ${spare}`,
    ])
    expect(disk.snapshot().files.get(spare)).toEqual(new Uint8Array(geometry.segmentBytes))
    expect(log.stats().recycled).toBe(1)
    disk.operations.length = 0
    await fill(log, 1)
    const rotation = disk.operations.slice(0, disk.operations.findIndex(({ kind }) => kind === 'syncNames') + 1)
    expect(rotation.filter(({ kind, detail }) => kind === 'reserve' || detail === 'create')).toEqual([])
    expect(disk.of('rename')[0]).toMatchObject({ name: spare, detail: log.segments.at(-1)?.name })
    expect(await readAll(log)).toHaveLength(log.lastSequence - 1)
    await log.close()
  })

  it('keeps no byte of its old life, and no salt', async () => {
    const { disk, log } = await fullSegments()
    const salts = segmentsOf(disk.snapshot()).map(({ header }) => header.salt)
    await log.reclaim(2)
    await quiet()
    await fill(log, 1)
    const newest = segmentsOf(disk.snapshot()).at(-1)
    const end = newest?.frames.filter(({ kind }) => kind !== 'mark').at(-1)?.end ?? 0
    // A MARK may stand behind the last frame.
    expect(newest?.bytes.subarray(end + 40).every((byte) => byte === 0)).toBe(true)
    expect(salts).not.toContainEqual(newest?.header.salt)
    await log.close()
    const again = await openLog({ storage: disk.storage, ...geometry })
    expect(again.recovery).toMatchObject({ cleanShutdown: true, discarded: undefined })
    await again.close()
  })

  it('is removed when the next one is ready already, or when nobody asked for it', async () => {
    const ready = await logOf(4, { recycle: true })
    await quiet()
    expect(sparesOn(ready.disk)).toHaveLength(1)
    expect((await ready.log.reclaim(4)).recycled).toEqual([])
    await ready.log.close()
    const { log, disk } = await fullSegments({ recycle: false })
    expect((await log.reclaim(3)).recycled).toEqual([])
    expect(sparesOn(disk)).toEqual([])
    await log.close()
  })

  it('is one of several: the others are removed', async () => {
    const { disk, log } = await fullSegments()
    const { removed, recycled } = await log.reclaim(4)
    expect([indexesOf(removed), indexesOf(recycled)]).toEqual([[1, 2, 3], [1]])
    await quiet()
    expect([indexesOn(disk), sparesOn(disk).length]).toEqual([[4], 1])
    await log.close()
    expect([sparesOn(disk), disk.openFiles]).toEqual([[], []])
  })

  it('is removed when it was cut, or has another size than the next one', async () => {
    const { disk, log } = await logOf(1)
    const crashed = memoryStorage({ snapshot: disk.snapshot(), asynchronous: true })
    const cut = await openLog({ storage: crashed, ...geometry, recycle: true })
    await cut.append(payload(2, 30))
    expect(cut.segments.map(({ state }) => state)).toEqual(['cut', 'active'])
    const { removed, recycled } = await cut.reclaim(2)
    expect([indexesOf(removed), recycled]).toEqual([[1], []])
    await cut.close()
    await log.close()
    const larger = await openLog({ storage: disk.storage, ...geometry, segmentBytes: 8192, recycle: true })
    await fill(larger, 3)
    const report = await larger.reclaim(3)
    expect([indexesOf(report.removed).length > 0, report.recycled]).toEqual([true, []])
    await larger.close()
  })

  it('never takes the name of one that is just becoming a segment', async () => {
    const { disk, log } = await fullSegments()
    const reading = log.read({ from: 2 })
    await reading.next()
    expect(indexesOf((await log.reclaim(3)).recycled)).toEqual([1])
    await quiet()
    await reading.return?.()
    const hold = disk.hold(({ kind, name }) => kind === 'rename' && isRecycled(name))
    const filling = fill(log, 1)
    await hold.reached
    expect(indexesOf((await log.reclaim()).recycled)).toEqual([2])
    hold.release()
    await filling
    await quiet()
    expect(await readAll(log)).toHaveLength(log.lastSequence - 2)
    await log.close()
    const again = await openLog({ storage: disk.storage, ...geometry, verify: 'all' })
    expect(again.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 5 })
    await again.close()
  })

  it('serves a synchronous log as well, before the call returns', () => {
    const memory = memoryStorage()
    const log = openLogSync({ storage: memory, ...geometry, recycle: true })
    for (let n = 1; n <= 3; n += 1) log.appendSync(payload(n, 2600))
    expect(indexesOf(log.reclaimSync(3).recycled)).toEqual([1])
    expect(log.stats().recycled).toBe(1)
    log.appendSync(payload(4, 2600))
    expect(log.stats().spareMisses).toBe(2)
    expect([...log.readSync()].map(({ sequence }) => sequence)).toEqual([3, 4])
    log.closeSync()
    expect([...memory.snapshot().files.keys()].filter(isSpare)).toEqual([])
  })
})

describe('names for files that are recycled', () => {
  it('are those of no spare that is made, nor of another writer or another file', () => {
    const names = [1, 2, 3].flatMap((epoch) => [0, 1, 0xffff].map((number) => recycledName(epoch, number)))
    expect(new Set(names).size).toBe(9)
    for (const name of names) expect(isRecycled(name)).toBe(true)
  })
})

describe('recycling that fails', () => {
  const io = new VarveError('IO', 'no')
  const failures: readonly { readonly what: string; readonly match: Match }[] = [
    { what: 'the rename', match: ({ kind, detail }) => kind === 'rename' && isRecycled(detail) },
    { what: 'the open', match: ({ kind, name }) => kind === 'open' && isRecycled(name) },
    { what: 'the look at its size', match: ({ kind, name }) => kind === 'size' && isRecycled(name) },
    { what: 'the overwriting', match: ({ kind, name }) => kind === 'write' && isRecycled(name) },
    { what: 'the sync of the zeros', match: ({ kind, name }) => kind === 'sync' && isRecycled(name) },
  ]

  it.each(failures)('at $what harms nothing, and leaves nothing behind', async ({ match }) => {
    const { disk, log } = await fullSegments()
    disk.fail(match, io)
    expect(indexesOf((await log.reclaim(2)).removed)).toEqual([1])
    await quiet()
    expect(disk.count(match)).toBe(1)
    expect([sparesOn(disk), indexesOn(disk), log.stats().recycled]).toEqual([[], [2, 3, 4], 0])
    await fill(log, 2)
    expect(await readAll(log)).toHaveLength(log.lastSequence - 1)
    await log.close()
    expect(disk.offences).toEqual([])
  })

  it('at the names zeroes nothing: the old name may come back', async () => {
    const { disk, log } = await fullSegments()
    disk.fail('syncNames', io)
    await failure('IO', () => log.reclaim(2))
    await quiet()
    expect(disk.count(({ kind, name }) => kind === 'write' && isRecycled(name))).toBe(0)
    expect(sparesOn(disk)).toEqual([])
    expect(indexesOf((await log.reclaim(3)).recycled)).toEqual([2])
    await log.close()
  })

  it('and cannot even be cleaned up is left to the next open', async () => {
    const { disk, log } = await fullSegments()
    disk.fail(({ kind, name }) => kind === 'write' && isRecycled(name), io)
    disk.fail(({ kind, name }) => kind === 'remove' && isRecycled(name), io)
    await log.reclaim(2)
    await quiet()
    expect(sparesOn(disk)).toHaveLength(1)
    await log.close()
    const again = await openLog({ storage: disk.storage, ...geometry })
    expect(again.recovery.removedSpares).toHaveLength(1)
    await again.close()
  })

  it('and cannot even be closed harms nothing either', async () => {
    const { disk, log } = await fullSegments()
    disk.fail(({ kind, name }) => kind === 'write' && isRecycled(name), io)
    disk.fail(({ kind, name }) => kind === 'close' && isRecycled(name), io)
    await log.reclaim(2)
    await fill(log, 2)
    expect(await readAll(log)).toHaveLength(log.lastSequence - 1)
    await log.close()
  })

  it('because the file is not whole is given up', async () => {
    const { disk, log } = await fullSegments()
    const file = await disk.storage.open(log.segments[0]?.name ?? '', 'existing')
    await file.resize(geometry.segmentBytes - 1)
    await file.close()
    await log.reclaim(2)
    await quiet()
    expect([sparesOn(disk), log.stats().recycled]).toEqual([[], 0])
    await log.close()
  })
})

describe('closing a log', () => {
  it('while a file is overwritten waits for the slice under way, and drops the file', async () => {
    const { disk, log } = await logOf(0, { recycle: true, segmentBytes: 2 ** 20 })
    for (let n = 1; n <= 2; n += 1) await log.append(payload(n, 900_000))
    await quiet()
    await log.append(payload(3, 300_000))
    const hold = disk.hold(({ kind, name }) => kind === 'write' && isRecycled(name))
    await log.reclaim(3)
    await hold.reached
    const closed = watch(log.close())
    await quiet()
    expect([closed.state, disk.count('release')]).toEqual(['pending', 0])
    hold.release()
    await quiet()
    expect(closed.state).toBe('resolved')
    expect(disk.count(({ kind, name }) => kind === 'write' && isRecycled(name))).toBe(1)
    expect([sparesOn(disk), disk.openFiles]).toEqual([[], []])
  })

  it('while a name is made durable waits for that, and overwrites nothing', async () => {
    const { disk, log } = await fullSegments()
    const hold = disk.hold('syncNames')
    const reclaiming = watch(log.reclaim(2))
    await hold.reached
    const closed = watch(log.close())
    await quiet()
    expect(closed.state).toBe('pending')
    const dropped = disk.hold(({ kind, name }) => kind === 'remove' && isRecycled(name))
    hold.release()
    await dropped.reached
    await quiet()
    expect([closed.state, disk.count('release')]).toEqual(['pending', 0])
    dropped.release()
    await quiet()
    expect([closed.state, reclaiming.state]).toEqual(['resolved', 'rejected'])
    expect(disk.count(({ kind, name }) => kind === 'write' && isRecycled(name))).toBe(0)
    expect([sparesOn(disk), disk.openFiles]).toEqual([[], []])
  })
})
