import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { copiesDirectory, goldenPayload } from '../../../../fixtures/make-copies-1.ts'
import { openLogSync, openReplicaSync, promoteReplicaSync, type SynchronousLog } from '../../src/index.ts'
import { failure } from '../support/log-promises.ts'
import { small } from '../support/replica-pair.ts'

function golden(): MemoryStorage {
  const directory = join(copiesDirectory, 'replica')
  const contentOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(directory, name)))
  const files = new Map(readdirSync(directory).map((name) => [name, contentOf(name)]))
  return memoryStorage({ snapshot: { files, generation: 0 } })
}

function payloadsOf(log: SynchronousLog): Uint8Array[] {
  return [...log.readSync()].map(({ payload }) => payload)
}

const tenRecords = Array.from({ length: 10 }, (_, at) => goldenPayload(at + 1))

describe('the replica that the first release left', () => {
  it('is one, and says how far it is', async () => {
    await failure('READ_ONLY', () => openLogSync({ storage: golden(), ...small }))
    const replica = openReplicaSync({ storage: golden(), readBytes: 4096 })
    expect(replica.report).toEqual({ created: false, segments: 2, discardedBytes: 0 })
    expect(replica.synced).toEqual(replica.position)
    expect(replica.position).toMatchObject({ segment: 3, offset: 0 })
  })

  it('can be read, and promoted', () => {
    expect(payloadsOf(openLogSync({ storage: golden(), ...small, readOnly: true }))).toEqual(tenRecords)
    const log = promoteReplicaSync({ storage: golden(), ...small })
    expect(payloadsOf(log)).toEqual(tenRecords)
    expect(log.appendSync(goldenPayload(11))).toBe(11)
    log.closeSync()
  })
})
