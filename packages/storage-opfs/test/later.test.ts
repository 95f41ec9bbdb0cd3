import type { LogFile } from '@varve/storage'
import { describe, expect, it, vi } from 'vitest'
import { FakeOpfs } from './support/fake-opfs.ts'
import { failure } from './support/failure.ts'
import { storageOf } from './support/pools.ts'

async function newFile(origin: FakeOpfs): Promise<LogFile> {
  const file = await storageOf(origin.worker()).open('a', 'create')
  await file.write(new Uint8Array(100), 0)
  origin.calls.length = 0
  return file
}

async function bytesOf(file: LogFile): Promise<number[]> {
  const bytes = new Uint8Array(await file.size())
  await file.read(bytes, 0)
  return [...bytes]
}

const later = (file: LogFile, value: number, position: number, count = 4): unknown =>
  file.writeLater?.(new Uint8Array(count).fill(value), position)

describe('what is to be written later', () => {
  it('costs no write if one that comes before its time covers it', async () => {
    const origin = new FakeOpfs()
    const file = await newFile(origin)
    later(file, 1, 50)
    await file.write(new Uint8Array(10).fill(2), 48)
    later(file, 3, 60)
    later(file, 4, 60)
    await file.write(new Uint8Array(4).fill(5), 60)
    expect(origin.calls).toHaveLength(2)
    expect((await bytesOf(file)).slice(48, 66)).toEqual([...Array<number>(10).fill(2), 0, 0, 5, 5, 5, 5, 0, 0])
  })

  it('is written after some milliseconds by itself, once for all that came meanwhile', async () => {
    vi.useFakeTimers()
    try {
      const origin = new FakeOpfs(false)
      const file = storageOf(origin.worker()).open('a', 'create') as LogFile
      void file.write(new Uint8Array(100), 0)
      origin.calls.length = 0
      later(file, 1, 10)
      later(file, 2, 10)
      vi.advanceTimersByTime(4)
      expect(origin.calls).toEqual([])
      vi.advanceTimersByTime(1)
      expect(origin.calls).toHaveLength(1)
      vi.advanceTimersByTime(100)
      expect(origin.calls).toHaveLength(1)
      expect((await bytesOf(file))[10]).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('comes before whatever touches a part of it, and leaves the rest alone', async () => {
    const origin = new FakeOpfs()
    const file = await newFile(origin)
    later(file, 1, 50)
    await file.read(new Uint8Array(10), 0)
    await file.write(new Uint8Array(4), 54)
    expect(origin.calls).toHaveLength(1)
    await file.write(new Uint8Array(2).fill(2), 52)
    expect(origin.calls).toHaveLength(3)
    expect((await bytesOf(file)).slice(49, 55)).toEqual([0, 1, 1, 2, 2, 0])
  })

  it('counts for the size, and is cut off with it', async () => {
    const origin = new FakeOpfs()
    const file = await newFile(origin)
    later(file, 1, 100)
    expect(await file.size()).toBe(104)
    later(file, 2, 104)
    await file.resize(104)
    expect(await file.size()).toBe(104)
    later(file, 3, 102)
    await file.resize(103)
    expect((await bytesOf(file)).slice(99)).toEqual([0, 1, 1, 3])
  })

  it('of two, the first is written when the second comes', async () => {
    const origin = new FakeOpfs()
    const file = await newFile(origin)
    later(file, 1, 10)
    later(file, 2, 20)
    expect(origin.calls).toHaveLength(1)
    await file.close()
    expect(origin.calls).toHaveLength(2)
  })

  it('may fail without a word: nothing stands on it', async () => {
    const origin = new FakeOpfs()
    const file = await newFile(origin)
    later(file, 1, 100)
    origin.quotaBytes = 0
    await file.close()
    expect(origin.calls).toHaveLength(1)
  })

  it('is refused like any other write', async () => {
    const file = await newFile(new FakeOpfs())
    await failure('INVALID_ARGUMENT', () => file.writeLater?.(new Uint8Array(1), -1))
    await file.close()
    await failure('CLOSED', () => file.writeLater?.(new Uint8Array(1), 0))
  })
})
