import { VarveError } from '@varve/codec'
import type { LogFile, LogStorage } from '@varve/storage'
import { memoryDisk, memoryStorage, type MemoryDisk } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions, type TailOptions } from '../../src/index.ts'
import { forgeFrame } from '../support/crash-forge.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { manualClock, quiet, type ManualClock } from '../support/log-clock.ts'
import { failure, watch, type Watched } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { fill, geometry } from '../support/log-retention.ts'

interface Following {
  readonly log: Log
  readonly seen: number[]
  readonly end: Watched<unknown>
}

function writerOn(disk: MemoryDisk, options: Partial<LogOptions> = {}): Promise<Log> {
  return openLog({ storage: memoryStorage({ disk }), ...geometry, ...options })
}

/** A storage that does not hint that something has changed. */
function withoutWatch(disk: MemoryDisk): LogStorage {
  return Object.assign(memoryStorage({ disk }), { watch: undefined }) as unknown as LogStorage
}

async function follow(
  storage: LogStorage,
  tail: TailOptions = { from: 1 },
  options: Partial<LogOptions> = {},
): Promise<Following> {
  const log = await openLog({ storage, readBytes: 4096, readOnly: true, ...options })
  const seen: number[] = []
  const run = async (): Promise<void> => {
    for await (const { sequence, payload: bytes } of log.tail(tail)) {
      expect(bytes).toEqual(payload(sequence, bytes.length))
      seen.push(sequence)
    }
  }
  return { log, seen, end: watch(run()) }
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

/** Lets hints, which come a little later, and what they set off happen. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await quiet()
}

/** A segment with one record and a batch of two, and where they begin. */
async function oneSegment(): Promise<PlainSegment & { readonly positions: readonly number[] }> {
  const disk = memoryDisk()
  const writer = await writerOn(disk)
  await writer.append(payload(1))
  await writer.appendBatch([payload(2), payload(3)])
  const [segment] = segmentsOf(disk.snapshot()) as [PlainSegment]
  await writer.close()
  return { ...segment, positions: segment.frames.map(({ position }) => position) }
}

/** Writes as another process would, and lets who watches notice. */
async function writeInto(
  disk: MemoryDisk,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  position: number,
): Promise<void> {
  const file = await memoryStorage({ disk }).open(name, 'existing')
  await file.write(bytes, position)
  await file.close()
  await settled()
}

describe('a tail of a log that another process writes', () => {
  it('sees what is appended when the storage hints at it, over rotations', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 1)
    const { log, seen, end } = await follow(memoryStorage({ disk }))
    for (let n = 2; n <= 40; n += 1) {
      await writer.append(payload(n, 300))
      if (n % 3 === 0) await settled()
    }
    await settled()
    expect(seen).toEqual(upTo(40))
    expect(log.lastSequence).toBe(40)
    expect(log.segments.length).toBe(writer.segments.length)
    await log.close()
    await settled()
    expect(end.state).toBe('resolved')
    await writer.close()
  })

  it('looks itself where the storage has no hints, as often as it was told', async () => {
    for (const [options, ms] of [[{ from: 1 }, 50], [{ from: 1, pollMs: 10 }, 10]] as const) {
      const disk = memoryDisk()
      const writer = await writerOn(disk)
      const clock = manualClock()
      const { log, seen } = await follow(withoutWatch(disk), options, { runtime: clock.runtime })
      await quiet()
      await fill(writer, 3)
      await clock.advance(ms - 1)
      expect(seen).toEqual([])
      await clock.advance(1)
      expect(seen).toEqual([1, 2, 3])
      await log.close()
      await quiet()
      expect(clock.timers).toBe(0)
      await writer.close()
    }
  })

  it('looks itself much more seldom where hints may come, since they may not', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    const clock = manualClock()
    let stops = 0
    const silent = Object.assign(memoryStorage({ disk }), { watch: () => () => { stops += 1 } })
    const { log, seen } = await follow(silent, { from: 1 }, { runtime: clock.runtime })
    await quiet()
    await fill(writer, 3)
    await clock.advance(999)
    expect(seen).toEqual([])
    await clock.advance(1)
    expect(seen).toEqual([1, 2, 3])
    await log.close()
    await quiet()
    expect([stops, clock.timers]).toEqual([1, 0])
    await writer.close()
  })

  it('looks at once again when something changes, or it is given up, while it looks', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 1)
    const clock = manualClock()
    const controlled = new ControlledStorage({ disk })
    const { log, seen } = await follow(controlled.storage, { from: 1 }, { runtime: clock.runtime })
    await quiet()
    expect(seen).toEqual([1])
    // The second file that is closed is that of the look; the tail itself stays where it is.
    const hold = controlled.hold('close')
    await clock.advance(50)
    await hold.reached
    await fill(writer, 1)
    await clock.advance(50)
    hold.release()
    await quiet()
    expect(seen).toEqual([1, 2])
    const other = log.tail()
    const next = watch(other.next())
    await quiet()
    const again = controlled.hold('list')
    await clock.advance(50)
    await again.reached
    const given = watch((async () => { await other.return?.() })())
    await quiet()
    again.release()
    await quiet()
    expect([next.state, given.state]).toEqual(['resolved', 'resolved'])
    await log.close()
    await writer.close()
  })

  it('is looked at once for all who follow it', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    const controlled = new ControlledStorage({ disk, asynchronous: true })
    const clock = manualClock()
    const options = { storage: controlled.storage, readBytes: 4096, readOnly: true, runtime: clock.runtime }
    const log = await openLog(options)
    const nexts = Array.from({ length: 10 }, () => watch(log.tail({ from: 1, pollMs: 60_000 }).next()))
    const hint = log.tail({ from: 1, pollMs: 50 })
    nexts.push(watch(hint.next()))
    await settled()
    await writer.append(payload(1))
    const before = controlled.count('list')
    await clock.advance(50)
    await settled()
    expect(nexts.map(({ state }) => state)).toEqual(nexts.map(() => 'resolved'))
    expect(controlled.count('list')).toBe(before + 1)
    await log.close()
    await writer.close()
  })

  it('reads what is new and not the whole segment again', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk, { segmentBytes: 1_048_576 })
    for (let n = 1; n <= 100; n += 1) await writer.append(payload(n, 2000))
    const storage = memoryStorage({ disk })
    let bytes = 0
    const open = storage.open.bind(storage)
    const counting = Object.assign(storage, {
      open(name: string, mode: 'create' | 'existing' | 'read'): LogFile {
        const file = open(name, mode) as LogFile
        const read = file.read.bind(file)
        return Object.assign(file, {
          read(target: Uint8Array<ArrayBuffer>, position: number) {
            const count = read(target, position) as number
            bytes += count
            return count
          },
        })
      },
    })
    const { log, seen } = await follow(counting, {})
    await settled()
    bytes = 0
    for (let n = 101; n <= 110; n += 1) {
      await writer.append(payload(n, 20))
      await settled()
    }
    expect(seen).toEqual(upTo(110, 101))
    expect(bytes).toBeLessThan(10 * 20_000)
    await log.close()
    await writer.close()
  })

  it('shows with visibility durable what the MARKs have confirmed', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk, { durability: 'async' })
    const written = await follow(memoryStorage({ disk }))
    const durable = await follow(memoryStorage({ disk }), { from: 1, visibility: 'durable' })
    for (let n = 1; n <= 5; n += 1) await writer.append(payload(n))
    await settled()
    expect([written.seen, durable.seen]).toEqual([upTo(5), []])
    await writer.sync()
    await settled()
    await settled()
    expect(durable.seen).toEqual(upTo(5))
    expect(durable.log.durableSequence).toBe(5)
    for (const { log } of [written, durable]) await log.close()
    await writer.close()
  })

  it('never shows half of a batch', async () => {
    const { name, bytes, header, positions } = await oneSegment()
    const disk = memoryDisk({ generation: 1, files: new Map([[name, bytes.slice(0, positions[2])]]) })
    const { log, seen } = await follow(memoryStorage({ disk }))
    await settled()
    expect(seen).toEqual([1])
    await writeInto(disk, name, bytes.slice(positions[2]), positions[2] as number)
    expect(seen).toEqual([1, 2, 3])
    expect(header.segmentIndex).toBe(1)
    await log.close()
  })

  it('is told of a frame that only a newer version knows', async () => {
    const { name, bytes, header, positions } = await oneSegment()
    const end = positions[1] as number
    const disk = memoryDisk({ generation: 1, files: new Map([[name, bytes.slice(0, end)]]) })
    const { log, seen, end: ended } = await follow(memoryStorage({ disk }))
    await settled()
    await writeInto(disk, name, forgeFrame(header, end, { type: 0, sequence: 2, version: 2 }), end)
    expect(seen).toEqual([1])
    expect(ended.error).toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    await log.close()
  })

  it('goes on behind a writer that crashed and one that took over', async () => {
    const disk = memoryDisk()
    const first = await writerOn(disk)
    const { log, seen } = await follow(memoryStorage({ disk }))
    await fill(first, 2)
    await settled()
    // Gives the lock back without a word, as a process does that dies.
    const dead = memoryDisk(disk.snapshot())
    const moved = await follow(memoryStorage({ disk: dead }))
    await settled()
    const second = await writerOn(dead)
    await fill(second, 3)
    await settled()
    expect(moved.seen).toEqual(upTo(5))
    expect(seen).toEqual(upTo(2))
    for (const each of [log, moved.log, first, second]) await each.close()
  })
})

