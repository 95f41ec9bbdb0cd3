import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectLog, serveLog, type LogServer } from '../src/index.ts'
import { channel, failure, newLog, pairOf, settled, text, type Ends } from './support/pairs.ts'

const hello = ['hello', 1, 'test']

/** A server that was greeted, and the port to say more to it. */
async function greeted(): Promise<Ends & { server: LogServer; log: Awaited<ReturnType<typeof newLog>> }> {
  const log = await newLog()
  const ends = channel()
  const server = serveLog(ends.near, log)
  say(ends, [hello])
  ends.far.start?.()
  await settled()
  ends.near.posted.length = 0
  return { ...ends, server, log }
}

function say({ far }: Ends, parts: unknown, bytes?: unknown): void {
  far.postMessage({ varve: 'port', to: 'server', parts, bytes }, [])
}

function answers({ near }: Ends): readonly (readonly unknown[])[] {
  return near.posted.flatMap(({ parts }) => parts)
}

const call = (method: string, args: unknown): unknown => ['call', 1, method, args]

describe('what no client sends', () => {
  it.each([
    ['parts that are none', 'text', undefined],
    ['a part without a kind', [[5]], undefined],
    ['a part of an unknown kind', [['greetings']], undefined],
    ['bytes that are no buffer', [], 'text'],
    ['a second hello', [['hello', 1, 'another']], undefined],
    ['a call without an id', [['call', 'x', 'get', {}]], undefined],
    ['a call without a method', [['call', 1, 5, {}]], undefined],
    ['an answer to no call', [['answer', 5]], undefined],
    ['an answer to call 0', [['answer', 0]], undefined],
    ['an error without a call', [['error', -1]], undefined],
    ['appends that are no table', [['appends', 0, [1, 2]]], undefined],
    ['appends without an offset', [['appends', 0.5, new Float64Array(5)]], undefined],
    ['half an append', [['appends', 0, new Float64Array(4)]], undefined],
    ['an append that is longer than the message', [['appends', 0, Float64Array.of(1, 9, 0, 0, 0)]], new ArrayBuffer(8)],
    ['an append that begins behind the message', [['appends', 9, Float64Array.of(1, 1, 0, 0, 0)]], new ArrayBuffer(8)],
    ['an append of a negative length', [['appends', 0, Float64Array.of(1, -1, 0, 0, 0)]], new ArrayBuffer(8)],
    ['an append with an id that is none', [['appends', 0, Float64Array.of(NaN, 1, 0, 0, 0)]], new ArrayBuffer(8)],
  ])('ends the connection with a reason, and harms nobody: %s', async (_name, parts, bytes) => {
    const one = await greeted()
    say(one, parts, bytes)
    await one.server.closed
    expect(answers(one).at(-1)).toMatchObject(['bye', { code: 'INVALID_ARGUMENT' }])
    expect(await one.log.append(text('goes on'))).toBe(1)
  })

  it.each([
    ['an unknown call', call('format', {}), 'UNSUPPORTED'],
    ['the name of something that every object has', call('constructor', {}), 'UNSUPPORTED'],
    ['arguments that are none', call('get', 5), 'INVALID_ARGUMENT'],
    ['arguments that are a list', call('appendBatch', []), 'INVALID_ARGUMENT'],
    ['a batch that is no table', call('appendBatch', { rows: 'x', at: 0 }), 'INVALID_ARGUMENT'],
    ['a batch beyond the message', call('appendBatch', { rows: Float64Array.of(9, 0, 0), at: 0 }), 'INVALID_ARGUMENT'],
    ['a sequence that is none', call('get', { sequence: 'x' }), 'INVALID_ARGUMENT'],
    ['an iterator without a number', call('begin', { kind: 'read' }), 'INVALID_ARGUMENT'],
    ['the next of no iterator', call('next', { id: 9, maxBytes: 1 }), 'CLOSED'],
    ['a window that is none', call('next', { id: 9, maxBytes: -1 }), 'INVALID_ARGUMENT'],
    ['a chunk of no recovery', call('chunk', { of: 9 }), 'CLOSED'],
    ['a state without a number', call('checkpoint', { sequence: 0 }), 'INVALID_ARGUMENT'],
    ['a floor that is none', call('archive', { before: {} }), 'INVALID_ARGUMENT'],
  ])('is answered with an error: %s', async (_name, part, code) => {
    const one = await greeted()
    say(one, [part])
    await settled()
    expect(answers(one)).toMatchObject([['error', 1, { code }]])
    say(one, [['appends', 0, Float64Array.of(2, 3, 0, 0, 0)]], new ArrayBuffer(8))
    await settled()
    expect(answers(one).at(-1)).toEqual(['appended', 0, Float64Array.of(2, 1)])
  })

  it('is answered, also before its hello', async () => {
    const ends = channel()
    serveLog(ends.near, await newLog())
    say(ends, [call('stats', {}), ['appends', 0, Float64Array.of(2, 0, 0, 0, 0)]])
    await settled()
    expect(answers(ends).filter(([kind]) => kind === 'error')).toMatchObject([
      ['error', 2, { code: 'INVALID_ARGUMENT' }],
      ['error', 1, { code: 'INVALID_ARGUMENT' }],
    ])
  })

  it('is answered, when it is one number for two iterators, or two calls for the next records of one', async () => {
    const one = await greeted()
    const begin = { id: 1, kind: 'tail', options: {} }
    say(one, [['call', 1, 'begin', begin], ['call', 2, 'begin', begin]])
    await settled()
    expect(answers(one)).toMatchObject([['error', 2, { code: 'INVALID_ARGUMENT' }], ['answer', 1, undefined]])
    one.near.posted.length = 0
    say(one, [['call', 3, 'next', { id: 1, maxBytes: 1 }], ['call', 4, 'next', { id: 1, maxBytes: 1 }]])
    await settled()
    expect(answers(one)).toContainEqual(['error', 4, expect.objectContaining({ code: 'INVALID_ARGUMENT' })])
  })

  it('behind its end is passed over', async () => {
    const one = await greeted()
    say(one, [['bye'], call('stats', {}), ['greetings']])
    await one.server.closed
    expect(answers(one)).toEqual([])
  })

  it('and is not for the log, is left alone', async () => {
    const one = await greeted()
    for (const message of [undefined, null, 5, 'text', [], {}, { varve: 'port' }, { varve: 'port', to: 'client' }]) {
      one.far.postMessage(message, [])
    }
    await settled()
    expect(answers(one)).toEqual([])
    say(one, [['call', 1, 'flush', {}], ['cancel', 77]])
    await settled()
    expect(answers(one)).toEqual([['answer', 1, undefined]])
  })
})

