import { memoryDisk, memoryStorage, type MemoryDisk } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync, type Log, type StreamChunk, type StreamOptions } from '../../src/index.ts'
import { manualClock, quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure, watch, type Watched } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall, withoutMark } from '../support/replica-parts.ts'
import { framesOf } from '../support/stream-frames.ts'

interface Followed {
  readonly log: Log
  readonly chunks: StreamChunk[]
  readonly end: Watched<unknown>
}

async function follow(disk: MemoryDisk, options: StreamOptions = {}): Promise<Followed> {
  const log = await openLog({ storage: memoryStorage({ disk }), ...small, readOnly: true })
  const chunks: StreamChunk[] = []
  const run = async (): Promise<void> => {
    for await (const chunk of log.stream({ follow: true, ...options })) chunks.push(chunk)
  }
  return { log, chunks, end: watch(run()) }
}

function recordsIn(chunks: readonly StreamChunk[]): string[] {
  return framesOf(chunks).filter((frame) => frame.startsWith('record'))
}

function upTo(last: number): string[] {
  return Array.from({ length: last }, (_, at) => `record ${at + 1}`)
}

async function piece(stream: AsyncIterator<StreamChunk, undefined>): Promise<StreamChunk> {
  const { value } = await stream.next()
  if (value === undefined) throw new Error('the stream has ended')
  return value
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await quiet()
}

