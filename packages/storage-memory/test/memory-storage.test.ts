import { isVarveError } from '@varve/codec'
import type { LogFile } from '@varve/storage'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { memoryDisk, memoryStorage, type MemoryStorage } from '../src/index.ts'

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)

function fails(code: Parameters<typeof isVarveError>[1], action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (isVarveError(error, code)) return
    throw error
  }
  throw new Error(`expected ${String(code)}`)
}

function put(storage: MemoryStorage, name: string, content: Uint8Array<ArrayBuffer>): LogFile {
  const file = storage.open(name, 'create') as LogFile
  void file.write(content, 0)
  return file
}

function contents(storage: MemoryStorage, name: string): Uint8Array {
  return storage.snapshot().files.get(name) ?? new Uint8Array(0)
}

describe('a snapshot', () => {
  it('holds all files and does not follow later changes', () => {
    const storage = memoryStorage()
    const file = put(storage, 'a', bytes(1, 2, 3))
    const snapshot = storage.snapshot()
    void file.write(bytes(9), 0)
    expect(snapshot.files.get('a')).toEqual(bytes(1, 2, 3))
    expect(contents(storage, 'a')).toEqual(bytes(9, 2, 3))
  })

  it('can be restored more than once, each time on a disk of its own', () => {
    const storage = memoryStorage()
    put(storage, 'a', bytes(1, 2, 3))
    const snapshot = storage.snapshot()
    const first = memoryStorage({ snapshot })
    void (first.open('a', 'existing') as LogFile).write(bytes(9), 0)
    expect(contents(first, 'a')).toEqual(bytes(9, 2, 3))
    expect(contents(memoryStorage({ snapshot }), 'a')).toEqual(bytes(1, 2, 3))
    expect(contents(storage, 'a')).toEqual(bytes(1, 2, 3))
  })

  it('keeps the generation of the lock and not its holder', () => {
    const storage = memoryStorage()
    expect(storage.lock()).toMatchObject({ generation: 1 })
    expect(memoryStorage({ snapshot: storage.snapshot() }).lock()).toMatchObject({ generation: 2 })
  })

  it('with a name that is not plain is refused', () => {
    const snapshot = { files: new Map([['a/b', bytes(1)]]), generation: 0 }
    fails('INVALID_ARGUMENT', () => memoryDisk(snapshot))
  })

  it('and a disk together are refused, and so is a disk of somebody else', () => {
    const snapshot = memoryStorage().snapshot()
    fails('INVALID_ARGUMENT', () => memoryStorage({ disk: memoryDisk(), snapshot }))
    fails('INVALID_ARGUMENT', () => memoryStorage({ disk: { snapshot: () => snapshot } }))
  })
})

describe('storages on one disk', () => {
  it('see the same files', () => {
    const disk = memoryDisk()
    put(memoryStorage({ disk }), 'a', bytes(1))
    const other = memoryStorage({ disk })
    expect(other.list()).toEqual(['a'])
    expect(other.disk).toBe(disk)
  })

  it('keep a removed file readable for those who have it open', () => {
    const disk = memoryDisk()
    put(memoryStorage({ disk }), 'a', bytes(1, 2, 3))
    const reader = memoryStorage({ disk }).open('a', 'read') as LogFile
    memoryStorage({ disk }).remove('a')
    const target = new Uint8Array(3)
    expect(reader.read(target, 0)).toBe(3)
    expect(target).toEqual(bytes(1, 2, 3))
  })

  it('have names that differ, so that an error can tell who holds the lock', () => {
    const disk = memoryDisk()
    const first = memoryStorage({ disk })
    const second = memoryStorage({ disk })
    void first.lock()
    expect(() => second.lock()).toThrow(/memory storage 1 of this process writes to this disk/)
  })
})

describe('what some platforms cannot do', () => {
  it('renaming, replacing or removing an open file is refused', () => {
    const storage = memoryStorage()
    const open = put(storage, 'open', bytes(1))
    void put(storage, 'closed', bytes(2)).close()
    fails('INVALID_ARGUMENT', () => { storage.rename('open', 'x') })
    fails('INVALID_ARGUMENT', () => { storage.rename('closed', 'open') })
    fails('INVALID_ARGUMENT', () => { storage.remove('open') })
    void open.close()
    storage.remove('open')
    expect(storage.list()).toEqual(['closed'])
  })
})