describe('segments that are reclaimed under a tail of another process', () => {
  it('are RECLAIMED to it, with the floor, whether it was opened before or knows of it', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 6)
    const log = await openLog({ storage: memoryStorage({ disk }), readBytes: 4096, readOnly: true })
    const slow = log.tail({ from: 1 })
    const notBegun = log.tail({ from: 1 })
    const reading = log.read({ from: 2 })
    expect(await slow.next()).toMatchObject({ value: { sequence: 1 } })
    await writer.reclaim(5)
    expect((await failure('RECLAIMED', () => slow.next())).context).toEqual({ sequence: 2, floor: 5 })
    expect((await failure('RECLAIMED', () => notBegun.next())).context).toEqual({ sequence: 1, floor: 5 })
    expect((await failure('RECLAIMED', () => reading.next())).context).toEqual({ sequence: 2, floor: 5 })
    await failure('RECLAIMED', () => log.tail({ from: 4 }))
    expect(log.firstSequence).toBe(5)
    await log.close()
    await writer.close()
  })

  it('are RECLAIMED also to a plain read and a get of what it had found', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 4)
    const open = (): Promise<Log> => openLog({ storage: memoryStorage({ disk }), readBytes: 4096, readOnly: true })
    const [one, other] = [await open(), await open()]
    await writer.reclaim(4)
    await fill(writer, 2)
    expect((await failure('RECLAIMED', () => one.get(2))).context).toEqual({ sequence: 2, floor: 4 })
    await failure('RECLAIMED', () => other.replay(() => undefined))
    await one.close()
    await other.close()
    await writer.close()
  })

  it('do not keep a log from being opened: it is looked at once more', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 6)
    for (let listed = 0; listed < 3; listed += 1) {
      const storage = memoryStorage({ disk })
      const list = storage.list.bind(storage)
      let lists = 0
      Object.assign(storage, {
        async list() {
          const names = await list()
          lists += 1
          if (lists === 1) {
            await writer.reclaim(writer.firstSequence + 1)
            await fill(writer, 1)
          }
          return names
        },
      })
      const log = await openLog({ storage, readBytes: 4096, readOnly: true })
      expect(lists).toBe(2)
      expect(log.recovery.damage).toEqual([])
      expect([log.firstSequence, log.lastSequence]).toEqual([writer.firstSequence, writer.lastSequence])
      await log.close()
    }
    await writer.close()
  })

  it('are no reason to look for ever', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    const storage = memoryStorage({ disk })
    const ghost = '00000001-0000000000000009.varve'
    let lists = 0
    Object.assign(storage, {
      list() {
        lists += 1
        return [ghost]
      },
    })
    await failure('NOT_FOUND', () => openLog({ storage, readOnly: true }))
    expect(lists).toBe(16)
    await writer.close()
  })
})