describe('what no server sends', () => {
  const bad: readonly (readonly [name: string, parts: unknown, at?: unknown])[] = [
    ['parts that are none', 5],
    ['a part of an unknown kind', [['greetings']]],
    ['a second welcome', [['welcome', 1, {}]]],
    ['sequences that are none', [], [1, 2]],
    ['sequences that are no numbers', [], [1, 2, 'x']],
    ['sequences that are no list', [], 5],
    ['an answer to no call', [['answer', 1e9]]],
    ['an answer that is no sequence', [['appended', 0, Float64Array.of(1, 0.5)]]],
    ['answers that are no table', [['appended', 0, 'x']]],
    ['an answer of another kind', [['answer', 2, { records: 'x' }]]],
    ['a record without a number', [['answer', 2, { rows: Float64Array.of(NaN, 0, 0, 0), at: 0 }]]],
    ['a record that is longer than the message', [['answer', 2, { rows: Float64Array.of(1, 0, 0, 9), at: 0 }]]],
  ]

  it.each(bad)('ends the connection with a reason, and nothing hangs: %s', async (_name, parts, at) => {
    const { client, far, near } = await pairOf(await newLog())
    // The server is kept from answering.
    const postMessage = near.postMessage.bind(near)
    Object.assign(near, { postMessage: () => undefined })
    const append = client.append(text('one'))
    const get = client.get(1)
    const outcomes = Promise.allSettled([append, get])
    await settled()
    postMessage({ varve: 'port', to: 'client', parts, at }, [])
    const reasons = (await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason as Error)
    expect(reasons[0]).toMatchObject({ code: 'POISONED' })
    expect(reasons[1]).toHaveProperty('code', 'INVALID_ARGUMENT')
    expect((await client.failed).message).toContain('not this protocol')
    expect(far.posted.at(-1)?.parts.at(-1)?.[0]).toBe('bye')
  })

  it.each([
    ['a call that a client has not', call('format', { of: 1 })],
    ['a call without a number', call('piece', {})],
    ['a piece of no state', call('piece', { of: 1 })],
    ['no recovery', call('restore', { of: 1, info: { sequence: 1, name: 'x', bytes: 1 } })],
    ['no checkpoint', call('restore', { of: 1, info: 5 })],
    ['records that are none', call('apply', { of: 1, rows: 'x', at: 0 })],
    ['records of no recovery', call('apply', { of: 1, rows: new Float64Array(0), at: 0 })],
  ])('is answered with an error: %s', async (_name, part) => {
    const { near, far } = channel()
    const connecting = connectLog(far)
    const { recovery } = await newLog()
    near.postMessage({ varve: 'port', to: 'client', parts: [['welcome', 1, { recovery, limits: {} }], part] }, [])
    await connecting
    await settled()
    near.postMessage({ varve: 'port', to: 'client', parts: [part] }, [])
    await settled()
    const errors = far.posted.flatMap(({ parts }) => parts.filter(([kind]) => kind === 'error'))
    expect(errors).toMatchObject([['error', 1, {}], ['error', 1, {}]])
  })

  it('may be a welcome of another version, or of no log', async () => {
    const report = { recovery: { created: 'x' }, limits: {} }
    const welcomes = [[2, {}], [1, 5], [1, { limits: 5 }], [1, report]].map((rest) => ['welcome', ...rest])
    for (const welcome of welcomes) {
      const { near, far } = channel()
      const connecting = connectLog(far)
      near.postMessage({ varve: 'port', to: 'client', parts: [welcome] }, [])
      await failure('INVALID_ARGUMENT', () => connecting)
    }
  })
})

