import { VarveError } from '@varve/codec'
import type { LogStorage } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { asynchronousRuntime, synchronousRuntime } from '@varve/storage'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { intercept, isDurableCall, isWriteCall, type OperationKind } from '../support/log-intercept.ts'
import { failure } from '../support/log-promises.ts'
import { payload, plain, readAllSync } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128 } as const

describe('a synchronous log', () => {
  it('takes the runtime of its caller, which must be synchronous', () => {
    const runtime = synchronousRuntime()
    expect(openLogSync({ storage: memoryStorage(), ...geometry, runtime }).lastSequence).toBe(0)
    expect(() => openLogSync({ storage: memoryStorage(), ...geometry, runtime: asynchronousRuntime() })).toThrow(
      /^INVALID_ARGUMENT: a synchronous log needs a synchronous runtime, not one that is asynchronous/,
    )
  })

  it('does everything within the call', () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const log = openLogSync({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    expect(log.appendSync(payload(1), { type: 3, timestamp: 5 })).toBe(1)
    expect(disk.operations.map(({ kind }) => kind)).toContain('sync')
    expect(log.appendBatchSync([payload(2), { payload: payload(3), timestamp: 6 }])).toEqual({ first: 2, last: 3 })
    expect([log.firstSequence, log.lastSequence, log.durableSequence]).toEqual([1, 3, 3])
    expect(log.getSync(1)).toMatchObject({ sequence: 1, type: 3, timestamp: 5, payload: payload(1) })
    expect(log.getSync(4)).toBeUndefined()
    expect(readAllSync(log, { from: 2 }).map(({ timestamp }) => timestamp)).toEqual([5, 6])
    const seen: number[] = []
    expect(log.replaySync((record) => seen.push(record.sequence), { to: 2 })).toBe(2)
    expect(seen).toEqual([1, 2])
    expect(log.stats()).toMatchObject({ records: 3, commits: 2, syncs: 2 })
    expect(log.segments).toHaveLength(1)
    log.closeSync()
    log.closeSync()
    expect(disk.count('release')).toBe(1)
    expect(disk.openFiles).toEqual([])
    const again = openLogSync({ storage: disk.storage, ...geometry })
    expect(again.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 3 })
    again[Symbol.dispose]()
  })

  it('writes what was enqueued before, in order, with the next append, flush, sync or close', () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const log = openLogSync({ storage: disk.storage, ...geometry, durability: 'async' })
    disk.operations.length = 0
    expect([log.enqueue(payload(1)), log.enqueue(payload(2))]).toEqual([1, 2])
    expect(disk.operations).toEqual([])
    expect(readAllSync(log)).toEqual([])
    expect(log.appendSync(payload(3))).toBe(3)
    expect(disk.count(isWriteCall)).toBe(1)
    log.enqueue(payload(4))
    log.flushSync()
    expect(readAllSync(log)).toHaveLength(4)
    expect(disk.count('sync')).toBe(0)
    log.enqueue(payload(5))
    log.syncSync()
    expect(log.durableSequence).toBe(5)
    expect(disk.count('sync')).toBe(1)
    log.enqueue(payload(6))
    log.closeSync()
    const frames = segmentsOf(disk.snapshot())[0]?.frames.map(({ kind }) => kind)
    expect(frames).toEqual([...Array<string>(6).fill('record'), 'close'])
  })

  it('leaves what was only flushed to the next append that is durable', () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const log = openLogSync({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    log.enqueue(payload(1))
    log.flushSync()
    expect([disk.count(isWriteCall), disk.count('sync'), log.durableSequence]).toEqual([1, 0, 0])
    log.appendSync(payload(2))
    expect([disk.count('sync'), log.durableSequence]).toEqual([1, 2])
    log.closeSync()
  })

  it('reads while it appends, over segments', () => {
    const log = openLogSync({ storage: memoryStorage(), ...geometry })
    log.appendSync(payload(0))
    const seen: number[] = []
    for (const { sequence } of log.readSync()) {
      seen.push(sequence)
      if (sequence < 60) log.appendSync(payload(sequence, 150))
    }
    expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
    expect(log.segments.length).toBeGreaterThan(2)
    log.closeSync()
  })

  it('closes its file when a loop over it is left early', () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...geometry })
    for (let n = 0; n < 40; n += 1) log.appendSync(payload(n, 100))
    for (const record of log.readSync()) if (record.sequence === 3) break
    expect(disk.openFiles).toHaveLength(1)
    log.closeSync()
    expect(disk.openFiles).toEqual([])
  })

  it('keeps what is un-synced within the age that is allowed, as far as calls come', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...geometry, durability: 'async', async: { maxUnsyncedMs: 20 } })
    log.appendSync(payload(1))
    expect(log.durableSequence).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 30))
    log.appendSync(payload(2))
    expect(log.durableSequence).toBe(2)
    log.closeSync()
  })

  it('is poisoned by a failure, as any other', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...geometry })
    log.appendSync(payload(1))
    disk.fail(isDurableCall, new VarveError('NO_SPACE', 'full'))
    await failure('POISONED', () => log.appendSync(payload(2)))
    const calls = [
      () => log.appendSync(payload(3)),
      () => log.appendBatchSync([payload(3)]),
      () => log.enqueue(payload(3)),
      () => { log.flushSync() },
      () => { log.syncSync() },
    ]
    for (const call of calls) await failure('POISONED', call)
    expect(readAllSync(log).map(({ sequence }) => sequence)).toEqual([1])
    log.closeSync()
    expect(disk.count('release')).toBe(1)
    const reads = [() => log.getSync(1), () => readAllSync(log), () => log.replaySync(() => undefined)]
    for (const call of reads) await failure('CLOSED', call)
  })

  it('says at close what nobody awaited and was lost, once', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...geometry })
    log.enqueue(payload(1))
    disk.fail(isDurableCall, new Error('no'))
    await failure('POISONED', () => { log.closeSync() })
    expect(disk.count('release')).toBe(1)
    log.closeSync()
    expect(disk.count('release')).toBe(1)
  })

  it('hears of a lock that was lost at its next call', async () => {
    const disk = new ControlledStorage()
    const log = openLogSync({ storage: disk.storage, ...geometry })
    disk.loseLock('taken')
    await Promise.resolve()
    await failure('POISONED', () => log.appendSync(payload(1)))
    log.closeSync()
  })

  it('may be opened for reading', async () => {
    const storage = memoryStorage()
    const writing = openLogSync({ storage, ...geometry })
    writing.appendSync(payload(1))
    const log = openLogSync({ storage, readOnly: true })
    expect(readAllSync(log)).toEqual([plain({ sequence: 1, timestamp: 0, type: 0, payload: payload(1) })])
    expect([log.lastSequence, log.durableSequence]).toEqual([1, 1])
    for (const call of [
      () => log.appendSync(payload(2)),
      () => log.appendBatchSync([payload(2)]),
      () => log.enqueue(payload(2)),
      () => { log.flushSync() },
      () => { log.syncSync() },
    ]) {
      await failure('READ_ONLY', call)
    }
    log.closeSync()
    writing.closeSync()
  })
})

