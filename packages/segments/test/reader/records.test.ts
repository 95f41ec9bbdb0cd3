import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type Log, type LogRecord, type RecordView } from '../../src/index.ts'
import { failure } from '../support/log-promises.ts'
import { payload, plain } from '../support/log-records.ts'

const geometry = { segmentBytes: 131_072, blockBytes: 128, readBytes: 4096 } as const

async function filled(count: number, bytes: number, kernel: 'auto' | 'portable' = 'auto'): Promise<Log> {
  const log = await openLog({ storage: memoryStorage(), ...geometry, kernel })
  await Promise.all(Array.from({ length: count }, (_, n) => log.append(payload(n + 1, bytes))))
  return log
}

describe('a record that was read', () => {
  it('stays as it is, whatever is read after it', async () => {
    const log = await filled(500, 100)
    const kept: LogRecord[] = []
    for await (const record of log.read()) kept.push(record)
    await log.replay(() => undefined)
    await log.close()
    for (const { sequence, payload: bytes } of kept) expect(bytes).toEqual(payload(sequence, 100))
  })

  it('keeps no more than 64 KiB alive beside itself', async () => {
    const log = await openLog({ storage: memoryStorage(), segmentBytes: 1_048_576 })
    const sizes = [10, 30_000, 40_000, 10, 100_000, 10, 65_536, 65_537, 20]
    for (const [at, size] of sizes.entries()) await log.append(payload(at, size))
    const kept: LogRecord[] = []
    for await (const record of log.read()) kept.push(record)
    for (const { payload: bytes } of kept) {
      expect(bytes.buffer.byteLength).toBeLessThanOrEqual(Math.max(bytes.length, 65_536))
    }
    expect(kept.map(({ payload: bytes }) => bytes.length)).toEqual(sizes)
    await log.close()
  })

  it('may be changed by whoever has it, and no other reader sees that', async () => {
    const log = await filled(3, 50)
    const record = await log.get(2)
    record?.payload.fill(0)
    expect((await log.get(2))?.payload).toEqual(payload(2, 50))
    await log.close()
  })
})

describe('a replay', () => {
  it('shows each record through one object, valid during the call', async () => {
    const log = await filled(200, 100, 'portable')
    const views = new Set<RecordView>()
    const during: unknown[] = []
    const after: Uint8Array[] = []
    const count = await log.replay((view) => {
      views.add(view)
      after.push(view.payload)
      expect(view.payloadBytes).toBe(100)
      during.push(plain({ ...view, payload: view.payload.slice() }))
    })
    expect(count).toBe(200)
    expect(views.size).toBe(1)
    const read: unknown[] = []
    for await (const record of log.read()) read.push(plain(record))
    expect(during).toEqual(read)
    // They all lie in one small buffer that was used over and over. One of WebAssembly comes in pages of 64 KiB.
    expect(new Set(after.map(({ buffer }) => buffer)).size).toBe(1)
    expect(after[0]?.buffer.byteLength).toBeLessThanOrEqual(geometry.readBytes + 65_536)
    await log.close()
  })

  it('ends with what its visitor throws, and gives its file back', async () => {
    const log = await filled(10, 10)
    const visit = (): void => { throw new RangeError('enough') }
    await expect(log.replay(visit)).rejects.toThrow('enough')
    expect(await log.replay(() => undefined)).toBe(10)
    await log.close()
  })
})

describe('a range', () => {
  it('that cannot be is refused by every way to read', async () => {
    const log = await filled(3, 10)
    for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
      await failure('INVALID_ARGUMENT', () => log.read({ from: bad }))
      await failure('INVALID_ARGUMENT', () => log.read({ to: bad }))
      await failure('INVALID_ARGUMENT', () => log.replay(() => undefined, { from: bad }))
      await failure('INVALID_ARGUMENT', () => log.get(bad))
    }
    await log.close()
  })

  it('that is empty, or beyond the end, has no records', async () => {
    const log = await filled(3, 10)
    for (const range of [{ from: 3, to: 2 }, { from: 4 }, { from: 1000, to: 2000 }]) {
      expect(await log.replay(() => undefined, range)).toBe(0)
    }
    expect(await log.get(4)).toBeUndefined()
    expect(await log.get(Number.MAX_SAFE_INTEGER)).toBeUndefined()
    await log.close()
  })
})
