import { isVarveError } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { faultKinds, isDecay, runAwaiting, SimulatedStorage, type CallFault } from '../src/index.ts'
import { runSynchronously } from '../src/run/drive.ts'
import { chosenRuntime, promising, repeatableRuntime } from '../src/run/runtimes.ts'
import { happenings, type Happening } from '../src/storage/faults.ts'
import { describeOperation, type Operation } from '../src/storage/operation.ts'
import { CrashSignal } from '../src/storage/simulated-storage.ts'
import { inSteps, stallMs } from '../src/storage/stepped.ts'
import { bytes, diskWith, found } from './support/images.ts'

/** A storage with a file 'a' of two sectors of ones, in which operations of one kind go wrong once, from `nth` on. */
function storageWith(happening: Happening, at: Operation['kind'], nth = 1): SimulatedStorage {
  let seen = 0
  const before = ({ kind }: Operation): Happening | undefined => {
    if (kind === at) seen += 1
    return kind === at && seen === nth ? happening : undefined
  }
  return new SimulatedStorage(diskWith(2, () => undefined), { before })
}

function fault(kind: CallFault, at: Operation['kind'], landed: Happening['landed'] = 'none'): SimulatedStorage {
  return storageWith({ kind, landed }, at)
}

describe('a process that dies', () => {
  it('does not do the operation, nor any after it, and leaves what had landed', () => {
    const storage = storageWith({ kind: 'crash', landed: 'half' }, 'write', 2)
    const lock = storage.lock()
    const open = storage.open('a', 'existing')
    void open.write(bytes(2, 64), 0)
    expect(() => open.write(bytes(3), 0)).toThrow(CrashSignal)
    const later = [() => open.size(), () => open.sync(), () => open.close(), () => storage.list(), () => lock.release()]
    for (const operation of later) expect(operation).toThrow(CrashSignal)
    const left = storage.disk.clone().names.get('a')?.bytes() ?? bytes(0)
    expect([left[0], left[31], left[32], left[64]]).toEqual([3, 3, 2, 1])
  })

  it('may die in a reservation of which half is there, or before it created the file it writes to', () => {
    const storage = storageWith({ kind: 'crash', landed: 'half' }, 'reserve')
    const open = storage.open('a', 'existing')
    expect(() => open.reserve?.(256)).toThrow(CrashSignal)
    expect(storage.disk.names.get('a')?.size).toBe(192)
    const creating = storageWith({ kind: 'crash', landed: 'half' }, 'create')
    expect(() => creating.open('b', 'create')).toThrow(CrashSignal)
    expect([...creating.disk.names.keys()]).toEqual(['a'])
  })
})

