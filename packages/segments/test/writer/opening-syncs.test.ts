import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync, promoteReplicaSync, type LogOptions } from '../../src/index.ts'
import { continueImage, smallGeometry } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { payload } from '../support/log-records.ts'
import { appendSmall, received, streamed } from '../support/replica-parts.ts'

type Ended = 'close' | 'crash'

function logOfSegments(ended: Ended): MemorySnapshot {
  return continueImage(undefined, smallGeometry, ended, (log) => {
    for (let n = 1; n <= 40; n += 1) log.appendSync(payload(n, 300))
  })
}

const segmentsIn = (snapshot: MemorySnapshot): string[] =>
  [...snapshot.files.keys()].filter((name) => /^[0-9a-f]{8}-/.test(name)).sort()

type Open = (options: LogOptions) => { closeSync(): void }

/** Which of the segments that were there an open has synced, in order. */
function synced(snapshot: MemorySnapshot, open: Open, options = {}): string[] {
  const disk = new ControlledStorage({ snapshot })
  const log = open({ storage: disk.storage, ...smallGeometry, ...options })
  const names = disk.of('sync').map(({ name }) => name)
  log.closeSync()
  const there = new Set(segmentsIn(snapshot))
  return [...new Set(names.filter((name) => there.has(name)))]
}

describe('an open for writing', () => {
  it.each<Ended>(['close', 'crash'])('syncs the last segment, none that a successor proves durable (%s)', (ended) => {
    const snapshot = logOfSegments(ended)
    const names = segmentsIn(snapshot)
    expect(names.length).toBeGreaterThan(3)
    expect(synced(snapshot, openLogSync)).toEqual(names.slice(-1))
  })

  it.each<Ended>(['close', 'crash'])('syncs every segment when every byte is to be verified (%s)', (ended) => {
    const snapshot = logOfSegments(ended)
    const names = segmentsIn(snapshot)
    expect(synced(snapshot, openLogSync, { verify: 'all' })).toEqual([...names.slice(-1), ...names.slice(0, -1)])
  })

  it('syncs every segment of a replica that is promoted', () => {
    const snapshot = received(streamed((log) => { appendSmall(log, 60) })).snapshot()
    const names = segmentsIn(snapshot)
    expect(names.length).toBeGreaterThan(3)
    expect(synced(snapshot, promoteReplicaSync).sort()).toEqual(names)
  })

  it('syncs the last segment before it reads what is in it', () => {
    const snapshot = logOfSegments('crash')
    const disk = new ControlledStorage({ snapshot })
    const last = segmentsIn(snapshot).at(-1)
    openLogSync({ storage: disk.storage, ...smallGeometry }).closeSync()
    const looks = disk.of(({ name, kind, position }) => name === last && (kind === 'sync' || position > 0))
    expect(looks[0]?.kind).toBe('sync')
  })
})
