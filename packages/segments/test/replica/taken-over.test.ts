import { memoryDisk, memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openReplica, openReplicaSync } from '../../src/index.ts'
import { segmentName } from '../../src/format/names.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure } from '../support/log-promises.ts'
import { appendLarge, positionIn, received, streamed } from '../support/replica-parts.ts'

const chunks = streamed((log) => { appendLarge(log, 3) })
const firstOnly = chunks.filter(({ from }) => from.segment === 1)
const rest = chunks.filter(({ from }) => from.segment > 1)

describe('a replica whose directory was taken over by another process', () => {
  it('writes nothing any more when it hears that its lock is lost', async () => {
    const disk = new ControlledStorage({ snapshot: received(firstOnly).snapshot() })
    const replica = await openReplica({ storage: disk.storage })
    disk.loseLock('another one')
    await quiet()
    const before = disk.operations.length
    const [chunk] = rest
    if (chunk === undefined) throw new Error('no chunk')
    const { cause } = await failure('POISONED', () => replica.write(chunk))
    await failure('LOCKED', () => { throw cause })
    await failure('POISONED', () => replica.sync())
    await failure('POISONED', () => replica.reclaim())
    expect(disk.operations.length).toBe(before)
    await replica.close()
    expect(disk.openFiles).toEqual([])
  })

  it('gives no segment a name when there is one of its index, as after a promotion', async () => {
    const disk = memoryDisk(received(firstOnly).snapshot())
    const replica = openReplicaSync({ storage: memoryStorage({ disk }) })
    const other = memoryStorage({ disk }).open(segmentName(2, 7), 'create') as { close(): void }
    other.close()
    const { cause } = await failure('POISONED', () => { replica.receiveSync(rest) })
    await failure('LOCKED', () => { throw cause })
    const names = [...disk.snapshot().files.keys()].filter((name) => name.startsWith('00000002'))
    expect(names).toEqual([segmentName(2, 7)])
  })

  it('is left as it was by a process that could not get the lock', async () => {
    const storage = received(chunks)
    const replica = openReplicaSync({ storage })
    await failure('LOCKED', () => openReplicaSync({ storage }))
    replica.closeSync()
    expect(positionIn(storage.snapshot())).toEqual(chunks.at(-1)?.to)
  })
})
