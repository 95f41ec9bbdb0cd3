import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync, type SynchronousLog } from '../../src/index.ts'
import { contentLimit } from '../../src/format/geometry.ts'
import { segmentsOf } from '../support/log-files.ts'
import { payload } from '../support/log-records.ts'
import { geometry, indexesOf } from '../support/log-retention.ts'

type Life = (log: SynchronousLog) => void

/** What lies there after some processes, each of which dies, or shuts down when it closes the log itself. */
function after(...lives: readonly Life[]): MemorySnapshot {
  let snapshot: MemorySnapshot | undefined
  for (const life of lives) {
    const storage = memoryStorage(snapshot === undefined ? {} : { snapshot })
    life(openLogSync({ storage, ...geometry, verify: 'all' }))
    snapshot = storage.snapshot()
  }
  return snapshot as MemorySnapshot
}

function fill(log: SynchronousLog, records: number): void {
  for (let n = 0; n < records; n += 1) log.appendSync(payload(log.lastSequence + 1, 2600))
}

const list = payload(3, 80)

/** Looks at the log as the next writer finds it, and as somebody who only reads. */
function expectState(snapshot: MemorySnapshot, floor: number, checkpoints: Uint8Array): void {
  for (const readOnly of [true, false]) {
    const log = openLogSync({ storage: memoryStorage({ snapshot }), ...geometry, readOnly })
    expect(log.recovery.damage).toEqual([])
    expect(log.firstSequence).toBe(floor)
    expect(log.checkpointList).toEqual(checkpoints)
    log.closeSync()
  }
}

const rotate: Life = (log) => { fill(log, 2) }
const nothing: Life = () => undefined
const close: Life = (log) => { log.closeSync() }
const changes: Life = (log) => {
  fill(log, 2)
  log.recordCheckpointsSync(list)
  log.archiveSync(3)
}

describe('floor and list are never lost', () => {
  it.each<{ how: string; lives: readonly Life[] }>([
    { how: 'a crash', lives: [] },
    { how: 'rotations', lives: [rotate] },
    { how: 'a hand-over', lives: [nothing] },
    { how: 'two hand-overs', lives: [nothing, nothing] },
    { how: 'a clean shutdown', lives: [close, nothing] },
    { how: 'a clean shutdown and rotations', lives: [close, rotate, close, rotate] },
    { how: 'a hand-over and rotations', lives: [nothing, rotate, nothing, rotate] },
    { how: 'reclaims', lives: [(log) => log.reclaimSync(), rotate, (log) => log.reclaimSync()] },
  ])('by $how', ({ lives }) => {
    expectState(after(changes, ...lives), 3, list)
  })

  it('with the last segment that states them by its SEAL: the active one states them first', () => {
    const snapshot = after((log) => {
      changes(log)
      fill(log, 1)
      const report = log.reclaimSync()
      expect(indexesOf(report.removed)).toEqual([1, 2])
      expect(report.deferred).toEqual([])
    })
    expect(segmentsOf(snapshot)).toHaveLength(1)
    expectState(snapshot, 3, list)
  })

  it('when a floor follows in another segment than the list', () => {
    const snapshot = after((log) => {
      fill(log, 2)
      log.recordCheckpointsSync(list)
      // Leaves no room for the floor.
      const room = contentLimit(geometry.segmentBytes) - (log.segments.at(-1)?.end ?? 0)
      log.appendSync(payload(3, room - 80))
      expect(log.segments).toHaveLength(2)
      log.archiveSync(4)
      expect(log.segments.at(-1)?.firstSequence).toBe(4)
    })
    expectState(snapshot, 4, list)
  })

  it('with a segment that holds nothing but lists', () => {
    const newest = payload(9, 500)
    const snapshot = after((log) => {
      for (let n = 0; n < 8; n += 1) log.recordCheckpointsSync(n < 7 ? list : newest)
      while (log.segments.length < 2) log.recordCheckpointsSync(newest)
      for (let n = 0; n < 4; n += 1) log.appendSync(payload(n, 900))
    })
    expect(segmentsOf(snapshot)[1]?.header.firstSequence).toBe(1)
    expectState(snapshot, 1, newest)
    expectState(after(() => undefined), 1, new Uint8Array(0))
    const reclaimed = memoryStorage({ snapshot })
    const log = openLogSync({ storage: reclaimed, ...geometry })
    log.reclaimSync()
    expectState(reclaimed.snapshot(), 1, newest)
  })

  it('when a segment of nothing but lists is followed by a record, and reclaimed', () => {
    const newest = payload(9, 500)
    const storage = memoryStorage()
    const log = openLogSync({ storage, ...geometry })
    for (let n = 0; n < 5; n += 1) log.recordCheckpointsSync(newest)
    log.appendSync(payload(1, 2600))
    expect(log.segments.map(({ firstSequence }) => firstSequence)).toEqual([1, 1])
    expectState(storage.snapshot(), 1, newest)
    expect(indexesOf(log.reclaimSync().removed)).toEqual([1])
    expectState(storage.snapshot(), 1, newest)
  })
})
