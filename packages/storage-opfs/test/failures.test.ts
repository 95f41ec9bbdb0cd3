import { asynchronousRuntime, type LogFile } from '@varve/storage'
import { openLog } from '@varve/segments'
import { describe, expect, it } from 'vitest'
import { FakeOpfs, type Manner } from './support/fake-opfs.ts'
import { failure } from './support/failure.ts'
import { storageOf } from './support/pools.ts'

const manners: readonly Manner[] = ['chromium', 'firefox']

async function fileOn(origin: FakeOpfs): Promise<LogFile> {
  const file = await storageOf(origin.worker()).open('a', 'create')
  await file.write(new Uint8Array(100), 0)
  await file.sync()
  return file
}

describe.each(manners)('a browser in the manner of %s', (manner) => {
  it('whose quota is used up is NO_SPACE, for whatever makes a file longer', async () => {
    const origin = new FakeOpfs()
    origin.manner = manner
    const file = await fileOn(origin)
    origin.quotaBytes = 0
    const error = await failure('NO_SPACE', () => file.write(new Uint8Array(10), 95))
    expect(error.context).toMatchObject({ operation: 'write', file: 'a' })
    await failure('NO_SPACE', () => file.resize(200))
    await failure('NO_SPACE', () => file.reserve?.(200))
    await file.write(new Uint8Array(10).fill(1), 90)
    await file.sync()
    expect(await file.size()).toBe(100)
  })

  it('whose disk is full is NO_SPACE', async () => {
    const origin = new FakeOpfs()
    origin.manner = manner
    const file = await fileOn(origin)
    origin.isDiskFull = true
    await failure('NO_SPACE', () => file.write(new Uint8Array(10), 95))
    expect(await file.size()).toBe(100)
  })

  it('whose device fails is IO, for reading and for writing', async () => {
    const origin = new FakeOpfs()
    origin.manner = manner
    const file = await fileOn(origin)
    origin.isDeviceBroken = true
    await failure('IO', () => file.read(new Uint8Array(10), 0))
    await failure('IO', () => file.write(new Uint8Array(10), 0))
    // The one that returns a count returns such a one for a full disk as well.
    const growing = manner === 'firefox' ? 'NO_SPACE' : 'IO'
    await failure(growing, () => file.write(new Uint8Array(10), 95))
    await failure('IO', () => file.sync())
    await failure(growing, () => storageOf(origin.worker(), { directory: 'other' }).lock())
  })

  it('loses nothing that a log acknowledged before its quota was used up, and goes on when opened again',
    async () => {
      const origin = new FakeOpfs()
      origin.manner = manner
      const options = { segmentBytes: 65_536 }
      const storage = storageOf(origin.worker())
      const log = await openLog({ storage, ...options })
      const record = new Uint8Array(1000).fill(7)
      await log.append(record)
      origin.quotaBytes = 8 * 16_384 + 20_000
      let acknowledged = 1
      const error = await failure('POISONED', async () => {
        for (;;) {
          await log.append(record)
          acknowledged += 1
        }
      })
      expect(error.cause).toMatchObject({ code: 'NO_SPACE' })
      await log.close().catch(() => undefined)
      await storage.close()
      origin.quotaBytes = Infinity
      const next = storageOf(origin.worker())
      const again = await openLog({ storage: next, ...options })
      await again.append(record)
      let records = 0
      for await (const { payload } of again.read()) {
        expect(payload).toEqual(record)
        records += 1
      }
      expect(records).toBeGreaterThan(acknowledged)
      await again.close()
      await next.close()
    })
})

