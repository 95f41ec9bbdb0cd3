import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import * as withoutPlatform from '../src/index.ts'
import { isVarveError, memoryStorage, openLog, openLogSync, openReplica, openReplicaSync } from '../src/node.ts'
import { promoteReplica, promoteReplicaSync, type Log } from '../src/node.ts'
import { temporaryDirectory } from './support/temporary.ts'

const small = { segmentBytes: 16_384, blockBytes: 128 } as const

function payload(sequence: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(500).fill(sequence)
}

async function fill(log: Log, records: number): Promise<void> {
  for (let left = records; left > 0; left -= 1) await log.append(payload(log.lastSequence + 1))
}

async function payloadsOf(log: Log): Promise<readonly Uint8Array[]> {
  const payloads: Uint8Array[] = []
  for await (const record of log.read()) payloads.push(record.payload)
  return payloads
}

/** SHA-256 of the segments that are full; of the newest, the writer's room ahead is not in the copy. */
function fullSegmentsIn(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory).filter((name) => /^[0-9a-f]{8}-.*\.varve$/.test(name)).sort()
  const hashed = (name: string): string => {
    return createHash('sha256').update(readFileSync(join(directory, name))).digest('hex')
  }
  return Object.fromEntries(names.slice(0, -1).map((name) => [name, hashed(name)]))
}

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    return codeIn(error)
  }
  return 'no error'
}

function codeIn(error: unknown): string {
  return isVarveError(error) ? error.code : `no VarveError: ${String(error)}`
}

describe('on Node, a replica of a log', () => {
  it('is kept in another directory while the log is written, read meanwhile, and promoted', async () => {
    const [source, target] = [temporaryDirectory(), join(temporaryDirectory(), 'deep', 'copy')]
    const log = await openLog(source, small)
    const replica = await openReplica(target)
    expect(replica.report.created).toBe(true)
    const following = new AbortController()
    const received = replica.receive(log.stream({ follow: true, signal: following.signal })).catch(codeIn)
    await fill(log, 100)
    while ((replica.synced?.segment ?? 0) < 2) await after(1)

    const beside = await openLog(target, { readOnly: true })
    expect(beside.lastSequence).toBeGreaterThan(25)
    expect((await beside.get(25))?.payload).toEqual(payload(25))
    await beside.close()
    expect(await codeOf(() => openLog(target))).toBe('LOCKED')

    following.abort()
    expect(await received).toBe('ABORTED')
    await replica.receive(log.stream({ from: replica.position }))
    await log.close()
    await replica.close()
    expect(fullSegmentsIn(target)).toEqual(fullSegmentsIn(source))
    expect(Object.keys(fullSegmentsIn(target)).length).toBeGreaterThan(2)

    const promoted = await promoteReplica(target, small)
    expect(await payloadsOf(promoted)).toEqual(Array.from({ length: 100 }, (_, at) => payload(at + 1)))
    expect(await promoted.append(payload(101))).toBe(101)
    await promoted.close()
    const again = await openLog(target)
    expect(again.lastSequence).toBe(101)
    await again.close()
    expect(await codeOf(() => openReplica({ directory: target }))).toBe('EXISTS')
  })

  it('goes on from the position that an earlier process synced', async () => {
    const [source, target] = [temporaryDirectory(), temporaryDirectory()]
    const log = await openLog(source, small)
    for (const records of [40, 40]) {
      await fill(log, records)
      await using replica = await openReplica({ directory: target, readBytes: 8192 })
      await replica.receive(log.stream({ from: replica.position }))
    }
    const promoted = await promoteReplica({ directory: target, ...small })
    expect(promoted.lastSequence).toBe(80)
    await promoted.close()
    await log.close()
  })

  it('is kept and promoted without an event loop as well', () => {
    const [source, target] = [temporaryDirectory(), temporaryDirectory()]
    using log = openLogSync(source, small)
    for (let sequence = 1; sequence <= 60; sequence += 1) log.appendSync(payload(sequence))
    log.syncSync()
    const replica = openReplicaSync(target)
    replica.receiveSync(log.streamSync())
    replica.closeSync()
    openReplicaSync({ directory: target }).closeSync()
    const promoted = promoteReplicaSync(target, small)
    expect([...promoted.readSync()].map((record) => record.payload)).toEqual(
      Array.from({ length: 60 }, (_, at) => payload(at + 1)),
    )
    expect(promoted.appendSync(payload(61))).toBe(61)
    promoted.closeSync()
  })

  it('needs either a directory or a storage, and leaves one that it was given open', async () => {
    const storage = memoryStorage()
    const replica = await openReplica({ storage })
    await replica.close()
    expect(await storage.list()).toEqual([])
    const synchronous = openReplicaSync({ storage })
    synchronous.closeSync()
    expect(await codeOf(() => promoteReplica({ storage }))).toBe('NOT_FOUND')
    expect(await codeOf(() => promoteReplicaSync({ storage }))).toBe('NOT_FOUND')
    expect(await codeOf(() => openReplica({ storage, directory: './copy' }))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => promoteReplica({}))).toBe('INVALID_ARGUMENT')
  })
})

describe('without a storage of the platform, a replica', () => {
  it('in a directory is UNSUPPORTED', async () => {
    const { openReplica, openReplicaSync, promoteReplica, promoteReplicaSync } = withoutPlatform
    for (const call of [openReplica, openReplicaSync, promoteReplica, promoteReplicaSync]) {
      expect(await codeOf(() => call('./copy'))).toBe('UNSUPPORTED')
    }
  })

  it('is kept on the storages that it is given', async () => {
    const [source, target] = [memoryStorage(), memoryStorage()]
    const log = await withoutPlatform.openLog({ storage: source })
    await fill(log, 3)
    const replica = await withoutPlatform.openReplica({ storage: target })
    await replica.receive(log.stream())
    await replica.close()
    withoutPlatform.openReplicaSync({ storage: target }).closeSync()
    const promoted = await withoutPlatform.promoteReplica({ storage: target })
    expect(promoted.lastSequence).toBe(3)
    await promoted.close()
    expect(await codeOf(() => withoutPlatform.promoteReplicaSync({ storage: target }))).toBe('NOT_FOUND')
    await log.close()
  })
})
