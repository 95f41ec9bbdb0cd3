import { controlType } from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync } from '../../src/index.ts'
import { encodeFloor } from '../../src/format/floor.ts'
import { forgeControl } from '../support/damage-forge.ts'
import { continueImage, smallGeometry } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll, readAllSync } from '../support/log-records.ts'

function logOf(records: number): MemorySnapshot {
  return continueImage(undefined, smallGeometry, 'crash', (log) => {
    for (let n = 1; n <= records; n += 1) log.appendSync(payload(n, 100))
  })
}

const whole = logOf(80)
const starts = segmentsOf(whole).map(({ header }) => header.firstSequence)
const second = starts[1] as number
/** Inside the third segment. */
const floor = (starts[2] as number) + 3

describe('a log with a floor', () => {
  const snapshot = forgeControl(whole, controlType.floor, encodeFloor(floor))

  it('has no records below it', async () => {
    const log = await openLog({ storage: memoryStorage({ snapshot }), ...smallGeometry })
    expect(log.firstSequence).toBe(floor)
    const records = await readAll(log)
    expect(records[0]?.sequence).toBe(floor)
    expect(records).toHaveLength(80 - floor + 1)
    for (const below of [1, second, floor - 1]) {
      const error = await failure('RECLAIMED', () => log.get(below))
      expect(error.context).toEqual({ sequence: below, floor })
      await failure('RECLAIMED', () => log.read({ from: below }))
      await failure('RECLAIMED', () => log.replay(() => undefined, { from: below }))
    }
    expect((await log.get(floor))?.sequence).toBe(floor)
    await log.close()
  })

  it('loses the segments that lie wholly below it, oldest first, and once', () => {
    const storage = memoryStorage({ snapshot })
    const names = segmentsOf(snapshot).map(({ name }) => name)
    const log = openLogSync({ storage, ...smallGeometry })
    expect(log.recovery.removedSegments).toEqual(names.slice(0, 2))
    expect(segmentsOf(storage.snapshot())[0]?.name).toBe(names[2])
    log.closeSync()
    const again = openLogSync({ storage, ...smallGeometry, verify: 'all' })
    expect(again.recovery).toMatchObject({ removedSegments: [], firstSequence: floor })
    expect(readAllSync(again)[0]?.sequence).toBe(floor)
    again.closeSync()
  })

  it('keeps what could not be removed, says so, and removes it the next time', () => {
    const names = segmentsOf(snapshot).map(({ name }) => name)
    const disk = new ControlledStorage({ snapshot })
    disk.fail(({ kind, name }) => kind === 'remove' && name === names[1], new Error('busy'))
    const log = openLogSync({ storage: disk.storage, ...smallGeometry })
    expect(log.recovery.removedSegments).toEqual(names.slice(0, 1))
    expect(log.recovery.notes).toEqual([expect.stringContaining(`${String(names[1])} could not be removed`)])
    expect(log.firstSequence).toBe(floor)
    log.closeSync()
    const again = openLogSync({ storage: disk.storage, ...smallGeometry })
    expect(again.recovery).toMatchObject({ removedSegments: names.slice(1, 2), notes: [] })
    again.closeSync()
  })

  it('keeps it over crashes, rotations and a log that was read only', async () => {
    let disk = snapshot
    for (let round = 0; round < 3; round += 1) {
      disk = continueImage(disk, smallGeometry, 'crash', (log) => {
        expect(log.firstSequence).toBe(floor)
        for (let n = 0; n < 30; n += 1) log.appendSync(payload(n, 100))
      })
    }
    const log = await openLog({ storage: memoryStorage({ snapshot: disk }), readOnly: true })
    expect(log.firstSequence).toBe(floor)
    await failure('RECLAIMED', () => log.get(floor - 1))
    expect(await readAll(log)).toHaveLength(80 - floor + 1 + 90)
    await log.close()
  })

  it('is missing records when its first segment starts above the floor', async () => {
    const names = segmentsOf(snapshot).map(({ name }) => name)
    const files = new Map([...snapshot.files].filter(([name]) => !names.slice(0, 3).includes(name)))
    const storage = memoryStorage({ snapshot: { ...snapshot, files } })
    const error = await failure('CORRUPT', () => openLogSync({ storage, ...smallGeometry }))
    const lastSequence = (starts[3] as number) - 1
    expect(error.context).toMatchObject({ row: 'names.first-above-floor', firstSequence: floor, lastSequence })
  })

  it('is as before when the floor is nonsense', () => {
    for (const bytes of [new Uint8Array(7), new Uint8Array(8), new Uint8Array(8).fill(0xff), new Uint8Array(16)]) {
      const forged = forgeControl(whole, controlType.floor, bytes)
      const log = openLogSync({ storage: memoryStorage({ snapshot: forged }), ...smallGeometry })
      expect(log.firstSequence).toBe(1)
      log.closeSync()
    }
  })
})

describe('what the log keeps of checkpoints', () => {
  it('is carried along by hand-overs and seals, uninterpreted', () => {
    const kept = payload(7, 90)
    let disk = forgeControl(whole, controlType.checkpoint, kept)
    for (let round = 0; round < 2; round += 1) {
      disk = continueImage(disk, smallGeometry, 'crash', (log) => {
        for (let n = 0; n < 40; n += 1) log.appendSync(payload(n, 100))
      })
    }
    const segments = segmentsOf(disk).slice(starts.length)
    const restated = segments.flatMap(({ frames }) => frames).filter(({ kind }) => kind === 'checkpoint')
    expect(restated.length).toBeGreaterThan(0)
    for (const { payload: bytes } of restated) expect(bytes).toEqual(kept)
    const seals = segments.flatMap(({ frames }) => frames).filter(({ kind }) => kind === 'seal')
    expect(seals.length).toBeGreaterThan(1)
    for (const { payload: bytes } of seals) expect(Buffer.from(bytes).includes(Buffer.from(kept))).toBe(true)
  })
})
