import { asynchronousRuntime } from '@varve/storage'
import { describe, expect, it } from 'vitest'
import { contentStart, encodePoolHeader, headerBytes } from '../src/pool-header.ts'
import { Pool } from '../src/pool.ts'
import { FakeOpfs } from './support/fake-opfs.ts'
import { failure, thrownBy } from './support/failure.ts'
import { forgedHeader } from './support/forged.ts'
import { everything, plainOrigin, put, storageOf, synchronousOf } from './support/pools.ts'

/** Bytes of one header written with a checksum that fits, and then changed. */
function writeAt(origin: FakeOpfs, name: string, at: number, bytes: Uint8Array): void {
  origin.content('pool', name).bytes.set(bytes, at)
}

describe('a pool', () => {
  it('gives a name that two files claim to the higher generation, and frees the other', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    put(synchronousOf(first), 'a', 'old')
    first.end()
    const header = { generation: 1000, name: 'a', isConfirmed: false, isSettled: false }
    writeAt(origin, 'pool-00000003', 0, encodePoolHeader(header, 3, 0))
    const storage = synchronousOf(origin.worker())
    expect(everything(storage)).toEqual({ a: '' })
    expect(storage.stats()).toMatchObject({ named: 1, free: 2 })
    const lock = await storage.lock()
    expect(lock.generation).toBeGreaterThan(1000)
    expect(storage.stats()).toMatchObject({ named: 1, free: 3 })
    await storage.close()
    const lower = { ...header, generation: 1 }
    writeAt(origin, 'pool-00000004', 0, encodePoolHeader(lower, 4, 0))
    for (const slot of [1, 2]) writeAt(origin, 'pool-00000004', slot * 4096, new Uint8Array(headerBytes))
    expect(everything(synchronousOf(origin.worker()))).toEqual({ a: '' })
  })

  it('reports a file whose header is damaged in every copy, and neither uses, empties nor changes it', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    const made = synchronousOf(first)
    put(made, 'a', 'kept')
    first.end()
    for (const slot of [0, 1, 2]) writeAt(origin, 'pool-00000001', slot * 4096, new Uint8Array(headerBytes).fill(9))
    const before = origin.content('pool', 'pool-00000001').bytes.slice()
    const storage = synchronousOf(origin.worker())
    await storage.lock()
    await storage.syncNames()
    for (const name of ['b', 'c', 'd']) put(storage, name, name)
    expect(storage.stats()?.damaged).toEqual(['pool-00000001'])
    expect(everything(storage)).toEqual({ b: 'b', c: 'c', d: 'd' })
    expect(origin.content('pool', 'pool-00000001').bytes).toEqual(before)
  })

  it('uses a file that died while it was made, whatever was torn', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    synchronousOf(first)
    first.end()
    origin.content('pool', 'pool-00000001').bytes = new Uint8Array(0)
    origin.content('pool', 'pool-00000002').bytes = new Uint8Array(headerBytes - 1).fill(3)
    origin.content('pool', 'pool-00000003').bytes = new Uint8Array(4096 + 100)
    const storage = synchronousOf(origin.worker())
    for (const name of ['a', 'b', 'c', 'd']) put(storage, name, name)
    expect(storage.stats()?.damaged).toEqual([])
    await storage.close()
    expect(everything(synchronousOf(origin.worker()))).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' })
  })

  it('renames a file to its own name by doing nothing', () => {
    const origin = plainOrigin()
    const storage = synchronousOf(origin.worker())
    put(storage, 'a', 'a')
    origin.calls.length = 0
    void storage.rename('a', 'a')
    expect(origin.calls).toEqual([])
    expect(everything(storage)).toEqual({ a: 'a' })
  })

  it('neither renames nor removes nor replaces a file that is open', () => {
    const storage = synchronousOf(plainOrigin().worker())
    void storage.open('a', 'create')
    put(storage, 'b', 'b')
    for (const call of [() => storage.rename('a', 'c'), () => storage.rename('b', 'a'), () => storage.remove('a')]) {
      expect(thrownBy('INVALID_ARGUMENT', call).message).toMatch(/a is open: close it, then (rename|replace|remove) it/)
    }
  })

  it('leaves what is not its own alone', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    const handle = await (await first.platform.openDirectory(['pool'])).openFile('notes.txt')
    handle.write(new Uint8Array(5), { at: 0 })
    first.end()
    const storage = synchronousOf(origin.worker())
    put(storage, 'a', 'a')
    expect(storage.stats()?.foreign).toEqual(['notes.txt'])
    expect(storage.list()).toEqual(['a'])
    expect(origin.content('pool', 'notes.txt').bytes).toEqual(new Uint8Array(5))
  })

  it.each([
    ['a name that is too long', 12, 0x01_00],
    ['a generation that is no number', 22, 0xffff],
  ])('takes %s for damage, though its checksum fits', (_what, at, value) => {
    const origin = plainOrigin()
    const first = origin.worker()
    put(synchronousOf(first), 'a', 'a')
    first.end()
    for (const slot of [0, 1, 2]) writeAt(origin, 'pool-00000001', slot * 4096, forged(slot, at, value))
    expect(synchronousOf(origin.worker()).stats()?.damaged).toEqual(['pool-00000001'])
  })

  it('of a newer version is not touched, and is not locked either', async () => {
    const origin = new FakeOpfs()
    const first = storageOf(origin.worker())
    await first.lock()
    await first.close()
    writeAt(origin, 'pool-00000002', 4096, forged(1, 8, 2, 2))
    const calls = origin.calls.length
    const error = await failure('UNSUPPORTED_FORMAT', () => storageOf(origin.worker()).lock())
    expect(error.message).toMatch(/headers of version 2, this library knows 1/)
    await failure('UNSUPPORTED_FORMAT', () => storageOf(origin.worker()).list())
    expect(origin.calls.slice(calls)).toEqual([])
  })

  it('without a file that can be used says so', async () => {
    const settings = { platform: plainOrigin().worker().platform, runtime: asynchronousRuntime(), path: ['pool'] }
    const pool = await settings.runtime.run(Pool.open({ ...settings, poolSize: 1, waitMs: 0, youngMs: 0 }))
    thrownBy('IO', () => pool.burnGeneration())
  })
})

