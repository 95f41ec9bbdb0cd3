import { memoryDisk, memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import {
  openLog,
  openLogSync,
  openReplica,
  openReplicaSync,
  promoteReplicaSync,
  type LogRecord,
  type StreamChunk,
} from '../../src/index.ts'
import { withBytes } from '../support/crash-forge.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAllSync } from '../support/log-records.ts'
import { fillSync, small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall, positionName, received, replicaOn, streamed } from '../support/replica-parts.ts'

const chunks = streamed((log) => { appendSmall(log, 20) })

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await quiet()
}

/** A source of a single record to a commit, so that pieces are small. */
function onePieceEach(): StreamChunk[] {
  const log = openLogSync({ storage: storageOf(), ...small })
  const pieces: StreamChunk[] = []
  for (let n = 1; n <= 5; n += 1) {
    log.appendSync(payload(n, 200))
    pieces.push(...log.streamSync(pieces.at(-1)?.to))
  }
  return pieces
}

describe('a log that is a replica, for a reader', () => {
  it('is durable as far as it was synced, and written as far as it was received', () => {
    const pieces = onePieceEach()
    const storage = storageOf()
    const replica = replicaOn(storage)
    replica.receiveSync(pieces.slice(0, 4))
    for (const piece of pieces.slice(4)) replica.writeSync(piece)
    const log = openLogSync({ storage, ...small, readOnly: true })
    expect([log.durableSequence, log.lastSequence, log.recovery.damage]).toEqual([3, 5, []])
    expect(readAllSync(log).length).toBe(5)
    expect([...log.readSync({ visibility: 'durable' })].length).toBe(3)
  })

  it('streams on, but not what is un-synced', () => {
    const pieces = onePieceEach()
    const storage = storageOf()
    const replica = replicaOn(storage)
    replica.receiveSync(pieces.slice(0, 4))
    for (const piece of pieces.slice(4)) replica.writeSync(piece)
    const log = openLogSync({ storage, ...small, readOnly: true })
    const second = storageOf()
    replicaOn(second).receiveSync(log.streamSync())
    expect(openLogSync({ storage: second, ...small, readOnly: true }).lastSequence).toBe(3)
  })

  it('has a torn tail, and no damage, where its frames claim more than it has synced', () => {
    const pieces = onePieceEach()
    const storage = storageOf()
    const replica = replicaOn(storage)
    replica.receiveSync(pieces.slice(0, 3))
    for (const piece of pieces.slice(3)) replica.writeSync(piece)
    const snapshot = storage.snapshot()
    const [{ name, frames }] = segmentsOf(snapshot) as [PlainSegment]
    const [, , third, fourth, fifth] = frames
    // Power went: what was written last is there, what was written before is not.
    expect(fifth?.durableEnd).toBe(fifth?.position)
    const from = third?.position ?? 0
    const torn = withBytes(snapshot, name, from, new Uint8Array((fourth?.end ?? 0) - from))
    const log = openLogSync({ storage: storageOf(torn), ...small, readOnly: true })
    expect([log.recovery.damage, log.recovery.row, log.lastSequence]).toEqual([[], 'last.torn-tail', 2])
    const again = replicaOn(storageOf(torn))
    expect([again.position, again.report.discardedBytes > 0]).toEqual([pieces[2]?.to, true])
    const promoted = promoteReplicaSync({ storage: storageOf(torn), ...small })
    expect([promoted.lastSequence, promoted.recovery.discarded?.headers]).toEqual([2, 1])
    promoted.closeSync()
  })

  it('is damaged where it had been synced', () => {
    const snapshot = received(chunks).snapshot()
    const segment = segmentsOf(snapshot).at(-1) as PlainSegment
    const damaged = withBytes(snapshot, segment.name, (segment.frames[0]?.position ?? 0) + 50, Uint8Array.of(9, 9, 9))
    const log = openLogSync({ storage: storageOf(damaged), ...small, readOnly: true })
    expect(log.recovery.damage.map(({ row, file }) => [row, file])).toEqual([['last.below-durable-end', segment.name]])
  })

  it('moves while it receives: durable with each sync, across segments', async () => {
    const disk = memoryDisk()
    const clock = manualClock()
    const replica = openReplicaSync({ storage: memoryStorage({ disk }) })
    const options = { ...small, readOnly: true, visibility: 'durable', runtime: clock.runtime } as const
    const log = await openLog({ storage: memoryStorage({ disk }), ...options })
    const seen: number[] = []
    const end = watch((async () => {
      for await (const { sequence } of log.tail({ from: 1 })) seen.push(sequence)
    })())
    for (const chunk of chunks) {
      const before = seen.length
      replica.writeSync(chunk)
      await settled()
      await clock.advance(1000)
      if (chunk.from.offset > 0) expect(seen.length).toBe(before)
      replica.syncSync()
      await settled()
      await clock.advance(1000)
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    await log.close()
    await settled()
    expect(end.state).toBe('resolved')
    replica.closeSync()
  })

  it('is followed across its promotion', async () => {
    const disk = memoryDisk(received(chunks).snapshot())
    const log = await openLog({ storage: memoryStorage({ disk }), ...small, readOnly: true })
    const seen: number[] = []
    const end = watch((async () => {
      for await (const { sequence } of log.tail({ from: 18 })) seen.push(sequence)
    })())
    await settled()
    const promoted = promoteReplicaSync({ storage: memoryStorage({ disk }), ...small })
    promoted.appendSync(payload(21))
    await settled()
    expect(seen).toEqual([18, 19, 20, 21])
    await log.close()
    await settled()
    expect(end.state).toBe('resolved')
    promoted.closeSync()
  })

  it('is followed although its position vanishes between looking and reading it', async () => {
    const disk = memoryDisk(received(chunks).snapshot())
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const clock = manualClock()
    const log = await openLog({ storage: controlled.storage, ...small, readOnly: true, runtime: clock.runtime })
    const tail = log.tail()
    const next = watch(tail.next().then(({ value }: IteratorResult<LogRecord, undefined>) => value?.sequence))
    await settled()
    const hold = controlled.hold(({ kind, name }) => kind === 'open' && name === positionName)
    await clock.advance(50)
    await hold.reached
    const promoted = promoteReplicaSync({ storage: memoryStorage({ disk }), ...small })
    promoted.appendSync(payload(21))
    hold.release()
    await settled()
    await clock.advance(50)
    expect([next.state, next.value]).toEqual(['resolved', 21])
    await tail.return?.()
    await log.close()
    promoted.closeSync()
  })

  it('says what failed when it cannot be looked at', async () => {
    const disk = memoryDisk(received(chunks).snapshot())
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const clock = manualClock()
    const log = await openLog({ storage: controlled.storage, ...small, readOnly: true, runtime: clock.runtime })
    const next = watch(log.tail().next())
    await settled()
    controlled.fail(({ kind, name }) => kind === 'read' && name === positionName, new Error('no'))
    await clock.advance(50)
    await failure('IO', () => { throw next.error })
    await log.close()
  })

  it('keeps its beginning above the floor of a source that promises more', async () => {
    const later = streamed((log) => {
      appendLarge(log, 4)
      log.archiveSync(2)
      appendSmall(log, 1)
    }).filter(({ from }) => from.segment >= 3)
    const disk = memoryDisk()
    const replica = await openReplica({ storage: memoryStorage({ disk }) })
    const log = await openLog({ storage: memoryStorage({ disk }), ...small, readOnly: true })
    const seen: number[] = []
    watch((async () => {
      for await (const { sequence } of log.tail({ from: 3 })) seen.push(sequence)
    })())
    for (const chunk of later) {
      await replica.write(chunk)
      await replica.sync()
      await settled()
    }
    expect([log.firstSequence, log.lastSequence, seen]).toEqual([3, 5, [3, 4, 5]])
    await log.close()
    await replica.close()
  })

  it('looks again when segments are reclaimed while it looks', async () => {
    const six = streamed((log) => {
      appendLarge(log, 5)
      log.archiveSync(5)
      appendLarge(log, 1)
    })
    const disk = memoryDisk(received(six.filter(({ from }) => from.segment < 4)).snapshot())
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const hold = controlled.hold('close')
    const opening = watch(openLog({ storage: controlled.storage, ...small, readOnly: true }))
    await hold.reached
    // The position was read; now it and everything that it speaks of become outdated.
    const replica = openReplicaSync({ storage: memoryStorage({ disk }) })
    replica.receiveSync(six.filter(({ from }) => from.segment >= 4))
    expect(replica.reclaimSync().length).toBe(4)
    hold.release()
    await settled()
    expect([opening.state, opening.value?.recovery.damage, opening.value?.lastSequence]).toEqual(['resolved', [], 6])
    await opening.value?.close()
  })

  it('that has received nothing is an empty log', () => {
    const source = storageOf()
    fillSync(source, 1, 3)
    const storage = storageOf()
    const replica = replicaOn(storage)
    for (const chunk of chunks.slice(0, 1)) replica.writeSync(chunk)
    const log = openLogSync({ storage: storageOf(storage.snapshot()), ...small, readOnly: true })
    expect([log.lastSequence, readAllSync(log)]).toEqual([0, []])
  })
})
