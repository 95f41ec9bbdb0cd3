import { fileKind, type FileHeader } from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync, openReplicaSync, promoteReplicaSync } from '../../src/index.ts'
import { fileOf, flipped, headerOf, patchedHeader, reheaded, withBytes } from '../support/crash-forge.ts'
import { withoutFile } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { intercept } from '../support/log-intercept.ts'
import { failure } from '../support/log-promises.ts'
import { small, storageOf } from '../support/replica-pair.ts'
import { appendSmall, positionIn, positionName, received, replicaOn, streamed } from '../support/replica-parts.ts'

const chunks = streamed((log) => { appendSmall(log, 9) })
const image = received(chunks).snapshot()
const { blockBytes } = headerOf(image, positionName)
const latest = positionIn(image)
const beforeLatest = positionIn(received(chunks.slice(0, -1)).snapshot())

const slots = [0, 1, 2]

/** Damages one of the three statements. */
function withoutSlot(snapshot: MemorySnapshot, slot: number): MemorySnapshot {
  return flipped(snapshot, positionName, blockBytes * (1 + slot) + 50)
}

describe('the position of a replica', () => {
  it('is that of the statement before when the newest one is torn, whichever block it is in', () => {
    const found = slots.map((slot) => positionIn(withoutSlot(image, slot)))
    expect(found).toContainEqual(latest)
    expect(found).toContainEqual(beforeLatest)
  })

  it('is the latest one when every byte of the older statement is spoilt', () => {
    const older = slots.filter((slot) => positionIn(withoutSlot(image, slot))?.offset === latest?.offset)
    expect(older).toHaveLength(2)
    for (const slot of older) {
      for (let at = 0; at < 80; at += 1) {
        expect(positionIn(flipped(image, positionName, blockBytes * (1 + slot) + at))).toEqual(latest)
      }
    }
  })

  it('is missed when all are torn, and when its header is', async () => {
    for (const damaged of [
      slots.reduce(withoutSlot, image),
      flipped(image, positionName, 20),
      withBytes(image, positionName, 0, new Uint8Array(blockBytes)),
      reheaded(image, positionName, { kind: fileKind.segment, segmentIndex: 1 } satisfies Partial<FileHeader>),
      { ...image, files: new Map([...image.files, [positionName, fileOf(image, positionName).slice(0, blockBytes)]]) },
    ]) {
      for (const open of [
        () => openReplicaSync({ storage: storageOf(damaged) }),
        () => promoteReplicaSync({ storage: storageOf(damaged), ...small }),
      ]) {
        const { context } = await failure('CORRUPT', open)
        expect([context.file, context.row]).toEqual([positionName, 'replica.position'])
      }
      const reader = openLogSync({ storage: storageOf(damaged), ...small, readOnly: true })
      expect(reader.recovery.damage.map(({ file }) => file)).toEqual([positionName])
      expect(reader.durableSequence).toBe(0)
    }
  })

  it('of a newer format is refused', async () => {
    const newer = patchedHeader(image, positionName, 8, 2)
    await failure('UNSUPPORTED_FORMAT', () => openReplicaSync({ storage: storageOf(newer) }))
    await failure('UNSUPPORTED_FORMAT', () => promoteReplicaSync({ storage: storageOf(newer), ...small }))
    await failure('UNSUPPORTED_FORMAT', () => openLogSync({ storage: storageOf(newer), ...small, readOnly: true }))
  })

  it('that speaks of a segment which is not there is damage, also when none is there', async () => {
    const segments = [...image.files.keys()].filter((name) => name !== positionName).sort()
    const newest = segments.at(-1) ?? ''
    const none = segments.reduce(withoutFile, image)
    for (const damaged of [withoutFile(image, newest), none]) {
      const storage = storageOf(damaged)
      for (const open of [
        () => openReplicaSync({ storage }),
        () => promoteReplicaSync({ storage, ...small }),
      ]) expect((await failure('CORRUPT', open)).context.row).toBe('replica.position')
      const { damage } = openLogSync({ storage, ...small, readOnly: true }).recovery
      expect(damage.map(({ row }) => row)).toEqual(['replica.position'])
    }
  })

  it('that speaks of another life of the segment, or another log, is damage', async () => {
    const newest = [...image.files.keys()].filter((name) => name !== positionName).sort().at(-1) ?? ''
    const { salt } = headerOf(image, newest)
    const another = reheaded(image, newest, { salt: { ...salt, low: (salt.low ^ 1) >>> 0 } })
    expect((await failure('CORRUPT', () => positionIn(another))).context.file).toBe(positionName)
    const foreign = received(streamed((log) => { appendSmall(log, 9) })).snapshot()
    const swapped = { ...image, files: new Map([...image.files, [positionName, fileOf(foreign, positionName)]]) }
    expect((await failure('CORRUPT', () => positionIn(swapped))).context.file).toBe(positionName)
  })

  it('does not fall back when power goes while the replica is opened, though what is being written is spoilt', () => {
    const crashes: MemorySnapshot[] = []
    const storage = storageOf(image)
    const watched = intercept(storage, ({ kind, name, position, bytes }, perform) => {
      const isWrite = kind === 'write' || kind === 'writeDurable'
      const garbage = new Uint8Array(bytes).fill(0xa5)
      crashes.push(isWrite ? withBytes(storage.snapshot(), name, position, garbage) : storage.snapshot())
      return perform()
    })
    openReplicaSync({ storage: watched }).closeSync()
    expect(crashes.length).toBeGreaterThan(8)
    for (const crash of crashes) expect(positionIn(crash)).toEqual(latest)
  })

  it('is written and synced where there is no durable write', async () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const replica = replicaOn(disk.storage)
    replica.receiveSync(chunks.slice(0, -1))
    const { synced } = replica
    replica.receiveSync(chunks.slice(-1))
    const calls = disk.of(({ kind, name }) => name === positionName && (kind === 'write' || kind === 'sync')).slice(-2)
    expect(calls.map(({ kind }) => kind)).toEqual(['write', 'sync'])
    expect(positionIn(disk.snapshot())).toEqual(latest)
    const other = new ControlledStorage({ without: ['writeDurable'] })
    const failing = replicaOn(other.storage)
    failing.receiveSync(chunks.slice(0, -1))
    other.fail(({ kind, name }) => kind === 'sync' && name === positionName, new Error('no'))
    await failure('POISONED', () => { failing.receiveSync(chunks.slice(-1)) })
    expect(failing.synced).toEqual(synced)
  })

  it('is made once more before anything is told of it: it may have been in the cache only', () => {
    const calls: string[] = []
    const watched = intercept(storageOf(image), ({ kind, name, position }, perform) => {
      if (name === positionName && kind !== 'read') calls.push(kind === 'write' ? `write at ${position}` : kind)
      return perform()
    })
    openReplicaSync({ storage: watched })
    expect(calls.filter((call) => call.startsWith('write') || call === 'sync')).toHaveLength(2)
    expect(calls.join()).toMatch(/write at \d+,sync/)
  })
})
