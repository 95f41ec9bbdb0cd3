import { describe, expect, it } from 'vitest'
import { openReplica, openReplicaSync } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import type { Operation } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { appendLarge, received, streamed } from '../support/replica-parts.ts'

const chunks = streamed((log) => { appendLarge(log, 2) })
const image = received(chunks).snapshot()

describe('a replica that is closed', () => {
  it('refuses everything after', async () => {
    const disk = new ControlledStorage()
    const replica = openReplicaSync({ storage: disk.storage })
    replica.receiveSync(chunks)
    replica.closeSync()
    replica.closeSync()
    const [chunk] = chunks
    if (chunk === undefined) throw new Error('no chunk')
    await failure('CLOSED', () => { replica.writeSync(chunk) })
    await failure('CLOSED', () => { replica.syncSync() })
    await failure('CLOSED', () => replica.reclaimSync())
    expect([disk.count('release'), disk.openFiles]).toEqual([1, []])
  })

  it('still says how far it had got', () => {
    const replica = openReplicaSync({ storage: received(chunks) })
    const { position, floor } = replica
    replica.closeSync()
    expect([replica.synced, replica.position, replica.floor]).toEqual([position, position, floor])
  })

  it('by two callers has given the lock back when either is told', async () => {
    const disk = new ControlledStorage({ snapshot: image })
    const replica = await openReplica({ storage: disk.storage })
    const hold = disk.hold('release')
    const first = watch(replica.close())
    const second = watch(replica.close())
    await hold.reached
    await quiet()
    expect([first.state, second.state]).toEqual(['pending', 'pending'])
    hold.release()
    await quiet()
    expect([first.state, second.state]).toEqual(['resolved', 'resolved'])
  })

  it('waits for what is under way', async () => {
    const disk = new ControlledStorage({ asynchronous: true })
    const replica = await openReplica({ storage: disk.storage })
    const hold = disk.hold('write')
    const [chunk] = chunks
    if (chunk === undefined) throw new Error('no chunk')
    const written = watch(replica.write(chunk))
    await hold.reached
    const closed = watch(replica.close())
    await quiet()
    expect([closed.state, disk.count('release')]).toEqual(['pending', 0])
    hold.release()
    await quiet()
    expect([written.state, closed.state, disk.openFiles]).toEqual(['resolved', 'resolved', []])
  })

  it('gives back every file and the lock and its own storage, though one of the calls fails', async () => {
    const closes = new ControlledStorage({ snapshot: image })
    openReplicaSync({ storage: closes.storage, ownsStorage: true }).closeSync()
    const calls = closes.operations.slice(-4)
    expect(calls.map(({ kind }) => kind)).toEqual(['close', 'close', 'release', 'close'])
    const isStorage = ({ kind, name }: Operation): boolean => kind === 'close' && name === ''
    for (const { kind, name, handle } of calls) {
      const disk = new ControlledStorage({ snapshot: image })
      const replica = openReplicaSync({ storage: disk.storage, ownsStorage: true })
      const isIt = (other: Operation): boolean => other.kind === kind && other.name === name && other.handle === handle
      disk.fail(isIt, new Error('no'))
      await failure('IO', () => { replica.closeSync() })
      expect(disk.openFiles).toEqual([])
      expect([disk.count('release'), disk.count(isStorage)]).toEqual([1, 1])
    }
  })

  it('goes by the end of its scope', async () => {
    const disk = new ControlledStorage()
    {
      using replica = openReplicaSync({ storage: disk.storage })
      replica.receiveSync(chunks)
    }
    {
      await using replica = await openReplica({ storage: disk.storage })
      expect(replica.position).toEqual(chunks.at(-1)?.to)
    }
    expect([disk.count('release'), disk.openFiles]).toEqual([2, []])
  })
})
