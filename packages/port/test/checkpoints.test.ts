import { createCheckpointPublisher, recover } from '@varve/checkpoint'
import { memoryStorage } from '@varve/storage-memory'
import { deferred } from '../src/deferred.ts'
import { describe, expect, it } from 'vitest'
import { collect, failure, newLog, pair, pairOf, settled, text, textOf, type WatchedPort } from './support/pairs.ts'

function methods({ posted }: WatchedPort): readonly unknown[] {
  return posted.flatMap(({ parts }) => parts.filter(([kind]) => kind === 'call').map(([, , method]) => method))
}

/** A state of so many pieces; notes how many were taken, and whether it was given up. */
class State implements AsyncIterable<Uint8Array> {
  taken = 0
  isGivenUp = false
  readonly #pieces: number
  readonly #bytes: number

  constructor(pieces: number, bytes: number) {
    this.#pieces = pieces
    this.#bytes = bytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const piece = new Uint8Array(this.#bytes)
    let isOver = false
    try {
      for (; this.taken < this.#pieces; this.taken += 1) yield piece.fill(this.taken)
      isOver = true
    } finally {
      this.isGivenUp = !isOver
    }
  }
}

describe('a checkpoint', () => {
  it('is published with a state of any shape, and restored as it was', async () => {
    const { client, log } = await pair()
    const pieces = [text('one, '), text(''), text('two, '), new Uint8Array(500_000).fill(65), text('end')]
    const all = Buffer.concat(pieces)
    for (const state of [all, pieces, (async function* () { yield* pieces })()]) {
      const sequence = await client.append(text('record'))
      const report = await client.checkpoint(state, { sequence, keep: 3 })
      expect(report).toMatchObject({ sequence, created: true })
      const got: Uint8Array[] = []
      const restore = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
        got.push(...(await collect(chunks)))
      }
      await recover(log, { restore, apply: () => undefined })
      expect(Buffer.concat(got).equals(all)).toBe(true)
    }
    expect(await client.checkpoints()).toEqual(createCheckpointPublisher(log).list())
    expect((await client.checkpoints()).map(({ sequence }) => sequence)).toEqual([3, 2, 1])
  })

  it('of nothing is one, too', async () => {
    const { client } = await pair()
    expect(await client.checkpoint(new Uint8Array(0), { sequence: 0 })).toMatchObject({ created: true })
    const restored: Uint8Array[] = []
    const restore = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
      restored.push(...(await collect(chunks)))
    }
    expect(await client.recover({ restore, apply: () => undefined })).toMatchObject({ checkpoint: { bytes: 0 } })
    expect(restored).toEqual([])
  })

  it('that is there does not look at the state', async () => {
    const { client } = await pair()
    await client.checkpoint(text('state'), { sequence: 0 })
    const state = { [Symbol.iterator]: (): Iterator<Uint8Array> => { throw new Error('it was looked at') } }
    expect(await client.checkpoint(state, { sequence: 0 })).toMatchObject({ created: false })
  })

  it('takes its state a piece at a time, each when the one before is written', async () => {
    const { client, near } = await pair()
    const state = new State(40, 100_000)
    await client.checkpoint(state, { sequence: 0 })
    expect(state.taken).toBe(40)
    expect(methods(near).filter((method) => method === 'piece')).toHaveLength(Math.ceil(4_000_000 / 131_072) + 1)
  })

  it('that fails in its state rejects with what that threw, as it is', async () => {
    const { client, log } = await pair()
    const wrong = { odd: () => 'no message can carry it' }
    const failing = function* (): Generator<Uint8Array, void, undefined> {
      yield text('one')
      throw wrong as unknown as Error
    }
    await expect(client.checkpoint(failing(), { sequence: 0 })).rejects.toBe(wrong)
    await failure('INVALID_ARGUMENT', () => client.checkpoint(['text' as never], { sequence: 0 }))
    expect(createCheckpointPublisher(log).list()).toEqual([])
    expect(await client.append(text('goes on'))).toBe(1)
  })