describe('a storage that returns promises', () => {
  it('is refused before anything is touched', async () => {
    const disk = new ControlledStorage({ asynchronous: true })
    await failure('STORAGE_IS_ASYNC', () => openLogSync({ storage: disk.storage }))
    expect(disk.operations).toEqual([])
  })

  /** Says that it is synchronous, and is not in calls of one kind from some moment on. */
  function liar(kind: OperationKind): { storage: LogStorage; lie: () => void } {
    let isLying = false
    const storage = intercept(memoryStorage(), (operation, perform) => {
      return isLying && operation.kind === kind ? Promise.resolve().then(perform) : perform()
    })
    return { storage, lie: () => { isLying = true } }
  }

  it.each(['write', 'writeDurable', 'sync'] as const)('although it said otherwise poisons: %s', async (kind) => {
    const { storage, lie } = liar(kind)
    const log = openLogSync({ storage, ...geometry, durability: kind === 'writeDurable' ? 'sync' : 'async' })
    lie()
    const error = await failure('POISONED', () => {
      log.appendSync(payload(1))
      log.syncSync()
    })
    expect(JSON.stringify(error.cause)).toContain('STORAGE_IS_ASYNC')
    log.closeSync()
  })

  it.each(['list', 'open', 'lock', 'syncNames'] as const)('although it said otherwise fails: %s', async (kind) => {
    const { storage, lie } = liar(kind)
    lie()
    await failure('STORAGE_IS_ASYNC', () => openLogSync({ storage, ...geometry }))
  })
})

describe('a full queue of a synchronous log', () => {
  const queue = { maxBytes: 3 * 56 }

  it('is committed by the append that finds it full, before it is staged', () => {
    const disk = new ControlledStorage({ without: ['writeDurable'] })
    const log = openLogSync({ storage: disk.storage, ...geometry, queue, durability: 'async' })
    for (let n = 1; n <= 3; n += 1) log.enqueue(payload(n))
    disk.operations.length = 0
    expect(log.appendSync(payload(4))).toBe(4)
    expect(disk.of(isWriteCall).map(({ bytes }) => bytes)).toEqual([3 * 56, 56])
    for (let n = 5; n <= 7; n += 1) log.enqueue(payload(n))
    expect(log.appendBatchSync([payload(8, 100), payload(9, 100)])).toEqual({ first: 8, last: 9 })
    expect(log.stats()).toMatchObject({ commits: 4, queuedBytes: 0, waitingCalls: 0 })
    expect(readAllSync(log)).toHaveLength(9)
    log.closeSync()
  })

  it('refuses enqueue, and appends too when that is asked for, without touching the disk', async () => {
    const disk = new ControlledStorage()
    const options = { storage: disk.storage, ...geometry, durability: 'group' } as const
    const log = openLogSync({ ...options, queue: { ...queue, onFull: 'reject' } })
    for (let n = 1; n <= 3; n += 1) log.enqueue(payload(n))
    disk.operations.length = 0
    await failure('BACKPRESSURE', () => log.enqueue(payload(4)))
    await failure('BACKPRESSURE', () => log.appendSync(payload(4)))
    await failure('BACKPRESSURE', () => log.appendBatchSync([payload(4)]))
    expect([log.lastSequence, disk.operations]).toEqual([3, []])
    log.closeSync()
  })

  it('lets a change of the state in all the same', () => {
    const log = openLogSync({ storage: memoryStorage(), ...geometry, queue })
    for (let n = 1; n <= 3; n += 1) log.enqueue(payload(n))
    log.archiveSync(2)
    expect([log.firstSequence, log.durableSequence]).toEqual([2, 3])
    log.closeSync()
  })
})
