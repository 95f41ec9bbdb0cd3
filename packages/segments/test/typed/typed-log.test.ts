import { jsonCodec, textCodec, bytesCodec, type EntryCodec } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { openLog, type Log, type TypedLog, type TypedRecord } from '../../src/index.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { isWriteCall } from '../support/log-intercept.ts'
import { failure, watch } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'

interface Order {
  readonly id: number
}

const geometry = { segmentBytes: 8192, blockBytes: 128 } as const

/** Encodes numbers into one buffer, over and over, and fails where it is told to. */
function scratchCodec(failsAt: number): EntryCodec<number> {
  const scratch = new Uint8Array(8)
  return {
    name: 'scratch',
    encode(entry) {
      if (entry === failsAt) throw new RangeError(`not ${entry}`)
      new DataView(scratch.buffer).setFloat64(0, entry)
      return scratch
    },
    decode(bytes) {
      const entry = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat64(0)
      if (entry === failsAt + 0.5) throw new RangeError(`not ${entry}`)
      return entry
    },
  }
}

async function all<Entry>(records: AsyncIterable<TypedRecord<Entry>>): Promise<TypedRecord<Entry>[]> {
  const found: TypedRecord<Entry>[] = []
  for await (const record of records) found.push(record)
  return found
}

describe('a typed log', () => {
  it('takes and gives entries, and all the rest is the log that it stands on', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, ...geometry, entry: jsonCodec<Order>() })
    expect(log.recovery).toBe(log.log.recovery)
    expect(await log.append({ id: 1 }, { type: 7, timestamp: 5 })).toBe(1)
    expect(await log.appendBatch([{ id: 2 }, { id: 3 }], { type: 8 })).toEqual({ first: 2, last: 3 })
    expect(log.enqueue({ id: 4 })).toBe(4)
    await log.flush()
    await log.sync()
    const records = await all(log.read({ from: 2 }))
    expect(records[0]).toEqual({ sequence: 2, timestamp: 5, type: 8, entry: { id: 2 } })
    expect(records.map(({ entry }) => entry.id)).toEqual([2, 3, 4])
    expect(await log.get(1)).toEqual({ sequence: 1, timestamp: 5, type: 7, entry: { id: 1 } })
    expect(await log.get(5)).toBeUndefined()
    const replayed: [number, number][] = []
    expect(await log.replay((entry, record) => replayed.push([entry.id, record.sequence]), { to: 2 })).toBe(2)
    expect(replayed).toEqual([[1, 1], [2, 2]])
    expect([log.firstSequence, log.lastSequence, log.durableSequence]).toEqual([1, 4, 4])
    expect([log.stats().records, log.segments.length]).toEqual([4, 1])
    expect(log.procedures).toBe(log.log.procedures)
    await log.archive(2)
    expect((await log.reclaim(3)).floor).toBe(3)
    await log.close()
  })

  it('is followed as it grows, and closes with its block', async () => {
    const seen: string[] = []
    {
      await using log = await openLog({ storage: memoryStorage(), ...geometry, entry: textCodec })
      const tail = log.tail({ from: 1 })
      void log.append('one')
      for await (const { entry } of tail) {
        seen.push(entry)
        if (seen.length === 2) break
        void log.append('two')
      }
      expect(log.stats().readers).toBe(0)
      await using reader = log.read()
      expect(((await reader.next()).value as TypedRecord<string> | undefined)?.entry).toBe('one')
    }
    expect(seen).toEqual(['one', 'two'])
  })

  it('is typed by its codec', async () => {
    const log = await openLog({ storage: memoryStorage(), entry: jsonCodec<Order>() })
    expectTypeOf(log).toEqualTypeOf<TypedLog<Order>>()
    expectTypeOf<Parameters<typeof log.append>[0]>().toEqualTypeOf<Order>()
    expectTypeOf(log.get(1)).resolves.toEqualTypeOf<TypedRecord<Order> | undefined>()
    const bytes = await openLog({ storage: memoryStorage(), entry: bytesCodec })
    expectTypeOf(bytes).toEqualTypeOf<TypedLog<Uint8Array>>()
    const plain = await openLog({ storage: memoryStorage() })
    expectTypeOf(plain).toEqualTypeOf<Log>()
    await Promise.all([log.close(), bytes.close(), plain.close()])
  })

  it('tells of its failure as the log does', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, entry: textCodec })
    disk.fail(isWriteCall, new Error('no'))
    const error = await failure('POISONED', () => log.append('x'))
    expect(await log.failed).toBe(error)
    await log.close()
  })
})

describe('a codec', () => {
  it('that throws on encode leaves the log untouched, amid a batch too, and its error as it is', async () => {
    const log = await openLog({ storage: memoryStorage(), ...geometry, entry: scratchCodec(3) })
    const codecsOwn = new RangeError('not 3')
    await expect(log.append(3)).rejects.toEqual(codecsOwn)
    await expect(log.appendBatch([1, 2, 3, 4])).rejects.toEqual(codecsOwn)
    expect(() => log.enqueue(3)).toThrow(codecsOwn)
    expect([log.lastSequence, log.stats().queuedRecords]).toEqual([0, 0])
    expect(await log.append(1)).toBe(1)
    await log.close()
  })

  it('that throws on decode ends the read, which says where, and the log goes on', async () => {
    const log = await openLog({ storage: memoryStorage(), ...geometry, entry: scratchCodec(3) })
    await log.appendBatch([1, 2, 3.5, 4])
    const failures = [
      () => all(log.read()),
      () => all(log.tail({ from: 3 })),
      () => log.get(3),
      () => log.replay(() => undefined),
    ]
    for (const read of failures) {
      const error = await failure('INVALID_ARGUMENT', read)
      expect(error.context).toEqual({ sequence: 3, codec: 'scratch' })
      expect(error.cause).toEqual(new RangeError('not 3.5'))
    }
    expect(log.stats().readers).toBe(0)
    expect((await all(log.read({ from: 4 }))).map(({ entry }) => entry)).toEqual([4])
    expect(await log.append(5)).toBe(5)
    await log.close()
  })

  it('that throws something that is no error is quoted', async () => {
    const odd: EntryCodec<number> = {
      name: 'odd',
      encode: () => payload(1),
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a codec may do
      decode: () => { throw 'odd' },
    }
    const log = await openLog({ storage: memoryStorage(), ...geometry, entry: odd })
    await log.append(1)
    expect((await failure('INVALID_ARGUMENT', () => log.get(1))).message).toContain('(odd)')
    await log.close()
  })

  it('may use one buffer for all entries, of a batch and of calls that wait', async () => {
    const disk = new ControlledStorage()
    const log = await openLog({ storage: disk.storage, ...geometry, queue: { maxBytes: 48 }, entry: scratchCodec(-1) })
    const hold = disk.hold(isWriteCall)
    const first = log.append(1)
    await hold.reached
    const calls = [watch(log.append(2)), watch(log.append(3)), watch(log.appendBatch([4, 5])), watch(log.append(6))]
    await quiet()
    expect(log.stats().waitingCalls).toBe(3)
    hold.release()
    await first
    await log.sync()
    await quiet()
    expect(calls.map(({ state }) => state)).toEqual(Array(4).fill('resolved'))
    expect((await all(log.read())).map(({ entry }) => entry)).toEqual([1, 2, 3, 4, 5, 6])
    await log.close()
  })
})