/** A log of two records in one segment, and the place of the second payload. */
async function twoRecords(): Promise<{ disk: MemoryDisk; writer: Log; storage: LogStorage; name: string }> {
  const disk = memoryDisk()
  const writer = await writerOn(disk)
  await writer.append(payload(1, 3200))
  await writer.append(payload(2, 3200))
  await writer.append(payload(3, 3200))
  const storage = memoryStorage({ disk })
  return { disk, writer, storage, name: writer.segments[1]?.name as string }
}

async function flip(storage: LogStorage, name: string): Promise<void> {
  const file = await storage.open(name, 'existing')
  const byte = new Uint8Array(1)
  await file.read(byte, 1000)
  await file.write(Uint8Array.of((byte[0] as number) ^ 0xff), 1000)
  await file.close()
}

describe('what does not verify', () => {
  async function tailOfDamage(): Promise<{ clock: ManualClock; found: Following; storage: LogStorage; name: string }> {
    const { disk, storage, name } = await twoRecords()
    const clock = manualClock()
    const options = { readBytes: 4096, readOnly: true, runtime: clock.runtime }
    const log = await openLog({ storage: withoutWatch(disk), ...options })
    const seen: number[] = []
    await flip(storage, name)
    const run = async (): Promise<void> => {
      for await (const { sequence } of log.tail({ from: 1 })) seen.push(sequence)
    }
    return { clock, found: { log, seen, end: watch(run()) }, storage, name }
  }

  it('is not there yet, beside a writer: the tail waits, and goes on when it does verify', async () => {
    const { clock, found, storage, name } = await tailOfDamage()
    await clock.advance(500)
    expect(found.seen).toEqual([1])
    expect(found.end.state).toBe('pending')
    await flip(storage, name)
    await clock.advance(50)
    expect(found.seen).toEqual([1, 2, 3])
    await found.log.close()
  })

  it('keeps no two tails busy: who looks again and finds nothing new wakes nobody', async () => {
    const { disk, storage, name } = await twoRecords()
    const clock = manualClock()
    let lists = 0
    const counted = Object.assign(withoutWatch(disk), {})
    const list = counted.list.bind(counted)
    Object.assign(counted, { list: () => { lists += 1; return list() } })
    const log = await openLog({ storage: counted, readBytes: 4096, readOnly: true, runtime: clock.runtime })
    await flip(storage, name)
    const seen: number[] = []
    const run = async (): Promise<void> => {
      for await (const { sequence } of log.tail({ from: 1, pollMs: 50 })) seen.push(sequence)
    }
    const tails = [watch(run()), watch(run())]
    await clock.advance(500)
    expect(seen).toEqual([1, 1])
    expect(lists).toBeLessThan(100)
    await log.close()
    await settled()
    expect(tails.map(({ state }) => state)).toEqual(['resolved', 'resolved'])
  })

  it('is CORRUPT when the log was opened with it', async () => {
    const { disk, storage, name } = await twoRecords()
    await flip(storage, name)
    const { seen, end, log } = await follow(memoryStorage({ disk }), { from: 1 }, { verify: 'all' })
    await settled()
    expect(log.recovery.damage).toHaveLength(1)
    expect(seen).toEqual([1])
    expect(end.error).toMatchObject({ code: 'CORRUPT', context: { file: name } })
    await log.close()
  })

  it('is told when the log cannot be looked at', async () => {
    const disk = memoryDisk()
    const writer = await writerOn(disk)
    await fill(writer, 1)
    const storage = memoryStorage({ disk })
    const { log, seen, end } = await follow(storage)
    await settled()
    Object.assign(storage, {
      list() {
        throw new VarveError('IO', 'the disk is gone')
      },
    })
    await fill(writer, 1)
    await settled()
    expect(seen).toEqual([1])
    expect(end.error).toMatchObject({ code: 'IO' })
    await log.close()
    await writer.close()
  })
})