/** A header of `pool-00000001` or, with another file, of that, with one field changed and the checksum made to fit. */
function forged(slot: number, at: number, value: number, file = 1): Uint8Array {
  return forgedHeader(file, slot, (view) => { view.setUint16(at, value, true) })
}

describe('the physical files', () => {
  it('are young for a minute of one life, then old for ever', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    const storage = synchronousOf(first)
    put(storage, 'a', 'a')
    expect(storage.capabilities.names).toBe('eventual')
    origin.clock = 59_999
    expect(storage.capabilities.names).toBe('eventual')
    origin.clock = 60_000
    expect(storage.capabilities.names).toBe('device')
    await storage.syncNames()
    first.end()
    const next = synchronousOf(origin.worker())
    expect(next.capabilities.names).toBe('device')
    expect(next.stats()?.young).toBe(0)
  })

  it('are young again for a process that was not told', () => {
    const origin = plainOrigin()
    const first = origin.worker()
    put(synchronousOf(first), 'a', 'a')
    first.end()
    origin.clock = 70_000
    const storage = synchronousOf(origin.worker())
    expect(storage.capabilities.names).toBe('eventual')
    origin.clock = 130_000
    expect(storage.capabilities.names).toBe('device')
  })

  it('are given out old ones first', async () => {
    const origin = plainOrigin()
    const first = origin.worker()
    const made = synchronousOf(first, { poolSize: 2 })
    origin.clock = 60_000
    await made.syncNames()
    put(made, 'a', 'a')
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    expect(made.stats()).toMatchObject({ files: 6, free: 5, young: 4 })
    put(made, 'b', 'b')
    expect(made.capabilities.names).toBe('device')
    put(made, 'c', 'c')
    expect(made.capabilities.names).toBe('eventual')
    await made.remove('c')
    expect(made.capabilities.names).toBe('device')
  })

  it('get more before the last is used up, and a failure of that is heard of by who needs one', async () => {
    const origin = new FakeOpfs()
    const storage = storageOf(origin.worker(), { poolSize: 2 })
    await storage.lock()
    origin.quotaBytes = 2 * contentStart
    await storage.open('a', 'create')
    await storage.open('b', 'create')
    const error = await failure('NO_SPACE', () => storage.open('c', 'create'))
    expect(error.message).toMatch(/QuotaExceededError/)
    expect(storage.stats()?.growthFailure?.code).toBe('NO_SPACE')
    origin.quotaBytes = Infinity
    await storage.open('c', 'create')
    expect(storage.stats()?.growthFailure).toBeUndefined()
    const many = ['d', 'e', 'f', 'g', 'h', 'i'].map(async (name) => { await storage.open(name, 'create') })
    await Promise.all(many)
    expect(storage.stats()?.named).toBe(9)
  })

  it('of a log that is written to faster than they age are all old at some time, and used again from then on', () => {
    const origin = plainOrigin()
    const storage = synchronousOf(origin.worker())
    let made = 0
    const filesAfter: number[] = []
    // A segment each second; like a log, it gives nothing up while a name that is in use may vanish.
    for (let second = 0; second < 2000; second += 1) {
      origin.clock += 1000
      made += 1
      put(storage, `s-${made}`, '')
      if (storage.capabilities.names === 'device') {
        for (const name of storage.list() as readonly string[]) if (name !== `s-${made}`) void storage.remove(name)
      }
      filesAfter.push(storage.stats()?.files ?? 0)
    }
    expect(filesAfter.at(-1)).toBeLessThan(400)
    expect(filesAfter.at(-1)).toBe(filesAfter[1000])
  })

  it('may be too few on a full disk, which keeps nobody from what is there', async () => {
    const origin = new FakeOpfs()
    const first = storageOf(origin.worker(), { poolSize: 1 })
    await failure('LOCKED', async () => {
      await first.lock()
      await first.lock()
    })
    await first.open('a', 'create')
    await first.close()
    origin.quotaBytes = 0
    const second = storageOf(origin.worker(), { poolSize: 20 })
    await second.lock()
    await second.remove('a')
    expect(second.stats()?.growthFailure?.code).toBe('NO_SPACE')
    await second.close()
    await failure('NO_SPACE', () => storageOf(origin.worker(), { directory: 'other' }).lock())
  })

  it('that cannot be opened let nobody in, and are closed again', async () => {
    const origin = new FakeOpfs()
    origin.refused.set('getSize', new DOMException('x', 'InvalidStateError'))
    const first = storageOf(origin.worker())
    await failure('IO', () => first.lock())
    await first.close()
    origin.refused.clear()
    const second = storageOf(origin.worker())
    await second.lock()
    await second.close()
    origin.manner = 'firefox'
    origin.isDeviceBroken = true
    const error = await failure('IO', () => storageOf(origin.worker()).list())
    expect(error.message).toMatch(/read of the header of pool-00000001 returned 32758 of 512 bytes/)
  })
})

