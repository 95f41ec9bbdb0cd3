import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'
import { fill, geometry, logOf } from '../support/log-retention.ts'

function kindsIn(snapshot: Parameters<typeof segmentsOf>[0]): string[] {
  return segmentsOf(snapshot).flatMap(({ frames }) => frames.map(({ kind, sequence }) => `${kind} ${sequence}`))
}

describe('archive', () => {
  it('raises the floor: what lies below is RECLAIMED from then on, and its segments are archived', async () => {
    const { log } = await logOf(4)
    await log.archive(3)
    expect(log.firstSequence).toBe(3)
    expect((await failure('RECLAIMED', () => log.get(2))).context).toEqual({ sequence: 2, floor: 3 })
    await failure('RECLAIMED', () => log.read({ from: 2 }))
    await failure('RECLAIMED', () => log.tail({ from: 2 }))
    await failure('RECLAIMED', () => log.replay(() => undefined, { from: 1 }))
    expect((await readAll(log)).map(({ sequence }) => sequence)).toEqual([3, 4])
    expect(log.segments.map(({ state }) => state)).toEqual(['archived', 'archived', 'sealed', 'active'])
    await log.close()
  })

  const modes = ['sync', 'group', 'async'] as const
  it.each(modes)('resolves when a sync has covered it, in the mode %s', async (durability) => {
    const { disk, log } = await logOf(2, { durability }, { without: ['writeDurable'] })
    await quiet()
    const syncs = disk.count('sync')
    const hold = disk.hold('sync')
    const archived = watch(log.archive(2))
    await hold.reached
    await quiet()
    expect(archived.state).toBe('pending')
    expect(log.firstSequence).toBe(1)
    hold.release()
    await quiet()
    expect(archived.state).toBe('resolved')
    expect(disk.count('sync')).toBe(syncs + 1)
    expect(log.firstSequence).toBe(2)
    await log.close()
  })

  it('goes the way of the records: it is overtaken by none and overtakes none', async () => {
    const { disk, log } = await logOf(0, { durability: 'async' })
    const done = [log.append(payload(1)), log.archive(2), log.appendBatch([payload(2), payload(3)]), log.archive(4)]
    await Promise.all([...done, log.append(payload(4))])
    expect(kindsIn(disk.snapshot()).filter((kind) => !kind.startsWith('mark'))).toEqual([
      'record 1',
      'floor 1',
      'record 2',
      'record 3',
      'floor 3',
      'record 4',
    ])
    expect([log.firstSequence, log.lastSequence]).toEqual([4, 4])
    await log.close()
  })

  it('makes everything before it durable in the async mode, and needs no company in the group mode', async () => {
    const slow = { durability: 'group', group: { maxDelayMs: 10_000 } } as const
    for (const options of [{ durability: 'async' } as const, slow]) {
      const { log } = await logOf(0, options)
      log.enqueue(payload(1))
      await log.archive(2)
      expect(log.durableSequence).toBe(1)
      await log.close()
    }
  })

  it('that is not above the floor changes nothing, and resolves no earlier than the one that is', async () => {
    const { disk, log } = await logOf(4)
    await log.archive(2)
    const before = disk.operations.length
    await log.archive(2)
    await log.archive(1)
    expect(disk.operations.length).toBe(before)
    const order: string[] = []
    const higher = log.archive(4).then(() => order.push('higher'))
    const lower = log.archive(3).then(() => order.push('lower'))
    await Promise.all([lower, higher])
    expect(order).toEqual(['higher', 'lower'])
    expect(log.firstSequence).toBe(4)
    await log.close()
  })

  it('refuses what is no sequence number to keep', async () => {
    const { log } = await logOf(2)
    for (const before of [0, -1, 1.5, 4, Number.NaN, Number.MAX_SAFE_INTEGER, '2' as unknown as number]) {
      await failure('INVALID_ARGUMENT', () => log.archive(before))
      await failure('INVALID_ARGUMENT', () => log.reclaim(before))
    }
    await log.archive(3)
    expect(await readAll(log)).toEqual([])
    expect(await log.append(payload(3))).toBe(3)
    expect(await readAll(log)).toHaveLength(1)
    await log.close()
  })

  it('counts as little as any control record: no sequence number, no record', async () => {
    const { log } = await logOf(1)
    const { records } = log.stats()
    await log.archive(2)
    await log.recordCheckpoints(payload(1))
    expect(log.stats()).toMatchObject({ records, queuedRecords: 0, queuedBytes: 0 })
    expect(log.lastSequence).toBe(1)
    expect(await log.append(payload(2))).toBe(2)
    await log.close()
  })

  it('rotates where it does not fit', async () => {
    const { disk, log } = await logOf(0)
    let floors = 0
    while (log.segments.length < 3) {
      await log.append(payload(1, 0))
      floors += 1
      await log.archive(log.lastSequence)
    }
    const again = openLogSync({ storage: memoryStorage({ snapshot: disk.snapshot() }), ...geometry, verify: 'all' })
    expect(again.firstSequence).toBe(floors)
    await log.close()
  })
})

describe('a list of checkpoints', () => {
  it('is there when it is durable, and after the log was opened again', async () => {
    const { disk, log } = await logOf(1)
    expect(log.checkpointList).toEqual(new Uint8Array(0))
    const list = payload(7, 512)
    const recorded = log.recordCheckpoints(list)
    const kept = list.slice()
    list.fill(0)
    expect(log.checkpointList).toEqual(new Uint8Array(0))
    await recorded
    expect(log.checkpointList).toEqual(kept)
    log.checkpointList.fill(0)
    expect(log.checkpointList).toEqual(kept)
    await fill(log, 2)
    await log.recordCheckpoints(kept.subarray(0, 1))
    for (const readOnly of [true, false]) {
      const storage = memoryStorage({ snapshot: disk.snapshot() })
      const again = openLogSync({ storage, ...geometry, readOnly })
      expect(again.checkpointList).toEqual(kept.slice(0, 1))
      again.closeSync()
    }
    await log.close()
  })

  it('has 1 to 512 bytes', async () => {
    const { log } = await logOf(1)
    for (const list of [new Uint8Array(0), new Uint8Array(513), 'list' as unknown as Uint8Array]) {
      await failure('INVALID_ARGUMENT', () => log.recordCheckpoints(list))
    }
    await log.close()
  })
})

describe('a log that cannot be written', () => {
  it('refuses changes of its state as it refuses appends', async () => {
    const { disk, log } = await logOf(3)
    const readOnly = await openLog({ storage: memoryStorage({ snapshot: disk.snapshot() }), readOnly: true })
    const calls = (of: typeof log): (() => Promise<unknown>)[] => [
      () => of.archive(2),
      () => of.reclaim(),
      () => of.reclaim(2),
      () => of.recordCheckpoints(payload(1)),
    ]
    for (const call of calls(readOnly)) await failure('READ_ONLY', call)
    await readOnly.close()
    disk.failAlways('sync', new Error('no'))
    disk.failAlways('writeDurable', new Error('no'))
    await failure('POISONED', () => log.archive(2))
    for (const call of calls(log)) await failure('POISONED', call)
    await log.close()
    const { log: closed } = await logOf(3)
    await closed.close()
    for (const call of calls(closed)) await failure('CLOSED', call)
  })
})
