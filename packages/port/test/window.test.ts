import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { Door } from '../src/client/door.ts'
import { serveLog } from '../src/index.ts'
import { jammedStorage } from './support/jam.ts'
import { channel, collect, failure, newLog, pair, settled, text, textOf, type Pair } from './support/pairs.ts'

/** Payload bytes that have been posted. */
function sent({ far }: Pair): number {
  const rows = far.posted.flatMap(({ parts }) => parts.filter(([kind]) => kind === 'appends'))
  return rows.flatMap(([, , table]) => [...(table as Float64Array)]).filter((_, at) => at % 5 === 1)
    .reduce((sum, length) => sum + length, 0)
}

describe('the window', () => {
  it('holds calls back, in their order, and never lets more through', async () => {
    const one = await pair({ log: { storage: memoryStorage({ asynchronous: true }) }, connect: { maxBytes: 1000 } })
    const all = Array.from({ length: 20 }, (_, at) => one.client.append(new Uint8Array(300).fill(at)))
    let answered = 0
    for (const each of all) void each.then(() => { answered += 1 })
    expect(one.client.isFull(1)).toBe(true)
    while (answered < 20) {
      expect(sent(one) - 300 * answered).toBeLessThanOrEqual(1000)
      await settled(1)
    }
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect((await collect(one.log.read())).map(({ payload }) => payload[0])).toEqual([...all.keys()])
    expect(one.client.isFull(1000)).toBe(false)
  })

  it('is of calls as well, and the smaller one of what both sides allow', async () => {
    const { client, far } = await pair({ connect: { maxCalls: 50 }, serve: { maxCalls: 10 } })
    far.posted.length = 0
    const all = [...Array.from({ length: 25 }, () => client.append(text('x'))), client.sync()]
    await settled()
    await Promise.all(all)
    const counts = far.posted.map(({ parts }) => {
      const [, , table] = parts.find(([kind]) => kind === 'appends') ?? []
      return ((table as Float64Array | undefined)?.length ?? 0) / 5
    })
    expect(counts).toEqual([10, 10, 5])
  })

  it('refuses what it has no room for, if that is asked for; nothing of it is sent', async () => {
    const { client, log } = await pair({ connect: { maxBytes: 10, onFull: 'reject' } })
    const first = client.append(new Uint8Array(8))
    const refused = failure('BACKPRESSURE', () => client.append(new Uint8Array(8)))
    const batch = failure('BACKPRESSURE', () => client.appendBatch([new Uint8Array(8)]))
    // Fences, and everything else that has no payload, wait.
    await Promise.all([first, refused, batch, client.sync()])
    expect(await client.append(new Uint8Array(8))).toBe(2)
    expect(log.lastSequence).toBe(2)
  })

  it('takes one call above it when nothing else is in flight', async () => {
    const { client } = await pair({ connect: { maxBytes: 10 }, serve: { maxBytes: 10 } })
    expect(await Promise.all([client.append(new Uint8Array(500)), client.append(new Uint8Array(600))])).toEqual([1, 2])
  })

  it('does not hold up readers', async () => {
    const { client } = await pair({ connect: { maxCalls: 1 } })
    await client.append(text('one'))
    const waiting = [client.append(text('two')), client.append(text('three'))]
    expect(await client.get(1)).toMatchObject({ sequence: 1 })
    expect(await Promise.all(waiting)).toEqual([2, 3])
  })

  it('refuses a payload that was changed while it waited, and lets the next one go', async () => {
    const { client, log } = await pair({ connect: { maxBytes: 10 } })
    const [changed, left, given] = [text('changed'), text('left'), text('given')]
    const calls = [client.append(text('first one')), failure('INVALID_ARGUMENT', () => client.append(changed))]
    const gone = failure('INVALID_ARGUMENT', () => client.append(given))
    const last = client.append(left)
    await Promise.resolve()
    changed.set(text('CHANGED'))
    structuredClone(given, { transfer: [given.buffer] })
    await Promise.all([...calls, gone, last])
    expect((await collect(log.read())).map(({ payload }) => textOf(payload))).toEqual(['first one', 'left'])
  })

  it('lets a call go that is aborted while it waits, and what waits behind it', async () => {
    const { client } = await pair({ connect: { maxBytes: 10 } })
    const controller = new AbortController()
    const { signal } = controller
    const first = client.append(new Uint8Array(6))
    const aborted = failure('ABORTED', () => client.append(new Uint8Array(9), { signal }))
    const last = client.append(new Uint8Array(3))
    await Promise.resolve()
    controller.abort('as planned')
    expect((await aborted).cause).toBe('as planned')
    expect(await Promise.all([first, last])).toEqual([1, 2])
    await failure('ABORTED', () => client.append(new Uint8Array(1), { signal }))
    await failure('ABORTED', () => client.appendBatch([new Uint8Array(1)], { signal }))
  })
})

