import { isVarveError } from '@varve/codec'
import type { MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openReplicaSync, promoteReplicaSync, type StreamChunk, type SynchronousReplica } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { chunksOf, fillSync, filesIn, small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, received, streamed, withoutMark } from '../support/replica-parts.ts'

/** A source that lost power once and cut off what it had streamed; what of it streams at two moments. */
function killedSource(): {
  readonly before: StreamChunk[]
  readonly after: StreamChunk[]
  readonly survivor: MemoryStorage
} {
  const source = storageOf()
  fillSync(source, 1, 14, { ends: 'kill' })
  const before = chunksOf(source)
  const survivor = storageOf(withoutMark(source.snapshot()))
  fillSync(survivor, 15, 24)
  return { before, after: chunksOf(survivor, before.at(-1)?.to), survivor }
}

const { before, after, survivor: source } = killedSource()
const files = filesIn(source.snapshot())

/** Everything that a replica does in its life: from nothing, and again behind what is there. */
function live(disk: ControlledStorage): void {
  for (const chunks of [before, after]) {
    const replica = openReplicaSync({ storage: disk.storage, readBytes: 4096 })
    const { position } = replica
    try {
      for (const chunk of chunks) if (isAhead(chunk, position)) writeAndSync(replica, chunk)
      replica.reclaimSync()
    } finally {
      replica.closeSync()
    }
  }
}

function isAhead({ from }: StreamChunk, position: StreamChunk['to'] | undefined): boolean {
  if (position === undefined || from.segment > position.segment) return true
  return from.segment === position.segment && from.offset >= position.offset
}

function writeAndSync(replica: SynchronousReplica, chunk: StreamChunk): void {
  replica.writeSync(chunk)
  replica.syncSync()
}

/** How many calls of the storage the whole life takes. */
function countOfCalls(): number {
  const disk = new ControlledStorage()
  live(disk)
  expect(filesIn(disk.snapshot())).toEqual(files)
  return disk.operations.length
}

/** The life with its `at`-th call failing: what was thrown, and the disk. */
function failingAt(at: number): { readonly disk: ControlledStorage; readonly error: unknown } {
  const disk = new ControlledStorage()
  let calls = 0
  disk.fail(() => (calls += 1) === at, new Error('no'))
  try {
    live(disk)
  } catch (error) {
    return { disk, error }
  }
  return { disk, error: undefined }
}

describe('a replica, whichever of its calls fails', () => {
  it('says so, holds nothing any more, and goes on when it is opened again', () => {
    const codes = new Set<string>()
    const calls = countOfCalls()
    expect(calls).toBeGreaterThan(100)
    for (let at = 1; at <= calls; at += 1) {
      const { disk, error } = failingAt(at)
      const [failed] = disk.operations.slice(at - 1)
      const what = `call ${at}, ${failed?.kind} of ${failed?.name}`
      expect(isVarveError(error), what).toBe(true)
      if (isVarveError(error)) codes.add(error.code)
      expect(disk.offences, what).toEqual([])
      expect(disk.openFiles, what).toEqual([])
      const rest = storageOf(disk.snapshot())
      const replica = openReplicaSync({ storage: rest, readBytes: 4096 })
      replica.receiveSync(chunksOf(source, replica.position))
      expect(filesIn(rest.snapshot()), what).toEqual(files)
    }
    expect([...codes].sort()).toEqual(['IO', 'POISONED'])
  })

  it('is poisoned by a write, sync, creation, naming or statement that fails, and says what to do', async () => {
    const kinds = ['write', 'sync', 'rename', 'syncNames', 'open', 'resize', 'writeDurable'] as const
    for (const kind of kinds) {
      const disk = new ControlledStorage({ snapshot: received(before).snapshot() })
      const replica = openReplicaSync({ storage: disk.storage, readBytes: 4096 })
      disk.fail(kind, new Error('no'))
      const { position, synced } = replica
      const error = await failure('POISONED', () => { for (const chunk of after) writeAndSync(replica, chunk) })
      expect(error.message).toContain('open it again')
      for (const call of [
        () => { for (const chunk of after) replica.writeSync(chunk) },
        () => { replica.syncSync() },
        () => replica.reclaimSync(),
      ]) expect(await failure('POISONED', call)).toBe(error)
      expect(replica.synced?.segment).toBeGreaterThanOrEqual(synced?.segment ?? 0)
      expect(position).toBeDefined()
      replica.closeSync()
      expect(disk.openFiles).toEqual([])
    }
  })

  it('is not poisoned by a removal that fails', async () => {
    const disk = new ControlledStorage()
    const replica = openReplicaSync({ storage: disk.storage, readBytes: 4096 })
    replica.receiveSync(streamed((log) => {
      appendLarge(log, 4)
      log.archiveSync(5)
    }))
    disk.fail('remove', new Error('no'))
    await failure('IO', () => replica.reclaimSync())
    expect(replica.reclaimSync().length).toBe(2)
  })
})

describe('a promotion, whichever of its calls fails', () => {
  const image = received([...before, ...after.slice(0, -2)]).snapshot()

  function promoted(disk: ControlledStorage): void {
    const log = promoteReplicaSync({ storage: disk.storage, ...small })
    expect(log.lastSequence).toBe(22)
    log.appendSync(payload(23, 300))
    log.closeSync()
  }

  it('leaves a replica that can be promoted again, or a log', () => {
    const whole = new ControlledStorage({ snapshot: image })
    const log = promoteReplicaSync({ storage: whole.storage, ...small })
    const calls = whole.operations.length
    log.closeSync()
    for (let at = 1; at <= calls; at += 1) {
      const disk = new ControlledStorage({ snapshot: image })
      let made = 0
      disk.fail(() => (made += 1) === at, new Error('no'))
      let error: unknown
      try {
        promoteReplicaSync({ storage: disk.storage, ...small }).closeSync()
      } catch (caught) {
        error = caught
      }
      const [failed] = disk.operations.slice(at - 1)
      const what = `call ${at}, ${failed?.kind} of ${failed?.name}`
      if (error !== undefined) expect(isVarveError(error), what).toBe(true)
      expect(disk.openFiles, what).toEqual([])
      expect(disk.offences, what).toEqual([])
      const isReplica = disk.snapshot().files.has('replica.position')
      if (isReplica) promoted(new ControlledStorage({ snapshot: disk.snapshot() }))
      else expect([error === undefined || failed?.kind === 'syncNames', what]).toEqual([true, what])
    }
  })
})