describe('what a browser says', () => {
  it('is not believed of a file that did not grow, though every count was right and the flush succeeded', async () => {
    const origin = new FakeOpfs()
    const file = await fileOn(origin)
    origin.isDiskLying = true
    await file.write(new Uint8Array(10), 95)
    const error = await failure('NO_SPACE', () => file.sync())
    expect(error.message).toMatch(/flush of a found .* of .* bytes/)
    expect(await file.size()).toBe(100)
    origin.isDiskLying = false
    await failure('IO', () => file.sync())
  })

  it('of a flush that failed is final for old handles, and not for one that was opened afterwards', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker())
    const file = await storage.open('a', 'create')
    const reader = await storage.open('a', 'read')
    origin.failingFlushes = 1
    await failure('IO', () => file.writeDurable?.(new Uint8Array(1), 0))
    const error = await failure('IO', () => file.sync())
    expect(error.message).toMatch(/an earlier flush of a failed/)
    await failure('IO', () => reader.sync())
    const again = await storage.open('a', 'existing')
    await again.writeDurable?.(new Uint8Array(1), 0)
  })

  it.each([
    ['NotFoundError', 'NOT_FOUND'],
    ['NoModificationAllowedError', 'LOCKED'],
    ['NotAllowedError', 'UNSUPPORTED'],
    ['TypeError', 'IO'],
  ] as const)('with %s is %s', async (name, code) => {
    const origin = new FakeOpfs()
    const file = await fileOn(origin)
    origin.refused.set('truncate', new DOMException('x', name))
    const error = await failure(code, () => file.resize(50))
    expect(error.context).toEqual({ operation: 'resize', file: 'a', position: 50, reason: name })
  })

  it('without a name is IO, but where a file should become longer', async () => {
    const origin = new FakeOpfs()
    const file = await fileOn(origin)
    origin.refused.set('truncate', 'no words')
    const error = await failure('IO', () => file.resize(50))
    expect(error.message).toMatch(/failed with no words/)
    await failure('NO_SPACE', () => file.resize(500))
    origin.refused.set('truncate', new Error('words'))
    await failure('IO', () => file.resize(500))
    origin.refused.set('getSize', new DOMException('x', 'InvalidStateError'))
    await failure('IO', () => file.resize(500))
  })
})

describe('a reservation', () => {
  it('that fails gives back what it took, if it can', async () => {
    const origin = new FakeOpfs()
    const file = await fileOn(origin)
    origin.failingFlushes = 1
    await failure('IO', () => file.reserve?.(200))
    expect(await file.size()).toBe(100)
    const stubborn = await storageOf(origin.worker(), { directory: 'other' }).open('a', 'create')
    origin.failingFlushes = 1
    origin.refused.set('truncate', new Error('words'))
    await failure('IO', () => stubborn.reserve?.(200))
    expect(await stubborn.size()).toBe(200)
  })

  it('whose handle was closed meanwhile cuts nothing, since the file may be another one by then', async () => {
    const origin = new FakeOpfs()
    let turn = (): void => undefined
    const runtime = asynchronousRuntime()
    const waiting = { ...runtime, *turn() {
      const gate = runtime.gate()
      turn = () => { gate.open() }
      yield* gate.wait()
    } }
    const storage = storageOf(origin.worker(), { runtime: waiting })
    const file = await storage.open('a', 'create')
    const reserved = failure('CLOSED', () => file.reserve?.(3_000_000))
    await file.close()
    turn()
    await reserved
    expect(await (await storage.open('a', 'read')).size()).toBe(1_048_576)
  })
})

describe('freeing a file', () => {
  it('is done when its header says so, even if it cannot be emptied then', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker())
    const file = await storage.open('a', 'create')
    await file.write(new Uint8Array([1, 2, 3]), 0)
    await file.close()
    origin.refused.set('truncate', new Error('words'))
    await storage.remove('a')
    expect(await storage.list()).toEqual([])
    origin.refused.clear()
    expect(await (await storage.open('b', 'create')).size()).toBe(0)
  })
})

describe('an append', () => {
  it('costs one write and one flush, and a commit of 64 records no more', async () => {
    const origin = new FakeOpfs()
    const log = await openLog({ storage: storageOf(origin.worker()) })
    await log.append(new Uint8Array(256))
    origin.calls.length = 0
    await log.append(new Uint8Array(256))
    expect(origin.calls.map(kind)).toEqual(['write', 'flush'])
    origin.calls.length = 0
    await Promise.all(Array.from({ length: 64 }, () => log.append(new Uint8Array(256))))
    expect(origin.calls.map(kind)).toEqual(['write', 'flush'])
    await log.close()
  })
})

function kind(call: string): string {
  return call.split(' ')[1] ?? ''
}
