import { describe, expect, it } from 'vitest'
import { openLogSync, promoteReplicaSync } from '../../src/index.ts'
import { failure } from '../support/log-promises.ts'
import { readAllSync } from '../support/log-records.ts'
import { indexesOf } from '../support/log-retention.ts'
import { small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, received, replicaOn, streamed } from '../support/replica-parts.ts'

/** Six segments with a record each; nothing below record 5 is promised. */
const sixSegments = streamed((log) => {
  appendLarge(log, 5)
  log.archiveSync(5)
  appendLarge(log, 1)
})

describe('a replica that reclaims', () => {
  it('removes what lies below the floor, oldest first, and keeps the newest two', () => {
    const replica = replicaOn(received(sixSegments))
    expect(replica.floor).toBe(5)
    expect(indexesOf(replica.reclaimSync())).toEqual([1, 2, 3, 4])
    expect(replica.reclaimSync()).toEqual([])
  })

  it('keeps the newest two even when all of them lie below the floor', () => {
    const chunks = streamed((log) => {
      appendLarge(log, 3)
      log.archiveSync(4)
    })
    const replica = replicaOn(received(chunks))
    expect(replica.floor).toBe(4)
    expect(indexesOf(replica.reclaimSync())).toEqual([1])
  })

  it('removes nothing before the floor that allows it is durable', () => {
    const storage = storageOf()
    const replica = replicaOn(storage)
    for (const chunk of sixSegments) replica.writeSync(chunk)
    expect(replica.floor).toBe(1)
    expect(replica.reclaimSync()).toEqual([])
    replica.syncSync()
    expect(replica.reclaimSync().length).toBe(4)
  })

  it('keeps the segment that its position is in, however far it has got un-synced', () => {
    const chunks = streamed((log) => {
      appendLarge(log, 1)
      log.archiveSync(2)
      appendLarge(log, 2)
    })
    const storage = storageOf()
    const replica = replicaOn(storage)
    const isSynced = ({ from }: (typeof chunks)[number]): boolean => from.segment === 1
    replica.receiveSync(chunks.filter(isSynced))
    for (const chunk of chunks.filter((piece) => !isSynced(piece))) replica.writeSync(chunk)
    expect(replica.floor).toBe(2)
    replica.reclaimSync()
    const again = replicaOn(storageOf(storage.snapshot()))
    expect(again.position?.segment).toBe(3)
  })

  it('becomes a log with the floor of its source', () => {
    const storage = received(sixSegments)
    const replica = replicaOn(storage)
    replica.reclaimSync()
    replica.closeSync()
    const log = promoteReplicaSync({ storage, ...small })
    expect(log.firstSequence).toBe(5)
    expect(readAllSync(log).map(({ sequence }) => sequence)).toEqual([5, 6])
    log.closeSync()
  })

  it('that began where its source had reclaimed promises nothing before, also as a log', async () => {
    const storage = received(sixSegments.filter(({ from }) => from.segment >= 3))
    const reader = openLogSync({ storage, ...small, readOnly: true })
    expect([reader.firstSequence, reader.recovery.damage]).toEqual([5, []])
    const log = promoteReplicaSync({ storage, ...small })
    expect(log.firstSequence).toBe(5)
    await failure('RECLAIMED', () => [...log.readSync({ from: 2 })])
    log.closeSync()
  })

  it('that began above the floor of its source promises what it has', () => {
    const chunks = streamed((log) => { appendLarge(log, 4) }).filter(({ from }) => from.segment >= 3)
    const storage = received(chunks)
    const reader = openLogSync({ storage, ...small, readOnly: true })
    expect([reader.firstSequence, reader.lastSequence, reader.recovery.damage]).toEqual([3, 4, []])
    const log = promoteReplicaSync({ storage, ...small })
    expect([log.firstSequence, log.lastSequence]).toEqual([3, 4])
    log.closeSync()
    expect(openLogSync({ storage, ...small }).firstSequence).toBe(3)
  })
})
