import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import {
  openLog,
  openLogSync,
  openReplica,
  openReplicaSync,
  promoteReplica,
  promoteReplicaSync,
  type StreamChunk,
} from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { intercept } from '../support/log-intercept.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll, readAllSync } from '../support/log-records.ts'
import { chunksOf, fillSync, filesIn, replicate, small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall, positionName, received, replicaOn, streamed } from '../support/replica-parts.ts'
import { framesOf } from '../support/stream-frames.ts'

const chunks = streamed((log) => { appendSmall(log, 20) })
const image = received(chunks).snapshot()

function numbersIn(snapshot: MemorySnapshot): number[] {
  const log = openLogSync({ storage: storageOf(snapshot), ...small, verify: 'all' })
  const numbers = readAllSync(log).map(({ sequence }) => sequence)
  log.closeSync()
  return numbers
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1)
}

describe('a promoted replica', () => {
  it('has everything that it had got, wherever that was, and is a log like any other', () => {
    for (let pieces = 1; pieces <= chunks.length; pieces += 1) {
      const storage = received(chunks.slice(0, pieces))
      const log = promoteReplicaSync({ storage, ...small })
      const { lastSequence } = log
      expect(log.appendSync(payload(lastSequence + 1, 300))).toBe(lastSequence + 1)
      log.closeSync()
      expect(numbersIn(storage.snapshot())).toEqual(upTo(lastSequence + 1))
      expect(storage.snapshot().files.has(positionName)).toBe(false)
    }
  })

  it('has a higher epoch, also than a source that was opened more often', () => {
    const source = storageOf()
    for (let life = 0; life < 5; life += 1) fillSync(source, life + 1, life + 1, { ends: 'close' })
    const target = storageOf()
    replicate(source, target)
    const before = openLogSync({ storage: source, ...small, readOnly: true }).segments.at(-1)?.header.epoch ?? 0
    const log = promoteReplicaSync({ storage: target, ...small })
    expect(log.segments.at(-1)?.header.epoch).toBeGreaterThan(before)
    log.closeSync()
  })

  it('keeps what was received and not synced, if it verifies: its source had it durable', () => {
    const storage = storageOf()
    const replica = replicaOn(storage)
    replica.receiveSync(chunks.slice(0, 1))
    for (const chunk of chunks.slice(1)) replica.writeSync(chunk)
    const log = promoteReplicaSync({ storage: storageOf(storage.snapshot()), ...small })
    expect([log.lastSequence, log.recovery.carriedRecords > 0]).toEqual([20, true])
    log.closeSync()
  })

  it('goes on in a segment of its own although its source was shut down cleanly', async () => {
    const source = await openLog({ storage: storageOf(), ...small })
    await source.append(payload(1))
    const pieces: StreamChunk[] = []
    const streaming = (async () => {
      for await (const chunk of source.stream({ follow: true })) pieces.push(chunk)
    })()
    await quiet()
    await source.close()
    await streaming
    expect(framesOf(pieces)).toEqual(['record 1', 'close'])
    // Without a sync of the CLOSE it looks just like a log that may be resumed.
    for (const synced of [pieces.length - 1, pieces.length]) {
      const storage = storageOf()
      const replica = replicaOn(storage)
      replica.receiveSync(pieces.slice(0, synced))
      for (const chunk of pieces.slice(synced)) replica.writeSync(chunk)
      const taken = storageOf(storage.snapshot())
      const log = promoteReplicaSync({ storage: taken, ...small })
      expect([log.segments.length, taken.snapshot().files.has(positionName)]).toEqual([2, false])
      log.closeSync()
    }
  })

  it('opens in the asynchronous way as well', async () => {
    const storage = storageOf(image)
    const log = await promoteReplica({ storage, ...small })
    expect((await readAll(log)).length).toBe(20)
    expect(await log.append(payload(21))).toBe(21)
    await log.close()
    await failure('EXISTS', () => openReplica({ storage }))
  })

  it('can be copied in its turn, from the beginning and by a copy that its source had', () => {
    const storage = storageOf(image)
    const log = promoteReplicaSync({ storage, ...small })
    appendLarge(log, 2)
    log.closeSync()
    const fresh = storageOf()
    const sibling = storageOf(image)
    replicate(storage, fresh)
    replicate(storage, sibling)
    expect(filesIn(fresh.snapshot())).toEqual(filesIn(storage.snapshot()))
    expect(filesIn(sibling.snapshot())).toEqual(filesIn(storage.snapshot()))
  })

  it('may have been whole to the end of a segment, with or without its trailer', () => {
    const ends = chunks.filter(({ from }) => from.segment === 1).length
    for (const missing of [0, 1, 2]) {
      const storage = received(chunks.slice(0, ends - missing))
      const log = promoteReplicaSync({ storage, ...small })
      const { lastSequence } = log
      appendSmall(log, 1)
      log.closeSync()
      expect(numbersIn(storage.snapshot())).toEqual(upTo(lastSequence + 1))
      const copy = received(chunks.slice(0, ends - missing))
      replicate(storage, copy)
      expect(filesIn(copy.snapshot())).toEqual(filesIn(storage.snapshot()))
    }
  })
})

describe('a promotion that is interrupted at any of its steps', () => {
  /** What lies on the disk before each call of a promotion. */
  function crashes(): MemorySnapshot[] {
    const storage = storageOf(image)
    const found: MemorySnapshot[] = []
    const watched = intercept(storage, (_, perform) => {
      found.push(storage.snapshot())
      return perform()
    })
    promoteReplicaSync({ storage: watched, ...small }).closeSync()
    return found
  }

  it('can be repeated, or is done', () => {
    const states = new Set<string>()
    for (const crash of crashes()) {
      const storage = storageOf(crash)
      const isReplica = crash.files.has(positionName)
      states.add(`${isReplica} ${crash.files.size}`)
      const log = isReplica ? promoteReplicaSync({ storage, ...small }) : openLogSync({ storage, ...small })
      expect(log.lastSequence).toBe(20)
      appendSmall(log, 1)
      log.closeSync()
      expect(numbersIn(storage.snapshot())).toEqual(upTo(21))
    }
    expect(states.size).toBeGreaterThan(2)
  })

  it('leaves a replica whose source takes it up again, or refuses it: nothing in between', async () => {
    const source = storageOf()
    fillSync(source, 1, 20)
    const target = storageOf()
    replicate(source, target)
    const begun = target.snapshot()
    const found: MemorySnapshot[] = []
    const storage = storageOf(begun)
    const watched = intercept(storage, (_, perform) => {
      found.push(storage.snapshot())
      return perform()
    })
    promoteReplicaSync({ storage: watched, ...small }).closeSync()
    const more = storageOf(source.snapshot())
    fillSync(more, 21, 30)
    let refusals = 0
    for (const crash of found.filter(({ files }) => files.has(positionName))) {
      const half = storageOf(crash)
      const segments = [...crash.files.keys()].filter((name) => name.endsWith('.varve') && !name.startsWith('spare'))
      const replica = openReplicaSync({ storage: half })
      if (segments.length === begun.files.size - 1) {
        replica.receiveSync(chunksOf(more, replica.position))
        replica.closeSync()
        expect(filesIn(half.snapshot())).toEqual(filesIn(more.snapshot()))
        continue
      }
      refusals += 1
      const { position } = replica
      await failure('FOREIGN_FILE', () => chunksOf(more, position))
      replica.closeSync()
      const log = promoteReplicaSync({ storage: half, ...small })
      expect(log.lastSequence).toBe(20)
      log.closeSync()
    }
    expect(refusals).toBeGreaterThan(0)
  })
})
