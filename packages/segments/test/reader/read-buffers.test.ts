import { asynchronousRuntime } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it, vi } from 'vitest'
import { settle } from '../../src/api/options.ts'
import { openSession } from '../../src/api/session.ts'
import { Log } from '../../src/index.ts'
import { ReadBuffers } from '../../src/read/read-buffers.ts'
import { payload } from '../support/log-records.ts'

describe('read buffers', () => {
  it('are of the size and kernel that was asked for', () => {
    const kernel = new ReadBuffers(4096, 'portable').take()
    expect([kernel.memory.length, kernel.name]).toEqual([4096, 'portable'])
  })

  it('are lent again when they were given back, two of them at most', () => {
    const buffers = new ReadBuffers(4096, 'auto')
    const taken = [buffers.take(), buffers.take(), buffers.take()] as const
    expect(new Set(taken).size).toBe(3)
    for (const kernel of taken) buffers.give(kernel)
    const again = new Set([buffers.take(), buffers.take()])
    expect(again).toEqual(new Set([taken[0], taken[1]]))
    expect(taken).not.toContain(buffers.take())
  })

  it('are given back when whoever had one failed', () => {
    const buffers = new ReadBuffers(4096, 'auto')
    const seen: unknown[] = []
    const fail = buffers.lend((kernel) => {
      seen.push(kernel)
      throw new Error('no')
    })
    expect(() => fail.next()).toThrow('no')
    expect(buffers.take()).toBe(seen[0])
  })
})

describe('the buffer of a reader', () => {
  async function open(): Promise<{ log: Log; take: ReturnType<typeof vi.fn>; give: ReturnType<typeof vi.fn> }> {
    const runtime = asynchronousRuntime()
    const settings = settle({ storage: memoryStorage(), readBytes: 4096, segmentBytes: 8192, blockBytes: 128 }, runtime)
    const log = new Log(await runtime.run(openSession(settings)))
    for (let n = 1; n <= 30; n += 1) await log.append(payload(n, 500))
    const take = vi.spyOn(settings.buffers, 'take') as unknown as ReturnType<typeof vi.fn>
    const give = vi.spyOn(settings.buffers, 'give') as unknown as ReturnType<typeof vi.fn>
    return { log, take, give }
  }

  it('is one for all segments, from its first read on, and given back once, however often it is closed', async () => {
    const { log, take, give } = await open()
    const records = log.read()
    expect(take).toHaveBeenCalledTimes(0)
    for (let n = 1; n <= 25; n += 1) await records.next()
    expect([take.mock.calls.length, give.mock.calls.length]).toEqual([1, 0])
    await Promise.all([records.return?.(), records.return?.()])
    await records.return?.()
    expect([take.mock.calls.length, give.mock.calls.length]).toEqual([1, 1])
    expect(give.mock.calls[0]?.[0]).toBe(take.mock.results[0]?.value)
    await log.close()
    expect(give).toHaveBeenCalledTimes(1)
  })

  it('is none when there is nothing to read', async () => {
    const { log, take, give } = await open()
    for await (const record of log.read({ from: 31 })) expect(record).toBeUndefined()
    expect(await log.get(31)).toBeUndefined()
    expect([take.mock.calls.length, give.mock.calls.length]).toEqual([0, 0])
    await log.close()
  })

  it('is given back by every kind of reader', async () => {
    const { log, take, give } = await open()
    for await (const { sequence } of log.read()) if (sequence === 20) break
    await log.replay(() => undefined)
    for (const n of [1, 17, 30]) await log.get(n)
    await log.replay(() => { throw new Error('no') }).catch(() => undefined)
    for await (const { sequence } of log.tail({ from: 1 })) if (sequence === 30) break
    let pieces = 0
    for await (const piece of log.stream()) pieces += piece.bytes.length > 0 ? 1 : 0
    const snapshot = log.snapshot()
    await snapshot.replay(() => undefined)
    await snapshot.close()
    await log.close()
    expect(pieces).toBeGreaterThan(3)
    expect(take.mock.calls.length).toBeGreaterThan(6)
    expect(give.mock.calls.length).toBe(take.mock.calls.length)
  })
})
