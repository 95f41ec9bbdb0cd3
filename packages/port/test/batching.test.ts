import { describe, expect, it } from 'vitest'
import { collect, newLog, pair, pairOf, settled, text, textOf } from './support/pairs.ts'

function forget(...ports: readonly { readonly posted: unknown[] }[]): void {
  for (const { posted } of ports) posted.length = 0
}

describe('calls of one tick', () => {
  it('go in one message, and so do their answers', async () => {
    const { client, near, far } = await pair()
    forget(near, far)
    const all = Array.from({ length: 100 }, (_, at) => client.append(text(`record ${at}`)))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
    expect([far.posted.length, near.posted.length]).toEqual([1, 1])
    // Calls of one kind are rows of one part.
    expect(far.posted[0]?.parts).toHaveLength(1)
    expect(near.posted[0]?.parts).toHaveLength(1)
  })

  it('keep their order when they are of several kinds', async () => {
    const { client, log, far } = await pair()
    forget(far)
    const calls = [
      client.append(text('one')),
      client.appendBatch([text('two'), text('three')]),
      client.append(text('four')),
      client.sync(),
      client.append(text('five')),
      client.archive(2),
    ]
    await Promise.all(calls)
    expect(far.posted).toHaveLength(1)
    const kinds = far.posted[0]?.parts.map(([kind, , method]) => (kind === 'call' ? method : kind))
    expect(kinds).toEqual(['appends', 'appendBatch', 'appends', 'sync', 'appends', 'archive'])
    const records = await collect(log.read())
    expect(records.map(({ payload }) => textOf(payload))).toEqual(['two', 'three', 'four', 'five'])
  })

  it('are separate from those of the next', async () => {
    const { client, far } = await pair()
    forget(far)
    await client.append(text('one'))
    await client.append(text('two'))
    expect(far.posted).toHaveLength(2)
  })
})

describe('payloads', () => {
  it('are copied before the call returns', async () => {
    const { client, log } = await pair()
    const payload = text('before')
    const appended = client.append(payload)
    payload.set(text('after!'))
    await appended
    expect(textOf((await log.get(1))?.payload ?? payload)).toBe('before')
  })

  it('go in one buffer, which is transferred and not copied again', async () => {
    const { client, near, far } = await pair()
    forget(near, far)
    await Promise.all(Array.from({ length: 50 }, () => client.append(new Uint8Array(100))))
    const [sent] = far.posted
    expect(sent?.length).toBeGreaterThanOrEqual(5000)
    // A buffer that was given away has no bytes left here.
    expect(sent?.bytes?.byteLength).toBe(0)
    await collect(client.read())
    const answers = near.posted.filter(({ length }) => length > 0)
    expect(answers.length).toBeGreaterThan(0)
    expect(answers.every(({ bytes }) => bytes?.byteLength === 0)).toBe(true)
  })

  it('take a buffer of at most twice their length', async () => {
    const { client, far } = await pair()
    await client.append(new Uint8Array(50_000))
    for (const length of [50_000, 30_000, 20_000, 1, 0]) {
      forget(far)
      await client.append(new Uint8Array(length))
      expect(far.posted[0]?.length ?? 0).toBeLessThanOrEqual(2 * length)
    }
  })

  it('may be large, and small behind a large one', async () => {
    const { client, log } = await pair({ log: { segmentBytes: 2 ** 20 } })
    const all = [3000, 10, 200_000, 1, 0].map((length, at) => new Uint8Array(length).fill(at + 1))
    await Promise.all(all.map((payload) => client.append(payload)))
    expect((await collect(log.read())).map(({ payload }) => payload)).toEqual(all)
  })
})

describe('two clients of one log', () => {
  it('share its writer, each in the order of its calls', async () => {
    const log = await newLog()
    const [first, second] = [await pairOf(log), await pairOf(log)]
    const append = async (name: string, client: typeof first.client): Promise<readonly number[]> =>
      await Promise.all(Array.from({ length: 50 }, (_, at) => client.append(text(`${name} ${at}`))))
    const [ofFirst, ofSecond] = await Promise.all([append('a', first.client), append('b', second.client)])
    for (const sequences of [ofFirst, ofSecond]) {
      expect(sequences).toEqual([...sequences].sort((one, other) => one - other))
    }
    const all = [...ofFirst, ...ofSecond].sort((one, other) => one - other)
    expect(all).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
    // The second one came last, so the first has not been told of the end.
    expect(second.client.lastSequence).toBe(100)
    await first.client.close()
    await settled()
    expect(await second.client.append(text('goes on'))).toBe(101)
  })
})
