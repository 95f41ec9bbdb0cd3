import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { deferred } from '../src/deferred.ts'
import { connectLog, serveLog } from '../src/index.ts'
import { jammedStorage } from './support/jam.ts'
import { channel, failure, newLog, pair, pairOf, settled, text } from './support/pairs.ts'

describe('a server that is being closed', () => {
  it('answers what it was asked, refuses the rest, and passes over what comes too late', async () => {
    const { storage, jam, release } = jammedStorage()
    const { client, server, log } = await pair({ log: { storage } })
    await client.append(text('one'))
    const applied = deferred<undefined>()
    const apply = (): Promise<undefined> => applied.promise
    const recovering = failure('CLOSED', () => client.recover({ restore: () => undefined, apply }))
    await settled()
    jam()
    const appended = client.append(text('two'))
    await settled()
    const closed = server.close()
    const refused = failure('CLOSED', () => client.append(text('three')))
    await recovering
    applied.resolve(undefined)
    await refused
    await settled()
    release()
    expect(await appended).toBe(2)
    await closed
    expect(log.lastSequence).toBe(2)
  })

  it('says nothing of a log that fails when it is over', async () => {
    const storage = memoryStorage()
    const { client, server, log, near } = await pair({ log: { storage } })
    await client.close()
    await server.closed
    const before = near.posted.length
    await storage.close()
    await failure('POISONED', () => log.append(text('x')))
    await log.failed
    await settled()
    expect(near.posted.length).toBe(before)
  })
})

describe('a connection that is lost', () => {
  it('rejects everything in flight, and whatever comes later', async () => {
    const { storage, jam, release } = jammedStorage()
    const { promise, resolve } = deferred<string>()
    const { client, log } = await pair({ log: { storage }, connect: { maxCalls: 4, lost: promise } })
    await client.append(text('one'))
    const tail = client.tail()
    const next = tail.next()
    await settled()
    jam()
    const writes = [client.append(text('two')), client.appendBatch([text('three')]), client.sync(), client.archive(2)]
    const waiting = [client.append(text('five')), client.flush()]
    await settled()
    // The other side is there, so nobody but `lost` can know.
    resolve('the other side has died')
    const errors = await Promise.all(writes.map((write) => failure('POISONED', () => write)))
    expect(errors[0]?.message).toContain('unknown')
    expect(errors[0]?.cause).toMatchObject({ code: 'CLOSED', cause: 'the other side has died' })
    // These were never sent: the outcome is known.
    await Promise.all(waiting.map((call) => failure('CLOSED', () => call)))
    await failure('CLOSED', () => next)
    expect((await client.failed).code).toBe('CLOSED')
    for (const call of [() => client.append(text('x')), () => client.get(1), () => client.tail().next()]) {
      await failure('CLOSED', call)
    }
    expect(await tail.next()).toEqual({ done: true, value: undefined })
    await client.close()
    release()
    await settled(50)
    // What was in flight has been written all the same, and that is why the outcome is unknown.
    expect(log.lastSequence).toBe(3)
  })

  it('rejects a hundred thousand calls that wait, one after the other', async () => {
    const { promise, resolve } = deferred<undefined>()
    const { client } = await pair({ connect: { maxCalls: 1, lost: promise } })
    const all = Array.from({ length: 100_000 }, () => client.append(new Uint8Array(0)))
    resolve(undefined)
    const outcomes = await Promise.allSettled(all)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  })

  it('is noticed by either side when the port is closed', async () => {
    const { client, far, server, log } = await pair()
    const tail = client.tail()
    void tail.next().catch(() => undefined)
    const aborting = client.append(text('one'), { signal: new AbortController().signal })
    await settled()
    expect(log.stats().readers).toBe(1)
    far.close()
    await server.closed
    expect(log.stats().readers).toBe(0)
    expect((await client.failed).message).toContain('the port was closed')
    await aborting.catch(() => undefined)
  })

  it('is given up when a message cannot be read', async () => {
    const { client, far } = await pair()
    ;(far as unknown as EventTarget).dispatchEvent(new Event('messageerror'))
    expect((await client.failed).message).toContain('a message could not be read')
    await failure('CLOSED', () => client.append(text('x')))
  })

  it('is given up when a message cannot be posted', async () => {
    const { client, far } = await pair()
    Object.assign(far, { postMessage: () => { throw new Error('as planned') } })
    await failure('POISONED', () => client.append(text('x')))
    expect((await client.failed).cause).toMatchObject({ message: 'as planned' })
  })

  it('does not close a log that the client owns, nor hold up its next client', async () => {
    const log = await newLog()
    const first = await pairOf(log, { serve: { ownsLog: true } })
    await first.client.append(text('one'))
    first.far.close()
    await first.server.closed
    const second = await pairOf(log)
    expect(await second.client.append(text('two'))).toBe(2)
  })

  it('while it is being closed, is closed', async () => {
    const { storage, jam, release } = jammedStorage()
    const { client, far } = await pair({ log: { storage } })
    jam()
    const appended = client.append(text('one'))
    const closed = client.close()
    await settled()
    far.close()
    await closed
    await failure('POISONED', () => appended)
    release()
  })

  it('lets appends come to their end that nobody waits for any more, be it a bad one', async () => {
    const { storage, jam, release } = jammedStorage()
    const { promise, resolve } = deferred<undefined>()
    const log = await newLog({ storage })
    const { near, far } = channel()
    const server = serveLog(near, log, { lost: promise })
    const client = await connectLog(far)
    jam()
    for (const call of [client.append(text('one')), client.append(text('x'), { type: -1 }), client.sync()]) {
      void call.catch(() => undefined)
    }
    await settled()
    resolve(undefined)
    await settled()
    release()
    await server.closed
    expect(log.lastSequence).toBe(1)
  })
})
