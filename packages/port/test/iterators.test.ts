import { describe, expect, it } from 'vitest'
import { deferred } from '../src/deferred.ts'
import { serveLog } from '../src/index.ts'
import { channel, collect, failure, newLog, next, pair, pairOf } from './support/pairs.ts'
import { settled, text, textOf, type WatchedPort } from './support/pairs.ts'

/** Bytes of all records that have been posted. */
function posted({ posted: messages }: WatchedPort): number {
  return messages.reduce((sum, { length }) => sum + length, 0)
}

async function filled(records: number, bytes: number): Promise<Awaited<ReturnType<typeof pair>>> {
  const one = await pair({ log: { segmentBytes: 2 ** 20 } })
  await Promise.all(Array.from({ length: records }, (_, at) => one.client.append(new Uint8Array(bytes).fill(at))))
  return one
}

describe('read', () => {
  it('gives all records, whatever they hold and however many there are', async () => {
    const { client, log } = await filled(3000, 100)
    await client.append(new Uint8Array(300_000), { type: 9, timestamp: 77 })
    await client.append(new Uint8Array(0))
    expect(await collect(client.read())).toEqual(await collect(log.read()))
    expect(await collect(client.read({ from: 2999, to: 3001 }))).toHaveLength(3)
    expect(await collect(client.read({ from: 9999 }))).toEqual([])
  })

  it('is answered for more than one call at a time, in their order', async () => {
    const { client } = await filled(4, 10)
    const records = client.read()
    const steps = await Promise.all(Array.from({ length: 6 }, () => next(records)))
    expect(steps.map((record) => record?.sequence)).toEqual([1, 2, 3, 4, undefined, undefined])
    expect(await records.next()).toEqual({ done: true, value: undefined })
    expect(await records.return?.()).toEqual({ done: true, value: undefined })
  })

  it('never runs ahead of its reader by more than two batches', async () => {
    const log = await newLog({ segmentBytes: 2 ** 20 })
    const { client, near } = await pairOf(log, { connect: { batchBytes: 10_000 } })
    await Promise.all(Array.from({ length: 1000 }, () => log.append(new Uint8Array(500))))
    near.posted.length = 0
    const records = client.read()
    for (let taken = 1; taken <= 100; taken += 1) {
      await records.next()
      await settled(3)
      // A batch ends with the record that makes it full, and its buffer may have room for as much again.
      expect(posted(near)).toBeLessThanOrEqual(2 * (taken * 500 + 2 * 10_500))
    }
    await records.return?.()
  })

  it('lets go of its segments when it is given up', async () => {
    const { client, log } = await filled(1000, 500)
    for await (const record of client.read()) if (record.sequence === 3) break
    expect(log.stats().readers).toBe(0)
    const unread = client.read()
    await unread.return?.()
    expect(await unread.next()).toEqual({ done: true, value: undefined })
  })

  it('tells what is wrong after all that could be read', async () => {
    const { client, log } = await filled(2, 10)
    const wrong = new RangeError('as planned')
    const read = log.read.bind(log)
    const failing = (): ReturnType<typeof log.read> => {
      const inner = read()
      let steps = 0
      return Object.assign(inner, {
        next: async () => {
          steps += 1
          if (steps === 3) throw wrong
          return { done: false, value: (await log.get(steps))! } as const
        },
      })
    }
    Object.assign(log, { read: failing })
    const records = client.read()
    const heard: unknown[] = []
    await expect((async () => { for await (const { sequence } of records) heard.push(sequence) })())
      .rejects.toThrow('as planned')
    expect(heard).toEqual([1, 2])
    expect(await records.next()).toEqual({ done: true, value: undefined })
  })
})