describe('the queue of the log', () => {
  it('lets a call go that is aborted while it waits there', async () => {
    const { storage, jam, release } = jammedStorage()
    const { client, log } = await pair({ log: { storage, queue: { maxBytes: 100 } } })
    jam()
    const controller = new AbortController()
    const { signal } = controller
    // The first is being written, the second is staged, and there is no room for more.
    const written = client.append(new Uint8Array(90))
    await settled()
    const staged = client.append(new Uint8Array(90))
    const waiting = client.append(new Uint8Array(90), { signal })
    const batch = client.appendBatch([new Uint8Array(90)], { signal })
    await settled()
    controller.abort('as planned')
    expect((await failure('ABORTED', () => waiting)).cause).toBe('as planned')
    await failure('ABORTED', () => batch)
    release()
    expect(await Promise.all([written, staged])).toEqual([1, 2])
    expect(log.lastSequence).toBe(2)
  })

  it('says that it is full, if it is to refuse', async () => {
    const { storage, jam, release } = jammedStorage()
    const { client } = await pair({ log: { storage, queue: { maxBytes: 100, onFull: 'reject' } } })
    jam()
    const written = client.append(new Uint8Array(90))
    await settled()
    const staged = client.append(new Uint8Array(90))
    const refused = await failure('BACKPRESSURE', () => client.append(new Uint8Array(90)))
    expect(refused).toHaveProperty('context.maxBytes', 100)
    release()
    expect(await Promise.all([written, staged])).toEqual([1, 2])
  })
})

describe('a client that does not keep to its window', () => {
  it.each([
    ['bytes', { maxBytes: 10 }],
    ['calls', { maxCalls: 1 }],
  ])('is refused what is too much: %s', async (_name, limits) => {
    const log = await newLog({ storage: memoryStorage({ asynchronous: true }) })
    const { near, far } = channel()
    serveLog(near, log, limits)
    far.start?.()
    far.postMessage({ varve: 'port', to: 'server', parts: [['hello', 1, 'greedy']] }, [])
    await settled()
    const rows = Float64Array.of(1, 8, 0, 0, 0, 2, 8, 0, 0, 0)
    const batch = { rows: Float64Array.of(8, 0, 0), at: 0 }
    const parts = [['appends', 0, rows], ['call', 3, 'appendBatch', batch]]
    far.postMessage({ varve: 'port', to: 'server', parts, bytes: new ArrayBuffer(16) }, [])
    await settled(100)
    const greetings = ['ready', 'welcome']
    const answers = near.posted.flatMap(({ parts: all }) => all.filter(([kind]) => !greetings.includes(kind)))
    expect(answers).toMatchObject([
      ['error', 2, { code: 'BACKPRESSURE' }],
      ['error', 3, { code: 'BACKPRESSURE' }],
      ['appended', 0, Float64Array.of(1, 1)],
    ])
  })
})

describe('a door', () => {
  it('rejects a call that cannot be sent, and goes on', () => {
    const door = new Door(10, 10)
    const heard: unknown[] = []
    const arrival = { bytes: 1, signal: undefined, held: undefined, isRefused: false }
    const reject = (error: unknown): void => { heard.push(error) }
    door.enter({ ...arrival, admit: () => { throw new Error('as planned') }, reject })
    door.enter({ ...arrival, admit: () => { heard.push('admitted') }, reject })
    expect(heard).toEqual([new Error('as planned'), 'admitted'])
  })
})