describe('a closed storage', () => {
  it('closes its files, stops its watches and can be closed again', async () => {
    const disk = memoryDisk()
    const storage = memoryStorage({ disk })
    const file = put(storage, 'a', bytes(1))
    const changed = vi.fn()
    storage.watch?.(changed)
    void storage.close()
    void storage.close()
    fails('CLOSED', () => file.size())
    fails('CLOSED', () => storage.watch?.(changed))
    put(memoryStorage({ disk }), 'b', bytes(1))
    await Promise.resolve()
    expect(changed).not.toHaveBeenCalled()
    void file.close()
    void file.close()
  })
})

describe('watch', () => {
  it('tells once about everything that changes in one go, and after it', async () => {
    const disk = memoryDisk()
    const changed = vi.fn()
    memoryStorage({ disk }).watch?.(changed)
    put(memoryStorage({ disk }), 'a', bytes(1))
    expect(changed).not.toHaveBeenCalled()
    await Promise.resolve()
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('does not call a watch that another callback has stopped', async () => {
    const storage = memoryStorage()
    const second = vi.fn()
    const stops: ((() => void) | undefined)[] = []
    storage.watch?.(() => { stops[0]?.() })
    stops.push(storage.watch?.(second))
    put(storage, 'a', bytes(1))
    await Promise.resolve()
    expect(second).not.toHaveBeenCalled()
  })
})

describe('an asynchronous memory storage', () => {
  it('returns promises, from everything', async () => {
    const storage = memoryStorage({ asynchronous: true })
    expect(storage.capabilities.synchronous).toBe(false)
    const file = await storage.open('a', 'create')
    const lock = await storage.lock()
    const returned = [
      storage.list(), storage.syncNames(), lock.release(),
      file.size(), file.read(bytes(0), 0), file.write(bytes(1), 0), file.writeDurable?.(bytes(1), 0),
      file.sync(), file.resize(3), file.reserve?.(5), file.close(),
      storage.rename('a', 'b'), storage.remove('b'), storage.close(),
    ]
    for (const value of returned) expect(value).toBeInstanceOf(Promise)
    for (const value of returned) await value
  })

  it('acts after the call, in call order: a buffer that is changed too early is seen to be', async () => {
    const storage = memoryStorage({ asynchronous: true })
    const file = await storage.open('a', 'create')
    const source = bytes(1)
    const first = file.write(source, 0)
    const second = file.write(bytes(2), 1)
    source.fill(7)
    expect(contents(storage, 'a')).toHaveLength(0)
    await Promise.all([first, second])
    expect(contents(storage, 'a')).toEqual(bytes(7, 2))
  })

  it('rejects and never throws', async () => {
    const storage = memoryStorage({ asynchronous: true })
    const opening = storage.open('missing', 'read')
    await expect(Promise.resolve(opening)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a file in memory', () => {
  it('that is larger than memory is NO_SPACE and leaves the file as it was', () => {
    const storage = memoryStorage()
    const file = put(storage, 'a', bytes(1, 2))
    fails('NO_SPACE', () => file.resize(2 ** 52))
    expect(contents(storage, 'a')).toEqual(bytes(1, 2))
  })

  it('holds what a plain array would hold, whatever is done to it', () => {
    const size = fc.nat(20_000)
    const byte = fc.integer({ min: 1, max: 255 })
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), at: size, length: fc.nat(9_000), value: byte }),
      fc.record({ kind: fc.constant('resize' as const), at: size }),
      fc.record({ kind: fc.constant('reserve' as const), at: size }),
    )
    const grown = (model: number[], length: number): number[] => [
      ...model,
      ...new Array<number>(Math.max(0, length - model.length)).fill(0),
    ]
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
        const storage = memoryStorage()
        const file = put(storage, 'a', bytes())
        let model: number[] = []
        for (const step of operations) {
          if (step.kind === 'resize') {
            void file.resize(step.at)
            model = grown(model, step.at).slice(0, step.at)
          } else if (step.kind === 'reserve') {
            void file.reserve?.(step.at)
            model = grown(model, step.at)
          } else if (step.length > 0) {
            void file.write(new Uint8Array(step.length).fill(step.value), step.at)
            model = grown(model, step.at + step.length).fill(step.value, step.at, step.at + step.length)
          }
        }
        expect(contents(storage, 'a')).toEqual(Uint8Array.from(model))
      }),
      { numRuns: 200 },
    )
  })
})
