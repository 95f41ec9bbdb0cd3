import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, openRecordFile, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { payload, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 8192, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const
const isSpare = (name: string): boolean => name.startsWith('spare-')

async function append(log: Pick<Log, 'append' | 'lastSequence'>, records: number): Promise<void> {
  for (let n = 0; n < records; n += 1) await log.append(payload(log.lastSequence + 1, 400))
}

/** A log that is created, rotates, is shut down, goes on, is killed, and recovers; its calls, file after file. */
async function life(options: Omit<LogOptions, 'storage'>): Promise<ControlledStorage> {
  const disk = new ControlledStorage()
  const open = (snapshot = disk): Promise<Log> => openLog({ storage: snapshot.storage, ...geometry, ...options })
  const log = await open()
  await append(log, 40)
  await quiet()
  await log.close()
  const resumed = await open()
  await append(resumed, 3)
  const killed = new ControlledStorage({ snapshot: disk.snapshot() })
  const recovered = await open(killed)
  await append(recovered, 30)
  expect(await readAll(recovered)).toHaveLength(73)
  await recovered.close()
  await resumed.close()
  disk.operations.push(...killed.operations)
  return disk
}

describe('how files get their blocks', () => {
  it('in the async mode: with what is written, and nothing is reserved', async () => {
    const disk = await life({ durability: 'async' })
    expect(disk.count('reserve')).toBe(0)
    expect(disk.count((one) => isSpare(one.name) && one.kind === 'sync')).toBeGreaterThan(5)
  })

  it.each(['sync', 'group'] as const)('in the %s mode: as zeros, ahead of every write', async (durability) => {
    const disk = await life({ durability, group: { maxDelayMs: 0 } })
    const room = new Map<string, number>()
    let checked = 0
    for (const { kind, name, detail, position, bytes } of disk.operations) {
      if (kind === 'reserve') room.set(name, Math.max(position, room.get(name) ?? 0))
      if (kind === 'rename') room.set(detail, room.get(name) ?? 0)
      // Headers, and what a hand-over changes of the old segment, come first.
      if (!isWriteCall({ kind } as never) || !room.has(name) || position === 0) continue
      expect(position + bytes).toBeLessThanOrEqual(room.get(name) ?? 0)
      checked += 1
    }
    expect(checked).toBeGreaterThan(70)
  })

  it('in the async mode a spare is an empty file that is synced, and a rotation creates nothing', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, durability: 'async' })
    await append(log, 12)
    await quiet()
    const [name, bytes] = [...disk.snapshot().files].find(([file]) => isSpare(file)) ?? []
    expect([bytes?.length, disk.of((one) => one.name === name).map(({ kind }) => kind)]).toEqual([0, ['open', 'sync']])
    disk.operations.length = 0
    while (log.segments.length === 1) await append(log, 1)
    const rotation = disk.operations.slice(0, disk.operations.findIndex(({ kind }) => kind === 'syncNames') + 1)
    expect(rotation.filter(({ detail }) => detail === 'create')).toEqual([])
    expect(log.stats()).toMatchObject({ rotations: 1, spareMisses: 0 })
    await log.close()
  })

  it('the mode may change with every open', async () => {
    const disk = new ControlledStorage()
    for (const durability of ['async', 'sync', 'async', 'group', 'sync'] as const) {
      const log = openLogSync({ storage: disk.storage, ...geometry, durability })
      disk.operations.length = 0
      for (let n = 0; n < 25; n += 1) log.appendSync(payload(log.lastSequence + 1, 400))
      expect(disk.count('reserve') === 0).toBe(durability === 'async')
      log.closeSync()
    }
    const log = await openLog({ storage: disk.storage, ...geometry, verify: 'all' })
    expect((await readAll(log)).map(({ payload: hex }) => hex)).toEqual(
      Array.from({ length: 125 }, (_, n) => Buffer.from(payload(n + 1, 400)).toString('hex')),
    )
    await log.close()
  })

  it.each(['async', 'sync'] as const)('of a record file in the %s mode, alike', async (durability) => {
    const reserved: number[] = []
    const disk = new ControlledStorage()
    const open = (rewriteBytesMax: number, from = disk): ReturnType<typeof openRecordFile> =>
      openRecordFile({ storage: from.storage, name: 'events', durability, rewriteBytesMax })
    const file = await open(1_000_000)
    await append(file, 5)
    reserved.push(disk.count('reserve'))
    await file.close()
    const resumed = await open(1_000_000)
    await append(resumed, 5)
    reserved.push(disk.count('reserve'))
    // After a crash it is written anew, or cut in place.
    for (const rewriteBytesMax of [1_000_000, 0]) {
      const killed = new ControlledStorage({ snapshot: disk.snapshot() })
      const recovered = await open(rewriteBytesMax, killed)
      expect(recovered.lastSequence).toBe(10)
      for (let n = 0; n < 20; n += 1) await recovered.append(payload(n, 9000))
      reserved.push(killed.count('reserve'))
      await recovered.close()
    }
    await resumed.close()
    expect(reserved.map((count) => count > 0)).toEqual(
      durability === 'async' ? [false, false, false, false] : [true, expect.any(Boolean), true, true],
    )
  })
})

describe('news of a durable end', () => {
  const marks = (disk: ControlledStorage): number => disk.count(({ kind, bytes }) => kind === 'write' && bytes === 40)

  it('are written down once, when nothing waits', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    await Promise.all([log.append(payload(1)), log.append(payload(2))])
    await quiet()
    expect(marks(disk)).toBe(1)
    await log.flush()
    await log.sync()
    await quiet()
    expect(marks(disk)).toBe(1)
    await log.append(payload(3))
    await quiet()
    expect(marks(disk)).toBe(2)
    await log.close()
  })

  it('are none in the async mode before something is synced', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, durability: 'async' })
    disk.operations.length = 0
    await log.append(payload(1))
    await log.flush()
    await quiet()
    expect(marks(disk)).toBe(0)
    await log.sync()
    await quiet()
    expect(marks(disk)).toBe(1)
    await log.close()
  })

  it('of a record file are written down alike', async () => {
    const disk = new ControlledStorage()
    const file = await openRecordFile({ storage: disk.storage, name: 'events' })
    disk.operations.length = 0
    await file.append(payload(1))
    await quiet()
    await file.sync()
    await quiet()
    expect(marks(disk)).toBe(1)
    await file.close()
  })
})
