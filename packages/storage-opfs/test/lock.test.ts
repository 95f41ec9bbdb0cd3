import { openLog } from '@varve/segments'
import { describe, expect, it } from 'vitest'
import { removeOpfsStorage } from '../src/index.ts'
import { FakeOpfs } from './support/fake-opfs.ts'
import { failure, thrownBy } from './support/failure.ts'
import { plainOrigin, storageOf, synchronousOf } from './support/pools.ts'

/** Lets what was begun go on until it has to wait for something else. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => { setTimeout(resolve, 0) })
}

describe('the lock', () => {
  it('lets one worker have the files, for reading too, and names the one that has', async () => {
    const origin = new FakeOpfs()
    const first = storageOf(origin.worker())
    await first.ready()
    const second = storageOf(origin.worker())
    const error = await failure('LOCKED', () => second.list())
    expect(error.context).toEqual({ holder: 'client 1' })
    expect(error.message).toMatch(/client 1 has these files: use its log through @varve\/port, or close it there/)
    await first.close()
    expect(await second.list()).toEqual([])
  })

  it('is waited for as long as a worker that ends may take', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    await storageOf(worker).ready()
    const waiting = storageOf(origin.worker(), { waitMs: 10_000 }).lock()
    await turns()
    worker.end()
    expect((await waiting).holder).toBe('client 2')
  })

  it('is taken over from a worker that ended, with a higher generation', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    const first = await storageOf(worker).lock()
    worker.end()
    const second = await storageOf(origin.worker()).lock()
    expect(second.generation).toBeGreaterThan(first.generation)
  })

  it('may be free a moment before the handles are', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    await storageOf(worker).lock()
    origin.freeLocks('client 1')
    await failure('LOCKED', () => storageOf(origin.worker()).lock())
    const waiting = storageOf(origin.worker(), { waitMs: 10_000 }).lock()
    await turns()
    worker.end()
    expect((await waiting).generation).toBeGreaterThan(0)
  })

  it('that is stolen poisons the log', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker())
    const log = await openLog({ storage })
    await log.append(new Uint8Array(1))
    origin.stealLock('varve:opfs:pool')
    await turns()
    await failure('POISONED', () => log.append(new Uint8Array(1)))
    await log.close().catch(() => undefined)
  })

  it('is unnamed where the browser does not know', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    const platform = { ...worker.platform, lockHolder: () => undefined }
    const storage = storageOf(worker, { platform })
    expect((await storage.lock()).holder).toBe('this worker')
    const other = storageOf(origin.worker(), { platform: { ...origin.worker().platform, lockHolder: () => undefined } })
    expect((await failure('LOCKED', () => other.lock())).context).toEqual({ holder: 'another tab or worker' })
  })
})

describe('storages of one worker', () => {
  it('share the files, which are open until the last is closed; one of them writes', async () => {
    const origin = new FakeOpfs()
    const { platform } = origin.worker()
    const one = storageOf({ platform } as never)
    const two = storageOf({ platform } as never)
    await Promise.all([one.ready(), two.ready()])
    const lock = await one.lock()
    await failure('LOCKED', () => two.lock())
    await lock.release()
    const next = await two.lock()
    await lock.release()
    await failure('LOCKED', () => one.lock())
    expect(next.generation).toBeGreaterThan(lock.generation)
    await one.close()
    await failure('LOCKED', () => storageOf(origin.worker()).list())
    await two.close()
    await storageOf(origin.worker()).list()
  })

  it('hear of a failure together, and can try again', async () => {
    const origin = new FakeOpfs()
    const holder = origin.worker()
    await storageOf(holder).ready()
    const { platform } = origin.worker()
    const one = storageOf({ platform } as never)
    const two = storageOf({ platform } as never)
    await Promise.all([failure('LOCKED', () => one.ready()), failure('LOCKED', () => two.ready())])
    await two.close()
    holder.end()
    await one.ready()
    await one.close()
  })
})

describe('closing', () => {
  it('while it opens gives everything back; who waits hears that it was closed', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker())
    const opening = failure('CLOSED', () => storage.ready())
    const closing = storage.close()
    expect(storage.close()).toBe(closing)
    await closing
    await opening
    await storageOf(origin.worker()).lock()
  })

  it('while it fails to open is nothing', async () => {
    const origin = new FakeOpfs()
    await storageOf(origin.worker()).ready()
    const storage = storageOf(origin.worker())
    const opening = failure('LOCKED', () => storage.ready())
    await storage.close()
    await opening
    await storageOf(origin.worker()).close()
  })

  it('while the pool grows waits for that, whether it succeeds or not', async () => {
    for (const isFailing of [false, true]) {
      const origin = new FakeOpfs()
      const storage = storageOf(origin.worker(), { poolSize: 2 })
      await storage.lock()
      await storage.open('a', 'create')
      await storage.open('b', 'create')
      if (isFailing) origin.quotaBytes = 0
      const creating = failure(isFailing ? 'NO_SPACE' : 'CLOSED', async () => {
        for (const name of ['c', 'd', 'e', 'f', 'g', 'h', 'i']) await storage.open(name, 'create')
      })
      await Promise.resolve()
      await storage.close()
      await creating.catch(() => undefined)
      await storageOf(origin.worker()).lock()
    }
  })

  it('closes the files, and nothing works afterwards', async () => {
    const storage = storageOf(new FakeOpfs().worker())
    const file = await storage.open('a', 'create')
    await storage.lock()
    await storage.close()
    await storage.close()
    await failure('CLOSED', () => file.size())
    for (const call of [
      () => storage.list(),
      () => storage.open('a', 'read'),
      () => storage.rename('a', 'b'),
      () => storage.remove('a'),
      () => storage.syncNames(),
      () => storage.lock(),
      () => storage.ready(),
    ]) await failure('CLOSED', call)
  })

  it('reports a handle that cannot be closed, and gives the lock back', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker())
    await storage.lock()
    origin.refused.set('close', new DOMException('x', 'InvalidStateError'))
    await failure('IO', () => storage.close())
    origin.refused.clear()
    await storageOf(origin.worker()).lock()
  })
})

describe('the synchronous form', () => {
  it('says that it is not ready, and never returns a promise', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker(), { synchronous: true, poolSize: 2 })
    const ready = storage.ready()
    for (const call of [
      () => storage.list(),
      () => storage.open('a', 'create'),
      () => storage.open('a', 'read'),
      () => storage.lock(),
    ]) expect(thrownBy('INVALID_ARGUMENT', call).message).toMatch(/await its ready\(\) first/)
    expect(storage.stats()).toBeUndefined()
    await ready
    expect(storage.lock()).toMatchObject({ holder: 'client 1' })
    void storage.open('a', 'create')
    void storage.open('b', 'create')
    const error = thrownBy('NO_SPACE', () => storage.open('c', 'create'))
    expect(error.message).toMatch(/no file of the pool is free for c, and it grows only between turns: raise poolSize/)
    // While it grows.
    expect(storage.close()).toBeUndefined()
    const next = storageOf(origin.worker(), { waitMs: 10_000 })
    expect(await next.list()).toEqual(expect.arrayContaining(['a', 'b']))
  })

  it('reserves without a promise', () => {
    const storage = synchronousOf(plainOrigin().worker())
    const file = storage.open('a', 'create')
    expect(file).not.toHaveProperty('then')
    expect((file as { reserve(size: number): unknown }).reserve(2_000_000)).toBeUndefined()
    expect(storage.close()).toBeUndefined()
  })
})

describe('removeOpfsStorage', () => {
  it('removes the directory, unless somebody has it', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    const options = { directory: 'pool', platform: worker.platform, waitMs: 0 }
    const storage = storageOf(worker)
    await storage.open('a', 'create')
    await failure('LOCKED', () => removeOpfsStorage(options))
    await storage.close()
    await removeOpfsStorage(options)
    await removeOpfsStorage(options)
    expect(await storageOf(worker).list()).toEqual([])
  })

  it('that fails gives the lock back', async () => {
    const origin = new FakeOpfs()
    const worker = origin.worker()
    const refusing = { ...worker.platform, removeDirectory: () => { throw new Error('x') } }
    await failure('IO', () => removeOpfsStorage({ directory: 'pool', platform: refusing }))
    await storageOf(worker).lock()
  })
})

describe('options', () => {
  it.each([
    { directory: '' },
    { directory: 'a//b' },
    { directory: '../a' },
    { poolSize: 0 },
    { poolSize: 1001 },
    { waitMs: -1 },
    { waitMs: 0.5 },
    { youngMs: 3_600_001 },
  ])('%o are refused', (options) => {
    const worker = new FakeOpfs().worker()
    expect(() => storageOf(worker, options)).toThrow(/INVALID_ARGUMENT/)
  })
})