const scalar = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, -1, 0, 1, 2, 0.5, 2 ** 53, NaN, '', 'x', 'read', 'tail'),
  fc.integer({ min: 0, max: 8 }),
)
const table = fc.array(fc.oneof(fc.integer({ min: -1, max: 20 }), fc.constant(NaN)), { maxLength: 15 })
  .map((numbers) => Float64Array.from(numbers))
const names = ['id', 'kind', 'options', 'of', 'at', 'rows', 'maxBytes', 'sequence', 'before', 'keep', 'from']
const name = fc.constantFrom(...names)
const args = fc.dictionary(name, fc.oneof(scalar, table, fc.dictionary(name, scalar)))
const method = fc.constantFrom(
  ...['flush', 'sync', 'archive', 'reclaim', 'checkpoint', 'get', 'begin', 'recover', 'checkpoints', 'stats'],
  ...['segments', 'next', 'end', 'chunk', 'appendBatch', 'toString', 'no such call'],
)
const part = fc.oneof(
  fc.tuple(fc.constant('call'), scalar, method, fc.oneof(args, scalar)),
  fc.tuple(fc.constant('appends'), scalar, fc.oneof(table, scalar)),
  fc.tuple(fc.constantFrom('answer', 'error', 'cancel', 'hello', 'bye', 'appended', 'x'), scalar, scalar),
  fc.array(scalar, { maxLength: 3 }),
)

describe('whatever is sent', () => {
  it('harms neither the log nor its other clients', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(part, { maxLength: 4 }), { maxLength: 6 }), async (messages) => {
        const log = await newLog()
        const ends = channel()
        const server = serveLog(ends.near, log, { maxIterators: 3 })
        say(ends, [hello])
        await settled(3)
        for (const parts of messages) say(ends, parts, new ArrayBuffer(16))
        await settled(5)
        const other = await pairOf(log)
        const sequence = await other.client.append(text('goes on'))
        expect(await other.client.get(sequence)).toMatchObject({ sequence })
        // A client that is gone holds nothing, whatever it has said.
        ends.far.close()
        await server.closed
        expect(log.stats().readers).toBe(0)
      }),
      { numRuns: 150 },
    )
  })
})
