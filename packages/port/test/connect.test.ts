import { bytesCodec, jsonCodec, VarveError } from '@varve/codec'
import { openLog } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deferred } from '../src/deferred.ts'
import { connectLog, serveLog, type PortLike } from '../src/index.ts'
import { channel, collect, failure, newLog, pair, pairOf, settled, text, textOf } from './support/pairs.ts'

describe('a connected log', () => {
  it('does what the log does', async () => {
    const { client, log } = await pair()
    expect(client.recovery).toEqual(log.recovery)
    expect(client.firstSequence).toBe(1)
    expect(await client.append(text('one'), { type: 7, timestamp: 5 })).toBe(1)
    expect(await client.appendBatch([text('two'), { payload: text('three'), type: 2 }])).toEqual({ first: 2, last: 3 })
    expect([client.lastSequence, client.durableSequence]).toEqual([3, 3])
    await client.flush()
    await client.sync()
    expect(await client.get(1)).toEqual(await log.get(1))
    expect(await client.get(9)).toBeUndefined()
    expect(await collect(client.read({ from: 2, to: 3 }))).toEqual(await collect(log.read({ from: 2, to: 3 })))
    const seen: string[] = []
    expect(await client.replay(({ payload, payloadBytes }) => { seen.push(`${textOf(payload)} ${payloadBytes}`) }))
      .toBe(3)
    expect(seen).toEqual(['one 3', 'two 3', 'three 5'])
    expect(await client.stats()).toEqual({ ...log.stats(), saturation: expect.any(Number) as number })
    expect(await client.segments()).toEqual([{ ...log.segments[0], sparseIndex: undefined }])
  })

  it('archives and reclaims', async () => {
    const { client, log } = await pair({ log: { segmentBytes: 8192 } })
    for (let record = 0; record < 4; record += 1) await client.append(new Uint8Array(2600))
    await client.archive(2)
    expect(client.firstSequence).toBe(2)
    const { floor, removed } = await client.reclaim(4)
    expect([floor, removed.length]).toEqual([4, 3])
    expect(log.firstSequence).toBe(4)
    await failure('RECLAIMED', () => client.get(1))
  })

  it('passes on what a visitor throws', async () => {
    const { client, log } = await pair()
    await client.append(text('one'))
    const wrong = new Error('as planned')
    await expect(client.replay(() => { throw wrong })).rejects.toBe(wrong)
    await settled()
    expect(log.stats().readers).toBe(0)
  })

  it('says when the log is poisoned', async () => {
    const storage = memoryStorage()
    const { client, log } = await pair({ log: { storage } })
    await storage.close()
    await failure('POISONED', () => client.append(text('one')))
    expect(await client.failed).toEqual(await log.failed)
  })

  it('is closed, and the log is not', async () => {
    const { client, log, server } = await pair()
    const last = client.append(text('one'))
    await Promise.all([client.close(), client.close()])
    expect(await last).toBe(1)
    await server.closed
    for (const call of [() => client.append(text('two')), () => client.sync(), () => client.get(1)]) {
      await failure('CLOSED', call)
    }
    await client.close()
    expect(await log.append(text('two'))).toBe(2)
  })

  it('refuses calls that come behind its close, before that is done', async () => {
    const { client } = await pair()
    const closed = client.close()
    await failure('CLOSED', () => client.append(text('one')))
    await failure('CLOSED', () => client.stats())
    await closed
  })

  it('closes a log that it owns, and tells what goes wrong with that', async () => {
    const storage = memoryStorage()
    const { client, log } = await pair({ log: { storage }, serve: { ownsLog: true } })
    await client.append(text('one'))
    await client.close()
    await failure('CLOSED', () => log.append(text('two')))
    await using again = await openLog({ storage })
    expect(again.recovery.cleanShutdown).toBe(true)

    const broken = await newLog()
    const wrong = new VarveError('IO', 'as planned')
    Object.assign(broken, { close: () => Promise.reject(wrong) })
    const second = await pairOf(broken, { serve: { ownsLog: true } })
    expect((await failure('IO', () => second.client.close())).message).toBe(wrong.message)
    await second.server.closed
  })

  it('is disposed of, and so is its server', async () => {
    const { client, server, log } = await pair()
    {
      await using disposed = client
      await disposed.append(text('one'))
    }
    await server.closed
    const other = await pairOf(log)
    {
      await using disposed = other.server
      expect(disposed).toBe(other.server)
    }
    const { message } = await failure('CLOSED', () => other.client.append(text('two')))
    expect(message).toContain('the other side has ended it')
  })

  it('has a server that answers what was asked before it closes', async () => {
    const { client, server, log } = await pair()
    const appended = client.append(text('one'))
    const tail = client.tail({ from: 2 })
    const next = tail.next()
    await settled()
    const closed = server.close()
    expect(await appended).toBe(1)
    expect(await next).toEqual({ done: true, value: undefined })
    await closed
    // It had not come to the other side, or it would have been answered: the outcome is known.
    await failure('CLOSED', () => client.append(text('two')))
    expect((await client.failed).code).toBe('CLOSED')
    expect(log.stats().readers).toBe(0)
  })

  it('refuses what no message can carry', async () => {
    const { client } = await pair()
    const wrong = (value: unknown): never => value as never
    for (const call of [
      () => client.append(wrong('text')),
      () => client.append(text('x'), { type: wrong('1') }),
      () => client.append(text('x'), { timestamp: wrong({}) }),
      () => client.append(text('x'), { timestamp: Number.NaN }),
      () => client.append(text('x'), { type: 65_536 }),
      () => client.appendBatch([]),
      () => client.appendBatch([wrong({ payload: 'text' })]),
      () => client.get(wrong(Symbol.iterator)),
      () => client.archive(wrong(undefined)),
      () => client.reclaim(wrong(() => 1)),
      () => client.read({ from: wrong({}) }),
      () => client.read({ from: 0 }).next(),
      () => client.checkpoint(new Uint8Array(1), { sequence: wrong('1') }),
      () => client.checkpoint(wrong(5), { sequence: 0 }),
      () => client.checkpoint(new Uint8Array(1), { sequence: 0, keep: 32 }),
    ]) {
      await failure('INVALID_ARGUMENT', call)
    }
    expect(await client.append(text('x'))).toBe(1)
  })

  it('may be typed', async () => {
    const log = await newLog()
    const { near, far } = channel()
    serveLog(near, log)
    const client = await connectLog(far, { entry: jsonCodec<{ id: number }>(), maxBytes: 10 })
    const all = [client.append({ id: 1 }), client.append({ id: 2 }, { type: 5 }), client.append({ id: 3 })]
    expect(await Promise.all(all)).toEqual([1, 2, 3])
    expect(await client.appendBatch([{ id: 4 }, { id: 5 }])).toEqual({ first: 4, last: 5 })
    await client.appendBatch([{ id: 6 }], { type: 3, signal: new AbortController().signal })
    expect(await client.get(2)).toEqual({ sequence: 2, timestamp: 0, type: 5, entry: { id: 2 } })
    expect(await client.get(9)).toBeUndefined()
    expect((await collect(client.read())).map(({ entry }) => entry.id)).toEqual([1, 2, 3, 4, 5, 6])
    const tail = client.tail({ from: 6 })
    expect((await tail.next()).value).toMatchObject({ entry: { id: 6 } })
    await tail[Symbol.asyncDispose]()
    const ids: number[] = []
    expect(await client.replay(({ id }) => { ids.push(id) }, { from: 5 })).toBe(2)
    expect(ids).toEqual([5, 6])
    await client.flush()
    await client.sync()
    await client.archive(2)
    expect((await client.reclaim()).floor).toBe(2)
    expect([client.firstSequence, client.lastSequence, client.durableSequence]).toEqual([2, 6, 6])
    expect(client.recovery.created).toBe(true)
    expect(client.failed).toBe(client.log.failed)
    expect(await client.stats()).toEqual({ ...log.stats(), saturation: expect.any(Number) as number })
    expect(await client.segments()).toHaveLength(1)

    await client.log.append(text('{'))
    const wrong = client.read({ from: 7 })
    const error = await failure('INVALID_ARGUMENT', () => wrong.next())
    expect(error).toMatchObject({ context: { sequence: 7, codec: 'json' } })
    expect(await wrong.next()).toEqual({ done: true, value: undefined })
    await client.close()
    await client[Symbol.asyncDispose]()
  })

  it('may be typed by a codec that throws anything', async () => {
    const { near, far } = channel()
    serveLog(near, await newLog())
    const odd = { ...bytesCodec, decode: (): never => { throw 'no error' as unknown as Error } }
    const client = await connectLog(far, { entry: odd })
    await client.append(text('x'))
    expect((await failure('INVALID_ARGUMENT', () => client.get(1))).cause).toBe('no error')
  })
})

