import { isVarveError } from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import {
  openLog,
  openLogSync,
  openReplica,
  openReplicaSync,
  promoteReplica,
  promoteReplicaSync,
  type LogOptions,
} from '../../src/index.ts'
import { flipped, renamed } from '../support/crash-forge.ts'
import { withFile, withoutFile } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { chunksOf, fillSync, small, storageOf } from '../support/replica-pair.ts'
import {
  allBytes,
  appendLarge,
  appendSmall,
  positionIn,
  positionName,
  received,
  replicaOn,
  streamed,
} from '../support/replica-parts.ts'

const chunks = streamed((log) => {
  appendLarge(log, 2)
  appendSmall(log, 3)
})
const image = received(chunks).snapshot()

describe('opening a replica', () => {
  it('of an empty directory writes nothing, until the first piece comes', () => {
    const storage = storageOf()
    const replica = replicaOn(storage)
    expect([replica.position, replica.synced, replica.floor]).toEqual([undefined, undefined, 1])
    expect(replica.report).toEqual({ created: true, segments: 0, discardedBytes: 0 })
    replica.syncSync()
    expect(replica.reclaimSync()).toEqual([])
    replica.closeSync()
    expect(storage.snapshot().files.size).toBe(0)
  })

  it('tells what was there, and what it cut off', () => {
    const storage = storageOf(image)
    const replica = replicaOn(storage)
    expect(replica.report).toEqual({ created: false, segments: 3, discardedBytes: 0 })
    replica.closeSync()
    const unsynced = storageOf()
    const first = replicaOn(unsynced)
    const [head, ...rest] = chunks
    if (head === undefined) throw new Error('no chunk')
    first.receiveSync([head])
    for (const chunk of rest.slice(0, 1)) first.writeSync(chunk)
    const second = replicaOn(storageOf(unsynced.snapshot()))
    expect(second.report.discardedBytes).toBe(rest[0]?.bytes.length)
    expect(second.position).toEqual(head.to)
  })

  it('removes what was begun and has no name', () => {
    const storage = storageOf()
    const replica = replicaOn(storage)
    const third = chunks.find(({ from }) => from.segment === 3)
    if (third === undefined) throw new Error('no chunk')
    replica.writeSync(third)
    const spare = 'spare-00000007.varve'
    const left = { ...storage.snapshot(), files: new Map([...storage.snapshot().files, [spare, new Uint8Array(9)]]) }
    const after = storageOf(left)
    replicaOn(after)
    expect([...after.snapshot().files.keys()].filter((name) => name.startsWith('spare'))).toEqual([])
  })

  it('goes on where it had no segment yet, with that log and no other', async () => {
    const storage = storageOf()
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    const [head] = chunks
    if (head === undefined) throw new Error('no chunk')
    disk.fail(({ kind, detail }) => kind === 'rename' && detail !== positionName, new Error('no'))
    await failure('POISONED', () => { replica.writeSync(head) })
    const begun = disk.snapshot()
    expect([...begun.files.keys()].some((name) => name === positionName)).toBe(true)
    const again = replicaOn(storageOf(begun))
    expect([again.position, again.report.created, again.report.segments]).toEqual([undefined, false, 0])
    const others = streamed((log) => { appendSmall(log, 1) })
    await failure('FOREIGN_FILE', () => { again.receiveSync(others) })
    again.receiveSync(chunks)
    expect(again.synced).toEqual(chunks.at(-1)?.to)
    expect(storage.snapshot().files.size).toBe(0)
  })

  it('is refused in a directory that holds a log, or what is left of one', async () => {
    const log = storageOf()
    fillSync(log, 1, 3)
    const [name = ''] = [...log.snapshot().files.keys()].filter((file) => file.endsWith('.varve'))
    for (const snapshot of [
      log.snapshot(),
      renamed(log.snapshot(), name, '0000000000000003.checkpoint'),
      renamed(log.snapshot(), name, `${name}.quarantined`),
    ]) {
      const storage = storageOf(snapshot)
      const before = allBytes(storage.snapshot())
      const { message } = await failure('EXISTS', () => openReplicaSync({ storage }))
      expect(message).toContain('empty directory')
      expect(allBytes(storage.snapshot())).toEqual(before)
    }
  })

  it('is refused where names are eventual', async () => {
    const storage = storageOf()
    const eventual = Object.assign(storage, { capabilities: { ...storage.capabilities, names: 'eventual' as const } })
    await failure('UNSUPPORTED', () => openReplicaSync({ storage: eventual }))
  })

  it('is refused when a segment is missing or damaged, or is of another log', async () => {
    const names = [...image.files.keys()].filter((name) => name.endsWith('.varve')).sort()
    const other = received(streamed((log) => { appendLarge(log, 2) })).snapshot()
    const foreign = other.files.get([...other.files.keys()].find((name) => name.startsWith('00000001')) ?? '')
    const [first = '', second = ''] = names
    await failure('CORRUPT', () => replicaOn(storageOf(withoutFile(image, second))))
    const swapped = { ...image, files: new Map([...image.files, [first, foreign as Uint8Array<ArrayBuffer>]]) }
    await failure('FOREIGN_FILE', () => replicaOn(storageOf(swapped)))
  })

  it('is refused when what it had synced is damaged, or is not what it had synced', async () => {
    const newest = segmentsOf(image).at(-1) as PlainSegment
    const { position = 0 } = newest.frames[1] ?? {}
    const { context } = await failure('CORRUPT', () => replicaOn(storageOf(flipped(image, newest.name, position + 9))))
    expect(context).toMatchObject({ file: newest.name, position, row: 'replica.position' })
    // Two logs that were one up to a clean shutdown: the same life of the file, and frames at the same places.
    const common = storageOf()
    fillSync(common, 1, 2)
    const [one, other] = [5, 6].map((number) => {
      const branch = storageOf(common.snapshot())
      openLogSync({ storage: branch, ...small }).appendSync(payload(number))
      return received(chunksOf(branch)).snapshot()
    }) as [MemorySnapshot, MemorySnapshot]
    const [{ name, bytes }] = segmentsOf(other) as [PlainSegment]
    expect(() => positionIn(one)).not.toThrow()
    expect((await failure('CORRUPT', () => positionIn(withFile(one, name, bytes)))).context.file).toBe(name)
  })

  it('as something else than a replica, or something else as a replica, is refused', async () => {
    const storage = storageOf(image)
    await failure('READ_ONLY', () => openLogSync({ storage, ...small }))
    const log = storageOf()
    fillSync(log, 1, 3)
    await failure('NOT_FOUND', () => promoteReplicaSync({ storage: log, ...small }))
    await failure('NOT_FOUND', () => promoteReplicaSync({ storage: storageOf(), ...small }))
    await failure('INVALID_ARGUMENT', () => promoteReplicaSync({ storage, ...small, readOnly: true }))
    await failure('INVALID_ARGUMENT', () => openReplicaSync({ storage, readBytes: 5 }))
    await failure('INVALID_ARGUMENT', () => openReplica({ storage, kernel: 'fast' as never }))
    await failure('INVALID_ARGUMENT', () => promoteReplica({ storage, ...small, readOnly: true }))
  })

  it('needs a storage that fits its face', async () => {
    const { storage } = new ControlledStorage({ asynchronous: true })
    await failure('STORAGE_IS_ASYNC', () => openReplicaSync({ storage }))
    await failure('STORAGE_IS_ASYNC', () => promoteReplicaSync({ storage, ...small }))
  })

  it('that has come to nothing yet is not promoted, and can be begun again', async () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    disk.fail(({ kind, detail }) => kind === 'rename' && detail !== positionName, new Error('no'))
    await failure('POISONED', () => { replica.receiveSync(chunks) })
    const storage = storageOf(disk.snapshot())
    const { message } = await failure('NOT_FOUND', () => promoteReplicaSync({ storage, ...small }))
    expect(message).toContain('stream to it first')
    replicaOn(storage).receiveSync(chunks)
  })
})

