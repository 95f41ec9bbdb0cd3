import { VarveError } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage, type Match } from '../support/log-controlled-storage.ts'
import { payload, readAll } from '../support/log-records.ts'

const isSpare = (name: string): boolean => name.startsWith('spare-')

async function open(options: Omit<LogOptions, 'storage'> = {}): Promise<{ disk: ControlledStorage; log: Log }> {
  const disk = new ControlledStorage()
  const log = await openLog({ storage: disk.storage, segmentBytes: 8192, blockBytes: 128, ...options })
  disk.operations.length = 0
  return { disk, log }
}

function spares(disk: ControlledStorage): string[] {
  return [...disk.snapshot().files.keys()].filter(isSpare)
}

/** Appends until the segment is this full. */
async function fillTo(log: Log, share: number): Promise<void> {
  while ((log.segments.at(-1)?.end ?? 0) < share * 8192) await log.append(payload(1, 200))
  await quiet()
}

describe('the next segment', () => {
  it('is made ready when the present one is well filled, and not before', async () => {
    const { disk, log } = await open()
    await fillTo(log, 0.45)
    expect(spares(disk)).toEqual([])
    await fillTo(log, 0.55)
    const [spare] = spares(disk)
    expect(disk.snapshot().files.get(spare ?? '')).toEqual(new Uint8Array(8192))
    expect(disk.of('reserve').at(-1)).toMatchObject({ name: spare, position: 8192 })
    expect(disk.of('sync').at(-1)).toMatchObject({ name: spare })
    await fillTo(log, 0.8)
    expect(spares(disk)).toEqual([spare])
    await log.close()
  })

  it('makes a rotation that creates nothing and reserves nothing', async () => {
    const { disk, log } = await open()
    await fillTo(log, 0.6)
    disk.operations.length = 0
    while (log.segments.length === 1) await log.append(payload(1, 200))
    const rotation = disk.operations.slice(0, disk.operations.findIndex(({ kind }) => kind === 'syncNames') + 1)
    expect(rotation.filter(({ kind, detail }) => kind === 'reserve' || detail === 'create')).toEqual([])
    expect(log.stats()).toMatchObject({ rotations: 1, spareMisses: 0 })
    await log.close()
  })

  it('is made by the rotation itself, and counted, when it is not ready', async () => {
    const { disk, log } = await open()
    const hold = disk.hold(({ kind, name }) => kind === 'sync' && isSpare(name))
    await fillTo(log, 0.6)
    expect(hold.isReached).toBe(true)
    while (log.segments.length === 1) await log.append(payload(1, 200))
    expect(log.stats()).toMatchObject({ rotations: 1, spareMisses: 1 })
    hold.release()
    await quiet()
    // The late one serves the rotation after.
    while (log.segments.length === 2) await log.append(payload(1, 200))
    expect(log.stats()).toMatchObject({ rotations: 2, spareMisses: 1 })
    await log.close()
    expect(spares(disk)).toEqual([])
    expect(disk.openFiles).toEqual([])
  })

  it('is removed when the log is closed before it was needed', async () => {
    const { disk, log } = await open()
    await fillTo(log, 0.6)
    await log.close()
    expect(spares(disk)).toEqual([])
    expect(disk.openFiles).toEqual([])
  })

  it('is waited for when the log is closed while it is made', async () => {
    const { disk, log } = await open()
    const hold = disk.hold(({ kind, name }) => kind === 'sync' && isSpare(name))
    await fillTo(log, 0.6)
    let isClosed = false
    const closed = log.close().then(() => { isClosed = true })
    await quiet()
    expect(isClosed).toBe(false)
    expect(disk.count('release')).toBe(0)
    hold.release()
    await closed
    expect(disk.openFiles).toEqual([])
  })
})

describe('a spare that cannot be made', () => {
  const failures: readonly { readonly what: string; readonly match: Match }[] = [
    { what: 'created', match: ({ kind, name, detail }) => kind === 'open' && detail === 'create' && isSpare(name) },
    { what: 'reserved', match: ({ kind, name }) => kind === 'reserve' && isSpare(name) },
    { what: 'synced', match: ({ kind, name }) => kind === 'sync' && isSpare(name) },
  ]

  it.each(failures)('($what) does no harm: the rotation makes its own', async ({ match }) => {
    const { disk, log } = await open()
    disk.fail(match, new VarveError('NO_SPACE', 'full'))
    await fillTo(log, 0.6)
    while (log.segments.length === 1) await log.append(payload(1, 200))
    expect(log.stats()).toMatchObject({ rotations: 1 })
    expect(await readAll(log)).toHaveLength(log.lastSequence)
    await log.close()
    expect(disk.openFiles).toEqual([])
    const again = await openLog({ storage: disk.storage, segmentBytes: 8192, blockBytes: 128 })
    expect(spares(disk)).toEqual([])
    await again.close()
  })

  it('and not even closed does no harm either', async () => {
    const { disk, log } = await open()
    disk.fail(({ kind, name }) => kind === 'sync' && isSpare(name), new Error('no'))
    disk.fail(({ kind, name }) => kind === 'close' && isSpare(name), new Error('no'))
    await fillTo(log, 0.6)
    while (log.segments.length === 1) await log.append(payload(1, 200))
    await log.close()
  })

  it('leaves nothing behind that takes the space which the log needs', async () => {
    const { disk, log } = await open()
    disk.fail(({ kind, name }) => kind === 'reserve' && isSpare(name), new VarveError('NO_SPACE', 'full'))
    await fillTo(log, 0.6)
    expect(spares(disk)).toEqual([])
    expect(disk.openFiles).toEqual([log.segments[0]?.name])
    await log.close()
  })

  it('is tried once for each segment: where one found no space, the next commit finds none either', async () => {
    const { disk, log } = await open()
    const isReserve: Match = ({ kind, name, position }) => kind === 'reserve' && isSpare(name) && position === 8192
    disk.failAlways(isReserve, new VarveError('NO_SPACE', 'full'))
    await fillTo(log, 0.8)
    expect(disk.count(isReserve)).toBe(1)
    while (log.segments.length === 1) await log.append(payload(1, 200))
    await fillTo(log, 0.8)
    expect(disk.count(isReserve)).toBe(2)
    await log.close()
  })
})
