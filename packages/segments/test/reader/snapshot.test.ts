import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type LogRecord } from '../../src/index.ts'
import type { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { fill, geometry, indexesOf, logOf } from '../support/log-retention.ts'

async function sequencesOf(records: AsyncIterable<LogRecord>): Promise<number[]> {
  const sequences: number[] = []
  for await (const { sequence } of records) sequences.push(sequence)
  return sequences
}

function indexName(disk: ControlledStorage, index: number): string {
  return [...disk.snapshot().files.keys()].find((name) => indexesOf([name])[0] === index) ?? ''
}

describe('a snapshot', () => {
  it('shows what was visible when it was taken, whatever comes later', async () => {
    const { log } = await logOf(3)
    const snapshot = log.snapshot()
    await fill(log, 3)
    expect([snapshot.firstSequence, snapshot.lastSequence]).toEqual([1, 3])
    expect(await sequencesOf(snapshot.read())).toEqual([1, 2, 3])
    expect(await sequencesOf(snapshot.read({ from: 2, to: 9 }))).toEqual([2, 3])
    const replayed: number[] = []
    expect(await snapshot.replay(({ sequence }) => replayed.push(sequence), { to: 2 })).toBe(2)
    expect(replayed).toEqual([1, 2])
    expect((await snapshot.get(3))?.payload).toEqual(payload(3, 2600))
    expect(await snapshot.get(4)).toBeUndefined()
    await snapshot.close()
    await log.close()
  })

  it('holds its segments until it is closed, and shows them below the floor', async () => {
    const { log } = await logOf(3)
    const snapshot = log.snapshot()
    expect(log.segments.map(({ leases }) => leases)).toEqual([1, 1, 1])
    await fill(log, 2)
    expect((await log.reclaim(5)).removed).toEqual([])
    expect(log.firstSequence).toBe(5)
    expect(await sequencesOf(snapshot.read())).toEqual([1, 2, 3])
    expect((await snapshot.get(1))?.sequence).toBe(1)
    const begun = snapshot.read({ from: 2 })
    expect((await begun.next()).value).toMatchObject({ sequence: 2 })
    await snapshot.close()
    await snapshot.close()
    expect(indexesOf((await log.reclaim()).removed)).toEqual([1])
    // What was begun holds what it still needs by itself.
    expect(await sequencesOf(begun)).toEqual([3])
    expect(indexesOf((await log.reclaim()).removed)).toEqual([2, 3, 4])
    await log.close()
  })

  it('that was closed before its reader began holds nothing for it, and is no damage', async () => {
    const { log } = await logOf(3)
    const snapshot = log.snapshot()
    const [late, gone] = [snapshot.read({ from: 3 }), snapshot.read()]
    await snapshot.close()
    await log.reclaim(3)
    await failure('RECLAIMED', () => gone.next())
    expect(await sequencesOf(late)).toEqual([3])
    await log.close()
  })

  it('begins at the floor that there was', async () => {
    const { log } = await logOf(4)
    await log.archive(3)
    await using snapshot = log.snapshot()
    expect(snapshot.firstSequence).toBe(3)
    expect((await failure('RECLAIMED', () => snapshot.get(2))).context).toEqual({ sequence: 2, floor: 3 })
    await log.close()
  })

  it('of an empty log is empty, and stays so', async () => {
    const { log } = await logOf(0)
    const snapshot = log.snapshot()
    await fill(log, 1)
    expect([snapshot.firstSequence, snapshot.lastSequence]).toEqual([1, 0])
    expect(await sequencesOf(snapshot.read())).toEqual([])
    await snapshot.close()
    await log.close()
  })

  it('shows what is durable, or what is written, as it is asked to', async () => {
    const { log } = await logOf(0, { durability: 'async' })
    await log.append(payload(1))
    const [usual, durable] = [log.snapshot(), log.snapshot({ visibility: 'durable' })]
    await log.sync()
    expect([usual.lastSequence, durable.lastSequence]).toEqual([1, 0])
    expect(await sequencesOf(durable.read())).toEqual([])
    await log.close()
  })

  it('does not make the writer wait, nor does the writer it', async () => {
    const { disk, log } = await logOf(1)
    const snapshot = log.snapshot()
    const hold = disk.hold('read')
    const reading = sequencesOf(snapshot.read())
    await hold.reached
    await fill(log, 2)
    hold.release()
    expect(await reading).toEqual([1])
    const stuck = disk.hold('writeDurable')
    const appending = log.append(payload(4))
    await stuck.reached
    expect(await sequencesOf(snapshot.read())).toEqual([1])
    stuck.release()
    await appending
    await log.close()
  })

  it('ends with itself, and with its log', async () => {
    const { log } = await logOf(1)
    const [closed, left] = [log.snapshot(), log.snapshot()]
    await closed.close()
    await failure('CLOSED', () => closed.get(1))
    await failure('CLOSED', () => closed.read())
    await failure('CLOSED', () => closed.replay(() => undefined))
    expect(closed.lastSequence).toBe(1)
    await log.close()
    await failure('CLOSED', () => left.get(1))
    await failure('CLOSED', () => log.snapshot())
    await left.close()
  })

  it('of a log that another process writes is told when that has reclaimed what it shows', async () => {
    const { disk, log } = await logOf(4)
    const reader = await openLog({ storage: disk.storage, ...geometry, readOnly: true })
    const snapshot = reader.snapshot()
    expect(snapshot.lastSequence).toBe(4)
    await log.reclaim(3)
    expect((await failure('RECLAIMED', () => snapshot.get(1))).context).toEqual({ sequence: 1, floor: 3 })
    expect(snapshot.firstSequence).toBe(3)
    expect((await snapshot.get(3))?.sequence).toBe(3)
    await reader.close()
    await log.close()
  })

  it('of a log with damage shows what is intact, and names the rest', async () => {
    const { disk, log } = await logOf(4)
    await log.close()
    await disk.storage.remove(indexName(disk, 2))
    const reader = await openLog({ storage: disk.storage, ...geometry, readOnly: true })
    await using snapshot = reader.snapshot({ visibility: 'written' })
    expect((await snapshot.get(1))?.sequence).toBe(1)
    await failure('CORRUPT', () => snapshot.get(2))
    await reader.close()
  })

  it('has iterators that can be given up', async () => {
    const { log } = await logOf(3)
    const snapshot = log.snapshot()
    const reading = snapshot.read()
    await reading.next()
    await reading.return?.()
    expect(log.segments.map(({ leases }) => leases)).toEqual([1, 1, 1])
    await snapshot.close()
    expect(log.segments.map(({ leases }) => leases)).toEqual([0, 0, 0])
    await log.close()
  })

  it('is a prefix that never changes, whatever is done to the log (property)', async () => {
    const step = fc.constantFrom('append', 'batch', 'archive', 'reclaim', 'snapshot')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { log } = await logOf(1)
        const taken = [{ snapshot: log.snapshot(), expected: [1] }]
        for (const what of steps) {
          const { firstSequence, lastSequence } = log
          if (what === 'append') await fill(log, 1)
          else if (what === 'batch') await log.appendBatch([payload(1, 10), payload(2, 10)])
          else if (what === 'archive') await log.archive(lastSequence)
          else if (what === 'reclaim') await log.reclaim(Math.ceil((firstSequence + lastSequence) / 2))
          else {
            const expected = Array.from({ length: lastSequence - firstSequence + 1 }, (_, at) => firstSequence + at)
            taken.push({ snapshot: log.snapshot(), expected })
          }
        }
        for (const { snapshot, expected } of taken) {
          expect(await sequencesOf(snapshot.read())).toEqual(expected)
          await snapshot.close()
        }
        await log.reclaim(log.lastSequence)
        expect(log.segments.filter(({ state }) => state === 'archived')).toEqual([])
        await log.close()
      }),
      { numRuns: 30 },
    )
  })
})

describe('a snapshot of a synchronous log', () => {
  it('is fixed and holds its segments until it is closed', () => {
    const log = openLogSync({ storage: memoryStorage(), ...geometry })
    for (let n = 1; n <= 3; n += 1) log.appendSync(payload(n, 2600))
    using snapshot = log.snapshot()
    log.appendSync(payload(4, 2600))
    expect(indexesOf(log.reclaimSync(4).removed)).toEqual([])
    expect([...snapshot.readSync()].map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    const replayed: number[] = []
    expect(snapshot.replaySync(({ sequence }) => replayed.push(sequence), { from: 2 })).toBe(2)
    expect([replayed, snapshot.getSync(1)?.sequence, snapshot.getSync(4)]).toEqual([[2, 3], 1, undefined])
    snapshot.closeSync()
    expect(indexesOf(log.reclaimSync().removed)).toEqual([1, 2, 3])
    expect(() => snapshot.getSync(3)).toThrow('CLOSED')
    log.closeSync()
  })
})
