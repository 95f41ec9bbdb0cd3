import { isVarveError, VarveError, wordToBytes, xxh64 } from '@varve/codec'
import type { LogFile, OpenMode } from '@varve/storage'
import { openRecordFile, replayRecordFile, type RecordFileOptions } from '@varve/segments'
import { memoryStorage, type MemoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const name = 'orders.records'

function options(storage: MemoryStorage, more: Partial<RecordFileOptions> = {}): RecordFileOptions {
  return { storage, name, blockBytes: 128, ...more }
}

async function write(storage: MemoryStorage, texts: readonly string[], close = true): Promise<void> {
  const file = await openRecordFile(options(storage))
  for (const text of texts) await file.append(encoder.encode(text))
  if (close) await file.close()
}

async function texts(storage: MemoryStorage, mode: 'strict' | 'prefix' = 'strict'): Promise<string[]> {
  const found: string[] = []
  await replayRecordFile({ ...options(storage), mode }, ({ payload }) => found.push(decoder.decode(payload)))
  return found
}

/** The storage as another process would find it after this one was killed. */
function crashed(storage: MemoryStorage): MemoryStorage {
  return memoryStorage({ snapshot: storage.snapshot() })
}

async function change(storage: MemoryStorage, at: number, bytes: readonly number[]): Promise<void> {
  const file = await storage.open(name, 'existing')
  await file.write(Uint8Array.from(bytes), at)
  await file.close()
}

async function sizeOf(storage: MemoryStorage): Promise<number> {
  const file = await storage.open(name, 'read')
  const size = await file.size()
  await file.close()
  return size
}

describe('a record file', () => {
  it('gives back what was appended, across clean reopenings, in place', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'])
    const file = await openRecordFile(options(storage))
    expect(file.recovery).toMatchObject({ cleanShutdown: true, row: 'last.clean-shutdown', lastSequence: 2 })
    expect(await file.append(encoder.encode('three'), { type: 7, timestamp: 9 })).toBe(3)
    expect(await file.appendBatch([encoder.encode('four'), encoder.encode('five')])).toEqual({ first: 4, last: 5 })
    await file.sync()
    expect(file.durableSequence).toBe(5)
    const read: string[] = []
    for await (const { payload } of file.read()) read.push(decoder.decode(payload))
    expect(read).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(await file.replay(() => undefined)).toBe(5)
    await file[Symbol.asyncDispose]()
    expect(await texts(storage)).toEqual(read)
    expect(await storage.list()).toContain(name)
  })

  it('is written anew behind a torn tail, with a new salt, when it is small', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'], false)
    const after = crashed(storage)
    const end = 128 + 48 + 48
    await change(after, end, [1, 2, 3, 4])
    const before = await headerSalt(after)
    const file = await openRecordFile(options(after))
    expect(file.recovery).toMatchObject({ row: 'last.torn-tail', carriedRecords: 2, discarded: { position: end } })
    expect(file.lastSequence).toBe(2)
    await file.append(encoder.encode('three'))
    await file.close()
    expect(await texts(after)).toEqual(['one', 'two', 'three'])
    expect(await headerSalt(after)).not.toEqual(before)
  })

  it('is cut in place behind a torn tail when it is large, and its unproven rest is written again', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'], false)
    const after = crashed(storage)
    await change(after, 128 + 48 + 48, [1, 2, 3, 4])
    const salt = await headerSalt(after)
    const file = await openRecordFile(options(after, { rewriteBytesMax: 0 }))
    expect(file.recovery).toMatchObject({ row: 'last.torn-tail', carriedRecords: 0 })
    await file.append(encoder.encode('three'))
    await file.close()
    expect(await texts(after)).toEqual(['one', 'two', 'three'])
    expect(await headerSalt(after)).toEqual(salt)
  })

  it('refuses a torn tail when asked to, and changes nothing', async () => {
    const storage = memoryStorage()
    await write(storage, ['one'], false)
    const after = crashed(storage)
    await change(after, 128 + 48, [9])
    const size = await sizeOf(after)
    await expect(openRecordFile(options(after, { tornTail: 'refuse' }))).rejects.toSatisfy((error) =>
      isVarveError(error, 'TORN_TAIL'),
    )
    expect(await sizeOf(after)).toBe(size)
    const reopened = await openRecordFile(options(after))
    await reopened.close()
  })

  it('refuses damage below what was durable, and a prefix replay says how far it is intact', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two', 'three'])
    await change(storage, 128 + 48 + 41, [0xff])
    await expect(openRecordFile(options(storage))).rejects.toMatchObject({
      code: 'CORRUPT',
      context: { file: name, position: 128 + 48, row: 'last.below-durable-end' },
    })
    await expect(texts(storage)).rejects.toSatisfy((error) => isVarveError(error, 'CORRUPT'))
    expect(await texts(storage, 'prefix')).toEqual(['one'])
    const found = await replayRecordFile({ ...options(storage), mode: 'prefix' }, () => undefined)
    expect(found).toMatchObject({ records: 1, lastSequence: 1, corrupt: true, torn: undefined, end: 176 })
  })

  it('replays the valid prefix of a torn file, or nothing at all when strict', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'], false)
    const after = crashed(storage)
    await change(after, 128 + 96, [1])
    expect(await texts(after, 'prefix')).toEqual(['one', 'two'])
    const visited: number[] = []
    const strict = replayRecordFile(options(after), ({ sequence }) => visited.push(sequence))
    await expect(strict).rejects.toSatisfy((error) => isVarveError(error, 'TORN_TAIL'))
    expect(visited).toEqual([])
  })

  it('refuses what is not a record file, or newer than it knows', async () => {
    const storage = memoryStorage()
    await write(storage, ['one'])
    await change(storage, 0, [0])
    await expect(openRecordFile(options(storage))).rejects.toSatisfy((error) => isVarveError(error, 'NOT_A_LOG'))
    await expect(texts(storage)).rejects.toSatisfy((error) => isVarveError(error, 'NOT_A_LOG'))
  })

  it('refuses what a newer version wrote, and names it', async () => {
    const storage = memoryStorage()
    await write(storage, ['one'])
    const file = await storage.open(name, 'existing')
    const header = new Uint8Array(128)
    await file.read(header, 0)
    header[8] = 2
    header.set(wordToBytes(xxh64(header.subarray(0, 120))), 120)
    await file.write(header, 0)
    await file.close()
    await expect(openRecordFile(options(storage))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      context: { file: name, major: 2, minor: 0 },
    })
  })

  it('leaves the old file whole, and no handle open, when it cannot be written anew', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'], false)
    const after = crashed(storage)
    const failing = Object.assign(Object.create(after) as MemoryStorage, {
      capabilities: after.capabilities,
      list: () => after.list(),
      lock: () => after.lock(),
      syncNames: () => after.syncNames(),
      remove: (file: string) => after.remove(file),
      open(file: string, mode: OpenMode) {
        if (mode === 'create') throw new VarveError('NO_SPACE', 'the disk is full')
        return after.open(file, mode)
      },
    })
    await expect(openRecordFile(options(failing))).rejects.toSatisfy((error) => isVarveError(error, 'NO_SPACE'))
    // Removing is refused while a handle is open.
    expect(await texts(after)).toEqual(['one', 'two'])
    await after.rename(name, 'moved')
  })

  it('leaves no handle open when it cannot be cut in place', async () => {
    const storage = memoryStorage()
    await write(storage, ['one', 'two'], false)
    const after = crashed(storage)
    const failing = Object.assign(Object.create(after) as MemoryStorage, {
      capabilities: after.capabilities,
      list: () => after.list(),
      lock: () => after.lock(),
      syncNames: () => after.syncNames(),
      open(file: string, mode: OpenMode) {
        const opened = after.open(file, mode) as LogFile
        opened.resize = () => {
          throw new VarveError('IO', 'the disk is on fire')
        }
        return opened
      },
    })
    const opening = openRecordFile(options(failing, { rewriteBytesMax: 0 }))
    await expect(opening).rejects.toSatisfy((error) => isVarveError(error, 'IO'))
    expect(await texts(after)).toEqual(['one', 'two'])
    await after.rename(name, 'moved')
  })

  it('says NO_SPACE when its capacity is used up, and keeps what it has', async () => {
    const storage = memoryStorage()
    const file = await openRecordFile(options(storage, { capacity: 4096 }))
    const payload = new Uint8Array(1000)
    for (let at = 0; at < 3; at += 1) await file.append(payload)
    await expect(file.append(payload)).rejects.toSatisfy((error) => isVarveError(error, 'NO_SPACE'))
    await file.append(new Uint8Array(10))
    await file.close()
    expect(await texts(storage)).toHaveLength(4)
    expect(await sizeOf(storage)).toBeLessThanOrEqual(4096)
  })

  it('takes the lock of its storage unless told that the caller holds it', async () => {
    const storage = memoryStorage()
    const first = await openRecordFile(options(storage))
    await expect(openRecordFile(options(storage, { name: 'other' }))).rejects.toSatisfy((error) =>
      isVarveError(error, 'LOCKED'),
    )
    const second = await openRecordFile(options(storage, { name: 'other', lock: false }))
    await second.close()
    await first.close()
  })

  it('removes the draft of an interrupted rewrite', async () => {
    const storage = memoryStorage()
    await write(storage, ['one'])
    const draft = await storage.open(`${name}.new`, 'create')
    await draft.close()
    await write(storage, ['two'])
    expect(await storage.list()).not.toContain(`${name}.new`)
    expect(await texts(storage)).toEqual(['one', 'two'])
  })

  it('gives the lock back when it cannot be opened', async () => {
    const storage = memoryStorage()
    await write(storage, ['one'])
    const intact = storage.snapshot()
    await change(storage, 0, [0])
    await expect(openRecordFile(options(storage))).rejects.toSatisfy((error) => isVarveError(error, 'NOT_A_LOG'))
    const lock = await storage.lock()
    await lock.release()
    expect(await texts(memoryStorage({ snapshot: intact }))).toEqual(['one'])
  })

  it('names a bad option', async () => {
    const bad = openRecordFile(options(memoryStorage(), { rewriteBytesMax: -1 }))
    await expect(bad).rejects.toSatisfy((error) => isVarveError(error, 'INVALID_ARGUMENT'))
    const badName = openRecordFile(options(memoryStorage(), { name: '../escape' }))
    await expect(badName).rejects.toSatisfy((error) => isVarveError(error, 'INVALID_ARGUMENT'))
  })

  it('reads back what the async mode has written and not synced', async () => {
    const storage = memoryStorage()
    const file = await openRecordFile(options(storage, { durability: 'async' }))
    await file.append(encoder.encode('one'))
    expect(file.durableSequence).toBe(0)
    const seen: number[] = []
    for await (const { sequence } of file.read()) seen.push(sequence)
    expect(seen).toEqual([1])
    await file.close()
  })
})

async function headerSalt(storage: MemoryStorage): Promise<number[]> {
  const file = await storage.open(name, 'read')
  const bytes = new Uint8Array(8)
  await file.read(bytes, 32)
  await file.close()
  return [...bytes]
}