describe('connecting', () => {
  it('may come before the log is served, and before it is open', async () => {
    const { near, far } = channel()
    const connecting = connectLog(far)
    await settled()
    const opening = openLog({ storage: memoryStorage() })
    serveLog(near, settled().then(() => opening), { ownsLog: true })
    await using client = await connecting
    expect(await client.append(text('one'))).toBe(1)
  })

  it('says hello again when nobody was there to hear it', async () => {
    const name = 'varve-test-late'
    const [near, far] = [new BroadcastChannel(name), new BroadcastChannel(name)]
    onTestFinished(() => {
      near.close()
      far.close()
    })
    // Node has no `addEventListener` on the channel's type that the tests see.
    const connecting = connectLog(far as unknown as PortLike)
    await settled()
    serveLog(near, await newLog())
    await using client = await connecting
    expect(await client.append(text('one'))).toBe(1)
  })

  it('fails as opening the log does', async () => {
    const storage = memoryStorage()
    await using log = await openLog({ storage })
    expect(log.recovery.created).toBe(true)
    const { near, far } = channel()
    const server = serveLog(near, openLog({ storage }))
    await failure('LOCKED', () => connectLog(far))
    await server.closed
  })

  it('fails when opening fails with anything', async () => {
    const { near, far } = channel()
    serveLog(near, Promise.reject(new TypeError('as planned')))
    const { cause } = await failure('CLOSED', () => connectLog(far))
    expect(cause).toMatchObject({ name: 'TypeError', message: 'as planned' })
  })

  it('is refused by a server of another version, and refuses one', async () => {
    const { near, far } = channel()
    const server = serveLog(near, await newLog())
    const heard: unknown[] = []
    far.addEventListener?.('message', (event) => { heard.push((event as MessageEvent).data) })
    far.start?.()
    far.postMessage({ varve: 'port', to: 'server', parts: [['hello', 2, 1]] }, [])
    await server.closed
    await settled()
    expect(heard.at(-1)).toMatchObject({ parts: [['bye', { code: 'UNSUPPORTED', context: { version: 2 } }]] })

    const other = channel()
    const connecting = connectLog(other.far)
    await settled()
    other.near.postMessage({ varve: 'port', to: 'client', parts: [['bye', { code: 'UNSUPPORTED', message: 'x' }]] }, [])
    await failure('UNSUPPORTED', () => connecting)
  })

  it('is for one client a port', async () => {
    const { near, far } = channel()
    const server = serveLog(near, await newLog())
    const first = await connectLog(far)
    await failure('INVALID_ARGUMENT', () => connectLog(far))
    await server.closed
    await failure('CLOSED', () => first.append(text('x')))
  })

  it('fails when the other side is lost before it answers', async () => {
    const { far } = channel()
    await failure('CLOSED', () => connectLog(far, { lost: Promise.resolve() }))
    await failure('CLOSED', () => connectLog(far, { lost: Promise.reject(new Error('as planned')) }))
  })

  it('ends where a log comes too late', async () => {
    const { near, far } = channel()
    const { promise, resolve } = deferred<Awaited<ReturnType<typeof newLog>>>()
    const server = serveLog(near, promise, { lost: Promise.resolve() })
    await server.closed
    resolve(await newLog())
    await settled()
    expect(far.posted).toEqual([])
    expect(near.posted.flatMap(({ parts }) => parts.map(([kind]) => kind))).not.toContain('welcome')
    await server.close()
  })

  it.each(['maxBytes', 'maxCalls', 'maxIterators'])('checks %s', async (name) => {
    const { near } = channel()
    const log = await newLog()
    for (const value of [0, 1.5, Number.NaN]) expect(() => serveLog(near, log, { [name]: value })).toThrow(name)
  })
})
