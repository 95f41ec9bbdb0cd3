import { jsonCodec, type EntryCodec } from '@varve/codec'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { openLogSync, type SynchronousLog, type TypedSynchronousLog } from '../../src/index.ts'
import { failure } from '../support/log-promises.ts'

interface Order {
  readonly id: number
}

const geometry = { segmentBytes: 8192, blockBytes: 128 } as const

describe('a typed synchronous log', () => {
  it('takes and gives entries, and all the rest is the log that it stands on', () => {
    const storage = memoryStorage()
    {
      using log = openLogSync({ storage, ...geometry, entry: jsonCodec<Order>() })
      expect(log.recovery).toBe(log.log.recovery)
      expect(log.appendSync({ id: 1 }, { type: 7, timestamp: 5 })).toBe(1)
      expect(log.appendBatchSync([{ id: 2 }, { id: 3 }], { type: 8 })).toEqual({ first: 2, last: 3 })
      expect(log.enqueue({ id: 4 })).toBe(4)
      log.flushSync()
      log.syncSync()
      const records = [...log.readSync({ from: 2 })]
      expect(records[0]).toEqual({ sequence: 2, timestamp: 5, type: 8, entry: { id: 2 } })
      expect(records.map(({ entry }) => entry.id)).toEqual([2, 3, 4])
      expect([log.getSync(1)?.entry, log.getSync(5)]).toEqual([{ id: 1 }, undefined])
      const replayed: [number, number][] = []
      expect(log.replaySync((entry, record) => replayed.push([entry.id, record.sequence]), { to: 2 })).toBe(2)
      expect(replayed).toEqual([[1, 1], [2, 2]])
      expect([log.firstSequence, log.lastSequence, log.durableSequence]).toEqual([1, 4, 4])
      expect([log.stats().records, log.segments.length]).toEqual([4, 1])
      expect(log.procedures).toBe(log.log.procedures)
      log.archiveSync(2)
      expect(log.reclaimSync(3).floor).toBe(3)
    }
    const again = openLogSync({ storage, ...geometry })
    expect(again.recovery.cleanShutdown).toBe(true)
    again.closeSync()
  })

  it('is typed by its codec', () => {
    const log = openLogSync({ storage: memoryStorage(), entry: jsonCodec<Order>() })
    expectTypeOf(log).toEqualTypeOf<TypedSynchronousLog<Order>>()
    const plain = openLogSync({ storage: memoryStorage() })
    expectTypeOf(plain).toEqualTypeOf<SynchronousLog>()
    log.closeSync()
    plain.closeSync()
  })

  it('survives a codec that throws, which is heard of', async () => {
    const codec: EntryCodec<number> = {
      name: 'picky',
      encode(entry) {
        if (entry === 3) throw new RangeError('not 3')
        return Uint8Array.of(entry)
      },
      decode(bytes) {
        if (bytes[0] === 2) throw new RangeError('not 2')
        return bytes[0] ?? 0
      },
    }
    const log = openLogSync({ storage: memoryStorage(), ...geometry, entry: codec })
    expect(() => log.appendBatchSync([1, 3])).toThrow(new RangeError('not 3'))
    expect(log.lastSequence).toBe(0)
    log.appendBatchSync([1, 2, 4])
    const error = await failure('INVALID_ARGUMENT', () => [...log.readSync()])
    expect(error.context).toEqual({ sequence: 2, codec: 'picky' })
    expect([log.stats().readers, log.getSync(3)?.entry]).toEqual([0, 4])
    log.closeSync()
  })
})
