import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128 } as const

describe('close', () => {
  it('commits all that was accepted, says goodbye and gives everything back', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, durability: 'async' })
    log.enqueue(payload(1))
    const appended = watch(log.append(payload(2)))
    const fence = watch(log.sync())
    await log.close()
    expect([appended.value, fence.state]).toEqual([2, 'resolved'])
    const frames = segmentsOf(disk.snapshot()).at(-1)?.frames ?? []
    expect(frames.map(({ kind }) => kind)).toEqual(['record', 'record', 'close'])
    // It says that everything before it was durable when it was written.
    expect(frames.at(-1)?.durableEnd).toBe(frames.at(-1)?.position)
    expect(disk.openFiles).toEqual([])
    expect(disk.count('release')).toBe(1)
    const again = await openLog({ storage: disk.storage, ...geometry })
    const found = { cleanShutdown: true, row: 'last.clean-shutdown', segments: 1, lastSequence: 2 }
    expect(again.recovery).toMatchObject(found)
    await again.close()
  })

  it('leaves no timer behind that would keep the process alive, in any mode', async () => {
    for (const durability of ['sync', 'group', 'async'] as const) {
      const clock = manualClock()
      const disk = new ControlledStorage()
      const log = await openLog({ storage: disk.storage, ...geometry, durability, runtime: clock.runtime })
      const hold = disk.hold(isWriteCall)
      const appended = log.append(payload(1))
      await clock.advance(5)
      await hold.reached
      const closed = log.close()
      await quiet()
      hold.release()
      await Promise.all([appended, closed])
      expect([durability, clock.timers]).toEqual([durability, 0])
    }
  })

  it('may be called again, and before the first call is over', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    await Promise.all([log.close(), log.close()])
    await log.close()
    await log[Symbol.asyncDispose]()
    expect(disk.count('release')).toBe(1)
    expect(disk.offences).toEqual([])
  })

  it('comes at the end of a block that the log was declared in', async () => {
    const disk = new ControlledStorage()
    {
      await using log = await openLog({ storage: disk.storage, ...geometry })
      await log.append(payload(1))
    }
    expect(disk.count('release')).toBe(1)
  })

  it('takes no more records, and none after it', async () => {
    const log = await openLog({ storage: memoryStorage(), ...geometry })
    await log.append(payload(1))
    const closing = log.close()
    const calls = [
      () => log.append(payload(2)),
      () => log.appendBatch([payload(2)]),
      () => log.enqueue(payload(2)),
      () => log.flush(),
      () => log.sync(),
      () => log.get(1),
      () => readAll(log),
      () => log.replay(() => undefined),
    ]
    for (const call of calls) await failure('CLOSED', call)
    await closing
    for (const call of calls) await failure('CLOSED', call)
  })

  it('resumes in place when it was clean, over and over, and no segment comes of it', async () => {
    const storage = memoryStorage()
    for (let n = 1; n <= 5; n += 1) {
      const log = await openLog({ storage, ...geometry })
      expect(log.lastSequence).toBe(n - 1)
      await log.append(payload(n))
      await log.close()
    }
    const segments = segmentsOf(storage.snapshot())
    expect(segments.map(({ frames }) => frames.map(({ kind }) => kind))).toEqual([
      ['record', 'close', 'record', 'close', 'record', 'close', 'record', 'close', 'record', 'close'],
    ])
    const log = await openLog({ storage, ...geometry, verify: 'all' })
    expect((await readAll(log)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    await log.close()
  })

  it('leaves out a CLOSE that does not fit, and nothing is missing', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, ...geometry })
    const refused = await failure('RECORD_TOO_LARGE', () => log.append(new Uint8Array(4096)))
    const limit = Number(refused.context.maxRecordBytes)
    await log.append(payload(1, limit))
    await log.close()
    expect(segmentsOf(storage.snapshot()).at(-1)?.frames.map(({ kind }) => kind)).not.toContain('close')
    const again = await openLog({ storage, ...geometry })
    expect(again.recovery).toMatchObject({ cleanShutdown: false, row: 'last.clean-end', lastSequence: 1 })
    await again.append(payload(2))
    expect(await readAll(again)).toHaveLength(2)
    await again.close()
  })

  it('closes the storage too when that is the log\'s own, whatever happened', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, ownsStorage: true })
    await log.close()
    expect(disk.operations.at(-1)?.kind).toBe('close')
    expect(disk.count(({ kind, handle }) => kind === 'close' && handle === 0)).toBe(1)
    const other = new ControlledStorage()
    other.fail('lock', new Error('no'))
    await failure('IO', () => openLog({ storage: other.storage, ...geometry, ownsStorage: true }))
    expect(other.count('close')).toBe(1)
  })
})

describe('an open that fails', () => {
  const calls = ['list', 'open', 'read', 'syncNames', 'rename', 'write', 'sync'] as const

  it.each(calls)('in %s leaves nothing locked', async (kind) => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    await log.append(payload(1))
    const snapshot = disk.snapshot()
    const next = new ControlledStorage({ snapshot })
    next.fail(kind, new Error('no'))
    const error = await failure('IO', () => openLog({ storage: next.storage, ...geometry }))
    expect(error.message).toContain('no')
    expect(next.count('release')).toBe(1)
    expect(next.openFiles).toEqual([])
    const again = await openLog({ storage: next.storage, ...geometry })
    expect(await readAll(again)).toHaveLength(1)
    await again.close()
    await log.close()
  })

  it('tells of its own failure, not of that of the lock', async () => {
    const disk = new ControlledStorage()
    disk.fail('list', new Error('first'))
    disk.fail('release', new Error('second'))
    const error = await failure('IO', () => openLog({ storage: disk.storage, ...geometry }))
    expect(error.message).toContain('first')
  })

  it('for a lock that is held touches nothing', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry })
    disk.operations.length = 0
    await failure('LOCKED', () => openLog({ storage: disk.storage, ...geometry }))
    expect(disk.operations.map(({ kind }) => kind)).toEqual(['lock'])
    await log.close()
  })
})
