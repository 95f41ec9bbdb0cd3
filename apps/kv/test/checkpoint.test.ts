import { memoryStorage } from 'varve'
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../src/database.ts'
import { crashed, damage, filesOf, slowDisk, small, type Memory } from './support/storage.ts'

async function fill(database: Database, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1) await database.put(`key ${at}`, `value ${at}`)
}

const keysOf = async (storage: Memory): Promise<string[]> => {
  const database = await openDatabase({ storage, ...small })
  const keys = [...database.scan()].map(([key]) => key)
  await database.close()
  return keys
}

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `key ${at}`).sort()

describe('a checkpoint', () => {
  it('is what the next open begins with, and the log before it can go', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage, ...small })
    await fill(database, 0, 200)
    const before = (await filesOf(storage, '.varve')).length
    await database.checkpoint()
    await fill(database, 200, 205)
    await database.checkpoint()
    expect((await filesOf(storage, '.varve')).length).toBeLessThan(before)
    await fill(database, 205, 210)
    expect(await keysOf(crashed(storage))).toEqual(names(210))
    await database.close()
    expect(await keysOf(storage)).toEqual(names(210))
  })

  it('that is damaged is passed over for the one before it, and nothing is missing', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage, ...small })
    await fill(database, 0, 20)
    await database.delete('key 7')
    await database.checkpoint()
    await fill(database, 20, 40)
    await database.delete('key 8')
    await database.checkpoint()
    await fill(database, 40, 50)
    await database.close()
    const newest = (await filesOf(storage, '.checkpoint')).at(-1) as string
    await damage(storage, newest)
    expect(await keysOf(storage)).toEqual(names(50).filter((name) => name !== 'key 7' && name !== 'key 8'))
  })

  it('holds what was acknowledged when it was begun, while writes go on', async () => {
    const inner = memoryStorage()
    const disk = slowDisk(inner)
    const database = await openDatabase({ storage: disk.storage, ...small })
    await fill(database, 0, 30)
    const checkpoint = database.checkpoint()
    await Promise.all([checkpoint, fill(database, 30, 60), database.delete('key 0')])
    expect(await keysOf(crashed(inner))).toEqual(names(60).slice(1))
    await database.close()
  })

  it('may be asked for many at once, and of nothing at all', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage, ...small })
    await database.checkpoint()
    expect(await filesOf(storage, '.checkpoint')).toEqual([])
    await database.put('key 0', '')
    await Promise.all([database.checkpoint(), database.put('key 1', ''), database.checkpoint(), database.checkpoint()])
    await database.checkpoint()
    expect(await keysOf(crashed(storage))).toEqual(names(2))
    await database.close()
  })

  it('of more than one chunk is read back whole', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage })
    const long = '\u{1f300}'.repeat(30_000)
    for (const key of ['a', 'b', 'c']) await database.put(key, `${key} ${long}`)
    await database.checkpoint()
    await database.close()
    const after = await openDatabase({ storage })
    expect([...after.scan()]).toEqual(['a', 'b', 'c'].map((key) => [key, `${key} ${long}`]))
    expect(after.stats().logBytes).toBe(0)
    await after.close()
  })

  it('is written by itself after so many bytes, also counting those before a restart', async () => {
    const storage = memoryStorage()
    const options = { storage, ...small, checkpointBytes: 2000 }
    const before = await openDatabase(options)
    await before.put('a', 'x'.repeat(900))
    await before.put('a', 'x'.repeat(900))
    await before.close()
    expect(await filesOf(storage, '.checkpoint')).toEqual([])
    const after = await openDatabase(options)
    expect(after.stats().logBytes).toBeGreaterThan(1800)
    await after.put('b', 'x'.repeat(300))
    expect(after.stats().logBytes).toBe(0)
    await after.close()
    expect(await filesOf(storage, '.checkpoint')).toHaveLength(1)
  })

  it('that fails by itself costs no transaction anything, and is tried again', async () => {
    const inner = memoryStorage()
    const disk = slowDisk(inner)
    const database = await openDatabase({ storage: disk.storage, ...small, checkpointBytes: 500 })
    // Not the segments: whatever a checkpoint is called while it is written.
    disk.breakAllBut('.varve')
    await database.put('a', 'x'.repeat(600))
    // Comes behind the one that is under way.
    await expect(database.checkpoint()).rejects.toThrow('the disk is broken')
    expect(String(database.stats().checkpointFailure)).toContain('the disk is broken')
    await database.put('b', '1')
    expect(database.get('b')).toBe('1')
    disk.repair()
    await database.put('c', 'x'.repeat(600))
    await database.close()
    expect(await filesOf(inner, '.checkpoint')).toHaveLength(1)
  })
})
