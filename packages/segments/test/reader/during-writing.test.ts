import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { failure } from '../support/log-promises.ts'
import { payload, readAll } from '../support/log-records.ts'

const geometry = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const

async function open(options: Omit<LogOptions, 'storage'> = {}): Promise<{ disk: ControlledStorage; log: Log }> {
  const disk = new ControlledStorage({ without: ['writeDurable'] })
  const log = await openLog({ storage: disk.storage, ...geometry, ...options })
  return { disk, log }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1)
}

async function appendMany(log: Log, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => log.append(payload(n, 60))))
}

describe('an iterator', () => {
  it('goes on over everything that is appended before it comes to the end, rotations included', async () => {
    const { log } = await open()
    await appendMany(log, 3)
    const seen: number[] = []
    for await (const { sequence, payload: bytes } of log.read()) {
      seen.push(sequence)
      expect(bytes).toHaveLength(60)
      if (sequence < 150) await log.append(payload(sequence, 60))
    }
    expect(seen).toEqual(upTo(152))
    expect(log.segments.length).toBeGreaterThan(3)
    await log.close()
  })

  it('skips nothing that became durable after it had read it and might not show it', async () => {
    const { disk, log } = await open()
    await appendMany(log, 3)
    const hold = disk.hold('sync')
    const pending = [log.append(payload(4)), log.append(payload(5)), log.append(payload(6))]
    await hold.reached
    const reading = log.read()
    const seen: number[] = []
    for (let n = 0; n < 3; n += 1) seen.push(((await reading.next()).value as { sequence: number }).sequence)
    hold.release()
    await Promise.all(pending)
    await log.append(payload(7))
    for await (const { sequence } of reading) seen.push(sequence)
    expect(seen).toEqual(upTo(7))
    await log.close()
  })

  it('that began with an empty buffer sees a segment that was sealed meanwhile to its end', async () => {
    const { log } = await open()
    await appendMany(log, 10)
    const reading = log.read()
    const seen = [((await reading.next()).value as { sequence: number }).sequence]
    await appendMany(log, 100)
    for await (const { sequence } of reading) seen.push(sequence)
    expect(seen).toEqual(upTo(110))
    await log.close()
  })

  it('does not make the writer wait, nor wait for it', async () => {
    const { disk, log } = await open()
    await appendMany(log, 3)
    const read = disk.hold('read')
    const reading = readAll(log)
    await read.reached
    await appendMany(log, 2)
    const sync = disk.hold('sync')
    const pending = log.append(payload(6))
    await sync.reached
    read.release()
    expect((await reading).map(({ sequence }) => sequence)).toEqual(upTo(5))
    sync.release()
    await pending
    await log.close()
  })

  it.each(['return', 'break', 'dispose', 'throw'] as const)('that is given up gives its file back: %s', async (how) => {
    const { disk, log } = await open()
    await appendMany(log, 60)
    const before = disk.openFiles
    if (how === 'break') {
      for await (const { sequence } of log.read()) if (sequence === 3) break
    } else if (how === 'throw') {
      const loop = async (): Promise<void> => {
        for await (const { sequence } of log.read()) if (sequence === 3) throw new RangeError('enough')
      }
      await expect(loop()).rejects.toThrow('enough')
    } else {
      const reading = log.read()
      await reading.next()
      expect(disk.openFiles).toHaveLength(before.length + 1)
      await (how === 'return' ? reading.return?.() : reading[Symbol.asyncDispose]())
      expect(await reading.next()).toEqual({ done: true, value: undefined })
    }
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })

  it('that has come to its end gives its file back and stays there', async () => {
    const { disk, log } = await open()
    await appendMany(log, 60)
    const before = disk.openFiles
    const reading = log.read()
    for await (const record of reading) expect(record.sequence).toBeLessThan(61)
    expect(disk.openFiles).toEqual(before)
    await log.append(payload(61))
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    await log.close()
  })

  it('may be asked for several records at once', async () => {
    const { log } = await open()
    await appendMany(log, 80)
    const reading = log.read()
    const results = await Promise.all(Array.from({ length: 82 }, () => reading.next()))
    expect(results.map(({ value }) => (value as { sequence: number } | undefined)?.sequence)).toEqual([
      ...upTo(80),
      undefined,
      undefined,
    ])
    await log.close()
  })

  it('may be given up while it loads', async () => {
    const { disk, log } = await open()
    await appendMany(log, 80)
    const before = disk.openFiles
    const hold = disk.hold('read')
    const reading = log.read()
    const first = reading.next()
    await hold.reached
    const given = reading.return?.()
    await quiet()
    hold.release()
    await given
    expect((await first).value).toMatchObject({ sequence: 1 })
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    expect(disk.openFiles).toEqual(before)
    await log.close()
  })

  it('tells of a read that failed, gives its file back and has come to its end', async () => {
    const { disk, log } = await open()
    await appendMany(log, 80)
    const before = disk.openFiles
    const reading = log.read()
    disk.fail('read', new Error('bad sector'))
    expect((await failure('IO', () => reading.next())).message).toContain('bad sector')
    expect(disk.openFiles).toEqual(before)
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    expect(await readAll(log)).toHaveLength(80)
    await log.close()
  })
})

describe('visibility', () => {
  it('may be chosen for the log and for a read', async () => {
    const { log } = await open({ durability: 'async', visibility: 'durable' })
    await appendMany(log, 3)
    expect(await readAll(log)).toEqual([])
    expect(await log.get(1)).toBeUndefined()
    expect(await log.replay(() => undefined)).toBe(0)
    expect(await readAll(log, { visibility: 'written' })).toHaveLength(3)
    await log.sync()
    expect(await readAll(log)).toHaveLength(3)
    expect(await log.get(3)).toMatchObject({ sequence: 3 })
    await log.close()
  })
})