describe('a stream of a log that another process writes', () => {
  it('gets what is proven durable, across rotations', async () => {
    const disk = memoryDisk()
    const { log, chunks, end } = await follow(disk)
    const writer = await openLog({ storage: memoryStorage({ disk }), ...small })
    for (let n = 1; n <= 25; n += 1) {
      await writer.append(payload(n, 300))
      if (n % 3 === 0) await settled()
    }
    await settled()
    expect(recordsIn(chunks)).toEqual(upTo(25))
    expect(new Set(chunks.map(({ from }) => from.segment)).size).toBe(writer.segments.length)
    await log.close()
    await settled()
    expect(end.state).toBe('resolved')
    await writer.close()
  })

  it('gets nothing that only verifies', async () => {
    const disk = memoryDisk()
    const writer = await openLog({ storage: memoryStorage({ disk }), ...small, durability: 'async' })
    await writer.append(payload(1))
    const { log, chunks } = await follow(disk)
    await settled()
    expect([log.lastSequence, recordsIn(chunks)]).toEqual([1, []])
    await writer.sync()
    await settled()
    expect(recordsIn(chunks)).toEqual(upTo(1))
    await log.close()
    await writer.close()
  })

  it('goes on behind a hand-over, also when it cuts below what had streamed', async () => {
    const before = storageOf()
    const dead = openLogSync({ storage: before, ...small })
    appendSmall(dead, 4)
    const whole = before.snapshot()
    const disk = memoryDisk(whole)
    const { log, chunks } = await follow(disk)
    await settled()
    expect(recordsIn(chunks)).toEqual(upTo(4))
    // The next writer finds the log without its last MARK, as after a loss of power.
    const [segment] = segmentsOf(whole)
    const mark = segment?.frames.at(-1)
    const file = await memoryStorage({ disk }).open(segment?.name ?? '', 'existing')
    await file.write(new Uint8Array(40), mark?.position ?? 0)
    await file.close()
    const writer = await openLog({ storage: memoryStorage({ disk }), ...small })
    expect(writer.recovery.carriedRecords).toBe(1)
    await writer.append(payload(5, 300))
    await settled()
    expect(recordsIn(chunks)).toEqual([...upTo(4), 'record 4', 'record 5'])
    expect(chunks.findLast(({ from }) => from.segment === 1)?.to.offset).toBe(mark?.position)
    await log.close()
    await writer.close()
  })

  it('waits beside a log that does not exist yet, and a segment that is not there yet', async () => {
    const disk = memoryDisk()
    const fresh = await follow(disk)
    await settled()
    expect(fresh.end.state).toBe('pending')
    const writer = await openLog({ storage: memoryStorage({ disk }), ...small })
    const next = await follow(disk, { from: { segment: 2, offset: 0 } })
    await writer.append(payload(1, 2600))
    await writer.append(payload(2, 2600))
    await settled()
    expect([recordsIn(fresh.chunks), recordsIn(next.chunks)]).toEqual([upTo(2), ['record 2']])
    await fresh.log.close()
    await next.log.close()
    await writer.close()
  })

  it('goes on when a segment was reclaimed that it had in full, and throws RECLAIMED when it had not', async () => {
    const disk = memoryDisk()
    const writer = await openLog({ storage: memoryStorage({ disk }), ...small })
    for (let n = 1; n <= 2; n += 1) await writer.append(payload(n, 2600))
    const { log, chunks, end } = await follow(disk)
    await settled()
    await writer.reclaim(2)
    await writer.append(payload(3, 2600))
    await settled()
    expect([end.state, recordsIn(chunks)]).toEqual(['pending', upTo(3)])
    // Three more segments come and go before it looks again.
    for (let n = 4; n <= 6; n += 1) await writer.append(payload(n, 2600))
    await writer.reclaim(6)
    await settled()
    const lost = recordsIn(chunks).length < 6
    expect(end.state).toBe(lost ? 'rejected' : 'pending')
    await log.close()
    const late = await openLog({ storage: memoryStorage({ disk }), ...small, readOnly: true })
    await writer.append(payload(7, 2600))
    await writer.reclaim(7)
    const { context } = await failure('RECLAIMED', async () => {
      for await (const { bytes } of late.stream()) expect(bytes.length).toBeGreaterThan(0)
    })
    expect(context).toMatchObject({ oldestSegment: 7, floor: 7 })
    await late.close()
    await writer.close()
  })

  it('stands where it was when a segment was reclaimed that it had up to its cut', async () => {
    const before = storageOf()
    appendSmall(openLogSync({ storage: before, ...small }), 3)
    const disk = memoryDisk(before.snapshot())
    const clock = manualClock()
    const log = await openLog({ storage: memoryStorage({ disk }), ...small, readOnly: true, runtime: clock.runtime })
    const stream = log.stream()
    const seen = [await piece(stream), await piece(stream)]
    expect(recordsIn(seen)).toEqual(upTo(3))
    const writer = openLogSync({ storage: memoryStorage({ disk }), ...small })
    appendLarge(writer, 2)
    writer.reclaimSync(4)
    const follower = log.stream({ follow: true, from: seen[1]?.to })
    expect((await piece(follower)).from).toMatchObject({ segment: 2, offset: 0 })
    await follower.return?.()
    await stream.return?.()
    await log.close()
    writer.closeSync()
  })

  it('is not misled by a file that vanishes between looking and opening', async () => {
    const disk = memoryDisk()
    const writer = openLogSync({ storage: memoryStorage({ disk }), ...small })
    appendLarge(writer, 3)
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const log = await openLog({ storage: controlled.storage, ...small, readOnly: true })
    const hold = controlled.hold(({ kind, name }) => kind === 'open' && name.startsWith('00000001'))
    const first = watch(log.stream({ follow: true }).next())
    await hold.reached
    writer.reclaimSync(3)
    hold.release()
    await settled()
    expect(first.state).toBe('rejected')
    const { context } = await failure('RECLAIMED', () => { throw first.error })
    expect(context).toMatchObject({ segment: 1, oldestSegment: 3 })
    expect(controlled.openFiles).toEqual([])
    await log.close()
    writer.closeSync()
  })

  it('takes what does not verify as not yet there, and looks again at once', async () => {
    const disk = memoryDisk()
    const writer = openLogSync({ storage: memoryStorage({ disk }), ...small })
    appendSmall(writer, 3)
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const clock = manualClock()
    const log = await openLog({ storage: controlled.storage, ...small, readOnly: true, runtime: clock.runtime })
    const stream = log.stream({ follow: true })
    await stream.next()
    const { name } = log.segments[0] as { readonly name: string }
    const file = memoryStorage({ disk }).open(name, 'existing') as { write(bytes: Uint8Array, at: number): void }
    const good = disk.snapshot().files.get(name) as Uint8Array<ArrayBuffer>
    file.write(Uint8Array.of(1, 2, 3), 150)
    const hold = controlled.hold('list')
    const next = watch(stream.next())
    await hold.reached
    file.write(good.subarray(150, 153), 150)
    hold.release()
    await settled()
    expect([next.state, recordsIn([next.value?.value as StreamChunk])]).toEqual(['resolved', upTo(3)])
    await stream.return?.()
    await log.close()
  })

  it.each(['is closed', 'is given up', 'is aborted'])('ends at once when it %s while it looks', async (how) => {
    const disk = memoryDisk()
    appendSmall(openLogSync({ storage: memoryStorage({ disk }), ...small }), 1)
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const clock = manualClock()
    const log = await openLog({ storage: controlled.storage, ...small, readOnly: true, runtime: clock.runtime })
    const controller = new AbortController()
    const stream = log.stream({ follow: true, signal: controller.signal })
    await piece(stream)
    await piece(stream)
    const waiting = watch(stream.next())
    await settled()
    const hold = controlled.hold('list')
    await clock.advance(50)
    await hold.reached
    if (how === 'is closed') await log.close()
    else if (how === 'is aborted') controller.abort()
    else void stream.return?.()
    await settled()
    hold.release()
    await settled()
    expect(waiting.state).toBe(how === 'is aborted' ? 'rejected' : 'resolved')
    expect(clock.timers).toBe(0)
    await log.close()
  })

  it('of a log without its last MARK ends before what nothing proves', () => {
    const storage = storageOf()
    appendSmall(openLogSync({ storage, ...small }), 3)
    const log = openLogSync({ storage: storageOf(withoutMark(storage.snapshot())), ...small, readOnly: true })
    expect([log.lastSequence, recordsIn([...log.streamSync()])]).toEqual([3, upTo(2)])
  })
})