describe('whatever call fails while it is opened', () => {
  type Opens = (options: LogOptions) => Promise<{ close(): Promise<void> }>
  const cases: readonly (readonly [string, Opens])[] = [
    ['a replica', (options) => openReplica(options)],
    ['a replica that is promoted', (options) => promoteReplica(options)],
    ['a replica that is read', (options) => openLog({ ...options, readOnly: true })],
  ]

  it.each(cases)('%s leaves nothing locked or open', async (_, open) => {
    const whole = new ControlledStorage({ snapshot: image, asynchronous: true })
    const opened = await open({ storage: whole.storage, ...small, ownsStorage: true })
    const calls = whole.operations.length
    await opened.close()
    for (let at = 1; at <= calls; at += 1) {
      const disk = new ControlledStorage({ snapshot: image, asynchronous: true })
      let made = 0
      disk.fail(() => (made += 1) === at, new Error('no'))
      let error: unknown
      try {
        const result = await open({ storage: disk.storage, ...small, ownsStorage: true })
        await result.close()
      } catch (caught) {
        error = caught
      }
      const failed = disk.operations[at - 1]
      const what = `call ${at}, ${failed?.kind} of ${failed?.name}`
      if (error !== undefined) expect(isVarveError(error, 'IO'), what).toBe(true)
      expect(disk.openFiles, what).toEqual([])
      expect(disk.offences, what).toEqual([])
      const locks = disk.count('lock') - (failed?.kind === 'lock' ? 1 : 0)
      expect([disk.count('release'), what]).toEqual([locks, what])
      expect(disk.count(({ kind, name }) => kind === 'close' && name === ''), what).toBe(1)
    }
  })
})