describe('tail', () => {
  it('gives each record as it becomes visible, from where it was when it was asked for', async () => {
    const { client } = await filled(3, 10)
    const tail = client.tail()
    await client.append(text('four'))
    expect(await next(tail)).toMatchObject({ sequence: 4 })
    const later = next(tail)
    await settled()
    await client.append(text('five'))
    expect(textOf((await later)?.payload ?? text(''))).toBe('five')
    await tail.return?.()
    expect(await tail.next()).toEqual({ done: true, value: undefined })
  })

  it('lets a call that waits come to its end when it is given up', async () => {
    const { client, log } = await filled(1, 10)
    const tail = client.tail()
    const waiting = [tail.next(), tail.next()]
    await settled()
    expect(log.stats().readers).toBe(1)
    await tail[Symbol.asyncDispose]()
    expect(await Promise.all(waiting)).toEqual([{ done: true, value: undefined }, { done: true, value: undefined }])
    expect(log.stats().readers).toBe(0)
  })

  it('is aborted by its signal: before it begins, while it waits, and between records', async () => {
    const { client, log } = await filled(3, 10)
    const aborted = AbortSignal.abort('at once')
    expect((await failure('ABORTED', () => client.tail({ signal: aborted }).next())).cause).toBe('at once')
    for (const taken of [0, 1]) {
      const controller = new AbortController()
      const tail = client.tail({ from: 1 + 2 * Number(taken === 0), signal: controller.signal })
      await tail.next()
      const waiting = taken === 0 ? failure('ABORTED', () => tail.next()) : undefined
      await settled()
      controller.abort('as planned')
      await (waiting ?? failure('ABORTED', () => tail.next()))
      expect(await tail.next()).toEqual({ done: true, value: undefined })
    }
    await settled()
    expect(log.stats().readers).toBe(0)
  })

  it('ends when this client is closed, after what it had got', async () => {
    const { client } = await filled(2, 10)
    const [waiting, later, unasked] = [client.tail(), client.tail({ from: 2 }), client.tail()]
    const read = client.read()
    await Promise.all([later.next(), read.next()])
    const step = waiting.next()
    await settled()
    await client.close()
    const end = { done: true, value: undefined }
    expect(await Promise.all([step, later.next(), unasked.next()])).toEqual([end, end, end])
    expect(await read.next()).toMatchObject({ value: { sequence: 2 } })
  })

  it('that nobody reads does not hold up the writer, nor other clients', async () => {
    const log = await newLog({ segmentBytes: 2 ** 20 })
    const [slow, fast] = [await pairOf(log), await pairOf(log)]
    const tail = slow.client.tail({ from: 1 })
    const first = tail.next()
    await slow.client.append(text('first'))
    await first
    slow.near.posted.length = 0
    const payload = new Uint8Array(1000)
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => fast.client.append(payload)))
    }
    expect(log.lastSequence).toBe(1001)
    // What it had asked for, and no more.
    await settled()
    expect(posted(slow.near)).toBeLessThanOrEqual(2 * (65_536 + 1000))
    const rest: number[] = []
    for (let at = 2; at <= 1001; at += 1) rest.push((await next(tail))?.sequence ?? 0)
    expect(rest).toEqual(Array.from({ length: 1000 }, (_, at) => at + 2))
    await tail.return?.()
  })
})

describe('iterators', () => {
  it('are limited in number', async () => {
    const { client } = await pair({ serve: { maxIterators: 2 } })
    const [first] = [client.tail(), client.tail()]
    await failure('BACKPRESSURE', () => client.tail().next())
    await first.return?.()
    const again = client.tail()
    const step = next(again)
    await client.append(text('one'))
    expect(await step).toMatchObject({ sequence: 1 })
  })

  it('are released when the connection is lost, also one that waits', async () => {
    const log = await newLog()
    const { near, far } = channel()
    const { promise, resolve } = deferred<undefined>()
    const server = serveLog(near, log, { lost: promise })
    const { connectLog } = await import('../src/index.ts')
    const client = await connectLog(far)
    await client.append(text('one'))
    const [waiting, begun] = [client.tail(), client.read()]
    void waiting.next().catch(() => undefined)
    await begun.next()
    await settled()
    expect(log.stats().readers).toBeGreaterThan(0)
    resolve(undefined)
    await server.closed
    expect(log.stats().readers).toBe(0)
    // It is not read any more, so nobody hears what else the client says.
    far.close()
  })
})
