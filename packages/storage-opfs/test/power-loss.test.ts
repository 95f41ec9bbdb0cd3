import { describe, expect, it } from 'vitest'
import type { OpfsStorage } from '../src/index.ts'
import { someWays, type Choose } from './support/every-way.ts'
import type { FakeOpfs, FakeWorker } from './support/fake-opfs.ts'
import { failure, thrownBy } from './support/failure.ts'
import { everything, plainOrigin, put, storageOf, synchronousOf } from './support/pools.ts'

interface Story {
  readonly name: string
  readonly before: (storage: OpfsStorage) => void
  readonly change: (storage: OpfsStorage) => void
  readonly from: Record<string, string>
  readonly to: Record<string, string>
}

const stories: readonly Story[] = [
  {
    name: 'create',
    before: () => undefined,
    change: (storage) => { void storage.open('new', 'create') },
    from: {},
    to: { new: '' },
  },
  {
    name: 'create in a file that was used before',
    before(storage) {
      for (const name of ['1', '2', '3', '4']) put(storage, name, 'old')
      for (const name of ['1', '2', '3', '4']) void storage.remove(name)
    },
    change: (storage) => { void storage.open('new', 'create') },
    from: {},
    to: { new: '' },
  },
  {
    name: 'rename',
    before: (storage) => { put(storage, 'one', '1') },
    change: (storage) => { void storage.rename('one', 'two') },
    from: { one: '1' },
    to: { two: '1' },
  },
  {
    name: 'rename over a file',
    before(storage) {
      put(storage, 'one', '1')
      put(storage, 'two', '2')
    },
    change: (storage) => { void storage.rename('one', 'two') },
    from: { one: '1', two: '2' },
    to: { two: '1' },
  },
  {
    name: 'remove',
    before: (storage) => { put(storage, 'one', '1') },
    change: (storage) => { void storage.remove('one') },
    from: { one: '1' },
    to: {},
  },
]

/** The worker ends, or the power goes; whatever was not flushed is there in part. */
function crash(origin: FakeOpfs, worker: FakeWorker, choose: Choose): void {
  worker.end()
  origin.callsLeft = Infinity
  if (choose(2) === 1) origin.losePower(choose)
}

/** Whether `action` came to its end. */
function succeeds(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

function found(worker: FakeWorker): Record<string, string> {
  const storage = storageOf(worker, { synchronous: true, poolSize: 1 })
  void storage.ready()
  return everything(storage)
}

describe.each(stories)('$name', ({ before, change, from, to }) => {
  it('is done or not, wherever it is interrupted, and stays done once it returned', () => {
    let finished = 0
    someWays(400, (choose) => {
      const origin = plainOrigin()
      const first = origin.worker()
      const storage = synchronousOf(first)
      before(storage)
      // Some write or flush of it is the last one; a failed flush keeps the cache from the disk.
      if (choose(2) === 1) origin.failingFlushes = 1
      origin.callsLeft = choose(9)
      const isDone = succeeds(() => { change(storage) })
      if (isDone) finished += 1
      origin.failingFlushes = 0
      crash(origin, first, choose)

      const second = origin.worker()
      const seen = found(second)
      expect([from, to]).toContainEqual(seen)
      if (isDone) expect(seen).toEqual(to)
      second.end()

      // The one that recovers dies as well.
      const third = origin.worker()
      const recovering = synchronousOf(third)
      origin.callsLeft = choose(6)
      const isRecovered = succeeds(() => { void recovering.lock() })
      crash(origin, third, choose)
      const left = found(origin.worker())
      expect([from, to]).toContainEqual(left)
      if (isRecovered) expect(left).toEqual(seen)
    })
    expect(finished).toBeGreaterThan(0)
  })
})

describe('a change whose flush failed', () => {
  it('is said to be undone before anything else is done, so that it cannot come up later', () => {
    someWays(100, (choose) => {
      const origin = plainOrigin()
      const worker = origin.worker()
      const storage = synchronousOf(worker)
      put(storage, 'one', '1')
      put(storage, 'two', '2')
      origin.failingFlushes = 1
      thrownBy('IO', () => storage.rename('one', 'two'))
      expect(everything(storage)).toEqual({ one: '1', two: '2' })
      void storage.remove('two')
      crash(origin, worker, choose)
      expect(found(origin.worker())).toEqual({ one: '1' })
    })
  })

  it('leaves a loser that keeps its name for as long as the winner may lose it', () => {
    const origin = plainOrigin()
    const worker = origin.worker()
    const storage = synchronousOf(worker)
    put(storage, 'one', '1')
    put(storage, 'two', '2')
    origin.failingFlushes = 1
    thrownBy('IO', () => storage.rename('one', 'two'))
    worker.end()
    // The cache says that it was renamed, the disk does not: nothing is freed for that.
    const next = origin.worker()
    const recovering = synchronousOf(next)
    expect(everything(recovering)).toEqual({ two: '1' })
    origin.failingFlushes = 1
    thrownBy('IO', () => recovering.lock())
    next.end()
    origin.losePower(() => 0)
    expect(found(origin.worker())).toEqual({ one: '1', two: '2' })
  })

  it('can be tried again', async () => {
    const origin = plainOrigin()
    const storage = storageOf(origin.worker())
    await storage.ready()
    for (const again of [false, true]) {
      origin.failingFlushes = again ? 0 : 3
      if (again) await storage.open('a', 'create')
      else await failure('IO', () => storage.open('a', 'create'))
    }
    expect(await storage.list()).toEqual(['a'])
  })
})