describe('a fault', () => {
  it('io: throws, with none or half of the bytes there', () => {
    const storage = fault('io', 'write', 'half')
    const open = storage.open('a', 'existing')
    expect(() => open.write(bytes(2), 0)).toThrow(/^IO: write failed/)
    const left = open.read(new Uint8Array(1), 0)
    expect(left).toBe(1)
    expect(storage.disk.names.get('a')?.bytes()[31]).toBe(2)
    expect(storage.disk.names.get('a')?.bytes()[32]).toBe(1)
  })

  it('io-although-done: throws, and it was done', () => {
    const storage = fault('io-although-done', 'rename')
    expect(() => { storage.rename('a', 'b') }).toThrow(/^IO: rename failed/)
    expect(storage.list()).toEqual(['b'])
  })

  it('no-space and too-many-files: throw what their names say', () => {
    expect(() => fault('no-space', 'create').open('b', 'create')).toThrow(/^NO_SPACE: create: no space left/)
    expect(() => fault('too-many-files', 'open').open('a', 'read')).toThrow(/^IO: too many open files/)
  })

  it('read-error: throws at reading', () => {
    expect(() => fault('read-error', 'list').list()).toThrow(/^IO: list failed/)
  })

  it('short-read, wrong-count, misdirected-read: give other bytes, or another number, than were asked for', () => {
    const read = (kind: CallFault): readonly [unknown, string] => {
      const storage = fault(kind, 'read')
      storage.disk.names.get('a')?.write(bytes(5), 0, 1)
      const target = new Uint8Array(64)
      const count = storage.open('a', 'read').read(target, 64)
      return [count, `${target[0] ?? ''}${target[63] ?? ''}`]
    }
    expect(read('short-read')).toEqual([32, '10'])
    expect(read('wrong-count')).toEqual([32_758, '00'])
    expect(read('misdirected-read')).toEqual([64, '55'])
  })

  it('misdirected-write: lands a sector further, durable or not', () => {
    const cached = fault('misdirected-write', 'write')
    void cached.open('a', 'existing').write(bytes(2), 0)
    expect(found(cached.disk)).toEqual(['11', '12'])
    const durable = fault('misdirected-write', 'writeDurable')
    void durable.open('a', 'existing').writeDurable?.(bytes(2), 0)
    expect(found(durable.disk)).toEqual(['12'])
  })

  it('sync-fails: throws; what becomes of the bytes depends on the file system', () => {
    const left = (kind: CallFault): string[] => {
      const storage = fault(kind, 'sync')
      const open = storage.open('a', 'existing')
      void open.write(bytes(2), 0)
      expect(() => open.sync()).toThrow(/^IO: sync failed/)
      void open.sync()
      return found(storage.disk)
    }
    expect(left('sync-fails-clean')).toEqual(['11', '21'])
    expect(left('sync-fails-reverted')).toEqual(['11'])
    expect(left('sync-fails-dirty')).toEqual(['21'])
  })

  it('sync-late: succeeds and persists nothing; the next sync says so', () => {
    const storage = fault('sync-late', 'sync')
    const open = storage.open('a', 'existing')
    void open.write(bytes(2), 0)
    void open.sync()
    expect(found(storage.disk)).toEqual(['11', '21'])
    expect(() => open.sync()).toThrow(/an earlier sync failed/)
    const unnamed = fault('sync-late', 'sync')
    const removed = unnamed.open('a', 'existing')
    unnamed.disk.names.delete('a')
    expect(() => removed.sync()).not.toThrow()
  })

  it('sync-lies, names-lie: succeed and persist nothing', () => {
    const storage = fault('sync-lies', 'sync')
    const open = storage.open('a', 'existing')
    void open.write(bytes(2), 0)
    void open.sync()
    expect(found(storage.disk)).toEqual(['11', '21'])
    const durable = fault('sync-lies', 'writeDurable')
    void durable.open('a', 'existing').writeDurable?.(bytes(2), 0)
    expect(found(durable.disk)).toEqual(['11', '21'])
    const names = fault('names-lie', 'syncNames')
    names.remove('a')
    names.syncNames()
    expect([...names.disk.durableNames.keys()]).toEqual(['a'])
  })

  it('can happen only where it makes sense, after the crashes', () => {
    const kinds = (kind: Operation['kind']): string[] =>
      happenings({ kind, name: 'a' }, ['bit-flip', 'io', 'sync-lies', 'read-error', 'stall']).map(
        (each) => `${each.kind} ${each.landed}`,
      )
    expect(kinds('read')).toEqual(['crash none', 'read-error none'])
    expect(kinds('write')).toEqual(['crash none', 'crash half', 'io none', 'io half'])
    expect(kinds('writeDurable')).toEqual(['crash none', 'crash all', 'io none', 'io all', 'sync-lies none'])
    expect(kinds('syncNames')).toEqual(['crash none', 'io none'])
  })
})

describe('a lock', () => {
  it('that is held is refused, unless its holder is believed to be dead', () => {
    const disk = diskWith(1, () => undefined)
    const held = new SimulatedStorage(disk).lock()
    expect(() => new SimulatedStorage(disk).lock()).toThrow(/^LOCKED: writer 1 writes to this disk/)
    expect(new SimulatedStorage(disk, { takesOver: true }).lock().generation).toBe(2)
    // It was not its own any more.
    void held.release()
    expect(() => new SimulatedStorage(disk).lock()).toThrow(/^LOCKED: writer 2/)
  })
})

describe('a file that is open', () => {
  it('cannot be renamed, replaced or removed, as on platforms that are strict about it', () => {
    const storage = new SimulatedStorage(diskWith(1, () => undefined))
    storage.open('a', 'read')
    for (const change of [() => { storage.rename('a', 'b') }, () => { storage.remove('a') }]) {
      expect(change).toThrow(/^INVALID_ARGUMENT: a is open/)
    }
  })
})

describe('eventual names', () => {
  it('are not durable when they are synced, only when their time has come', () => {
    const storage = new SimulatedStorage(diskWith(1, () => undefined), { names: 'eventual' })
    storage.remove('a')
    storage.syncNames()
    expect(storage.disk.durableNames.size).toBe(1)
    storage.settleNames()
    expect(storage.disk.durableNames.size).toBe(0)
  })
})