  it('that cannot be written lets go of its state', async () => {
    const inner = memoryStorage()
    const { client, log } = await pair({ log: { storage: inner } })
    await client.append(text('one'))
    const state = new State(100, 100_000)
    const { open, create } = inner as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>
    expect([typeof open, typeof create]).toContain('function')
    let writes = 0
    const failing = new Proxy(inner, {
      get(target, name): unknown {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          const made = Reflect.apply(value, target, args) as unknown
          if (!String(args[0]).includes('checkpoint') || typeof made !== 'object' || made === null) return made
          return new Proxy(made, {
            get(file, part): unknown {
              const method = Reflect.get(file, part) as unknown
              if (typeof method !== 'function') return method
              return (...rest: unknown[]): unknown => {
                writes += Number(String(part).startsWith('write'))
                if (writes > 2 && String(part).startsWith('write')) throw new Error('no more')
                return Reflect.apply(method, file, rest) as unknown
              }
            },
          })
        }
      },
    })
    Object.defineProperty(log.procedures, 'storage', { value: failing })
    await failure('IO', () => client.checkpoint(state, { sequence: 1 }))
    expect(state.isGivenUp).toBe(true)
    expect(state.taken).toBeLessThan(100)
  })

  it('whose client goes away is not published, and its state is let go of', async () => {
    const { client, log, far, server } = await pair()
    const { promise, resolve } = deferred<undefined>()
    const endless = (async function* () {
      yield new Uint8Array(200_000)
      resolve(undefined)
      await new Promise(() => undefined)
    })()
    const published = client.checkpoint(endless, { sequence: 0 })
    void published.catch(() => undefined)
    await promise
    far.close()
    await server.closed
    await failure('POISONED', () => published)
    expect(createCheckpointPublisher(log).list()).toEqual([])
  })
})

describe('recovery', () => {
  it('applies every record behind the checkpoint, once and in order', async () => {
    const { client } = await pair({ log: { segmentBytes: 2 ** 20 } })
    for (let record = 1; record <= 10; record += 1) await client.append(text(`${record}`), { type: record })
    await client.checkpoint(text('state of ten'), { sequence: 10 })
    await Promise.all(Array.from({ length: 2000 }, (_, at) => client.append(new Uint8Array(100).fill(at))))
    let state = ''
    const applied: number[] = []
    const report = await client.recover({
      async restore(chunks, info) {
        for await (const chunk of chunks) state += textOf(chunk)
        expect(info).toMatchObject({ sequence: 10, bytes: 12 })
      },
      apply: async ({ sequence }) => {
        await Promise.resolve()
        applied.push(sequence)
      },
    })
    expect(report).toMatchObject({ records: 2000, lastSequence: 2010, damaged: [], orphans: [], notes: [] })
    expect(state).toBe('state of ten')
    expect(applied).toEqual(Array.from({ length: 2000 }, (_, at) => at + 11))
  })

  it('of an empty log restores nothing', async () => {
    const { client } = await pair()
    const restore = (): void => { throw new Error('nothing is there') }
    const report = await client.recover({ restore, apply: () => undefined })
    expect(report).toMatchObject({ checkpoint: undefined, records: 0 })
  })

  it('rejects with what restore and apply throw, as it is', async () => {
    const { client, log } = await pair()
    await client.append(text('one'))
    await client.checkpoint(text('state'), { sequence: 1 })
    await client.append(text('two'))
    const wrong = new Error('as planned')
    const restore = (): void => { throw wrong }
    await expect(client.recover({ restore, apply: () => undefined })).rejects.toBe(wrong)
    await expect(client.recover({ restore: () => undefined, apply: restore })).rejects.toBe(wrong)
    expect(log.stats().readers).toBe(0)
  })

  it('refuses a chunk that is asked for too late', async () => {
    const { client } = await pair()
    await client.checkpoint(text('state'), { sequence: 0 })
    let late: AsyncIterator<Uint8Array> | undefined
    const restore = (chunks: AsyncIterable<Uint8Array>): void => { late = chunks[Symbol.asyncIterator]() }
    await client.recover({ restore, apply: () => undefined })
    await failure('CLOSED', () => late?.next())
  })

  it('waits for a slow client, and not with all records', async () => {
    const { client, near, log } = await pair({ log: { segmentBytes: 2 ** 20 } })
    await Promise.all(Array.from({ length: 500 }, () => client.append(new Uint8Array(1000))))
    near.posted.length = 0
    const { promise, resolve } = deferred<undefined>()
    const recovering = client.recover({ restore: () => undefined, apply: () => promise })
    await settled(50)
    expect(near.posted.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(2 * (65_536 + 1000))
    expect(await log.append(text('goes on'))).toBe(501)
    resolve(undefined)
    expect(await recovering).toMatchObject({ records: 500 })
  })

  it('is given up when the client closes', async () => {
    const log = await newLog()
    const { client } = await pairOf(log)
    await client.append(text('one'))
    const recovering = client.recover({ restore: () => undefined, apply: () => new Promise(() => undefined) })
    void recovering.catch(() => undefined)
    await settled()
    await client.close()
    await failure('CLOSED', () => recovering)
    expect(log.stats().readers).toBe(0)
  })
})