describe('operations as steps', () => {
  it('happen when their turn comes, and a sync that stalls when a minute has passed', async () => {
    const runtime = chosenRuntime(1, () => 0)
    let stalls = true
    const simulated = new SimulatedStorage(diskWith(1, () => undefined))
    const storage = inSteps(simulated, runtime, () => stalls)
    const file = await stepped(runtime, storage.open('a', 'existing'))
    const syncing = stepped(runtime, file.sync())
    await syncing
    expect(runtime.now()).toBe(stallMs)
    stalls = false
    await stepped(runtime, file.write(bytes(3), 0))
    await stepped(runtime, file.writeDurable?.(bytes(4), 0))
    await stepped(runtime, file.reserve?.(256))
    expect(await stepped(runtime, file.size())).toBe(256)
    await stepped(runtime, file.resize(64))
    const target = new Uint8Array(1)
    expect(await stepped(runtime, file.read(target, 0))).toBe(1)
    expect(target).toEqual(Uint8Array.of(4))
    await stepped(runtime, file.close())
    await stepped(runtime, storage.rename('a', 'b'))
    await stepped(runtime, storage.syncNames())
    await stepped(runtime, storage.remove('b'))
    expect(await stepped(runtime, storage.list())).toEqual([])
    const lock = await stepped(runtime, storage.lock())
    await stepped(runtime, lock.release())
    await expect(stepped(runtime, storage.open('c', 'read'))).rejects.toThrow(/^NOT_FOUND/)
    await stepped(runtime, storage.close())
    expect(runtime.now()).toBe(stallMs)
  })

  it('have no more methods than the storage behind them', async () => {
    const runtime = chosenRuntime(1, () => 0)
    const simulated = new SimulatedStorage(diskWith(1, () => undefined), { extras: false })
    const file = await stepped(runtime, inSteps(simulated, runtime, () => false).open('a', 'existing'))
    expect(['writeDurable' in file, 'reserve' in file]).toEqual([false, false])
  })

  /** Takes steps until the operation has answered. */
  async function stepped<T>(runtime: ReturnType<typeof chosenRuntime>, operation: PromiseLike<T> | T): Promise<T> {
    const answer = Promise.resolve(operation)
    answer.catch(() => undefined)
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.resolve()
      while (runtime.step());
    }
    return await answer
  }
})

describe('the worlds that processes live in', () => {
  it('have a clock that does not move by itself, and chance that is the same for the same process', () => {
    const draw = (life: number): Uint8Array => {
      const target = new Uint8Array(8)
      repeatableRuntime(life).random(target)
      return target
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(repeatableRuntime(1).now()).toBe(0)
  })

  it('give a promise for a procedure, and pass on what it throws', async () => {
    const inner = chosenRuntime(1, () => 0)
    const runtime = promising(inner)
    const failing = runtime.run(fail())
    while (inner.step());
    await expect(failing).rejects.toThrow('as it should')
    function* fail(): Generator<never, void> {
      throw new Error('as it should')
    }
  })

  it('wait for promises and for nothing else', async () => {
    await expect(runAwaiting(turning())).rejects.toSatisfy((error) => isVarveError(error, 'UNSUPPORTED'))
    expect(() => { runSynchronously(turning()) }).toThrow(/UNSUPPORTED/)
    function* turning(): Generator<{ readonly on: 'turn' }, void> {
      yield { on: 'turn' }
    }
  })
})

describe('every operation', () => {
  const operations: readonly Operation[] = [
    { kind: 'list', name: '' },
    { kind: 'create', name: 'a' },
    { kind: 'open', name: 'a' },
    { kind: 'size', name: 'a' },
    { kind: 'read', name: 'a', position: 8, size: 16 },
    { kind: 'write', name: 'a', position: 8, bytes: new Uint8Array(4) },
    { kind: 'writeDurable', name: 'a', position: 0, bytes: new Uint8Array(4) },
    { kind: 'sync', name: 'a' },
    { kind: 'resize', name: 'a', size: 128 },
    { kind: 'reserve', name: 'a', size: 256 },
    { kind: 'rename', name: 'a', to: 'b' },
    { kind: 'remove', name: 'a' },
    { kind: 'syncNames', name: '' },
    { kind: 'lock', name: '' },
  ]

  it('has a name for people', () => {
    expect(operations.map(describeOperation)).toEqual([
      'list',
      'create a',
      'open a',
      'size a',
      'read a at 8',
      'write a [8, 12)',
      'writeDurable a [0, 4)',
      'sync a',
      'resize a to 128',
      'reserve a to 256',
      'rename a to b',
      'remove a',
      'syncNames',
      'lock',
    ])
  })

  it('can go wrong in more than one way, and each kind of fault happens to some', () => {
    const all = operations.map((operation) => happenings(operation, faultKinds).map(({ kind }) => kind))
    for (const kinds of all) expect(kinds[0]).toBe('crash')
    for (const kinds of all) expect(kinds.length).toBeGreaterThan(1)
    const reached = new Set<string>(all.flat())
    const elsewhere = faultKinds.filter((kind) => isDecay(kind) || kind === 'stall')
    expect([...reached, ...elsewhere].sort()).toEqual(['crash', ...faultKinds].sort())
  })
})
