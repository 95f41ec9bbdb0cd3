import { isVarveError, memoryStorage, openLog } from 'varve'
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../src/database.ts'
import { crashed, slowDisk, small } from './support/storage.ts'
import { temporaryDirectory } from './support/temporary.ts'

const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(() => 'resolved', (error: unknown) => (isVarveError(error) ? error.code : error))

/** The first storage operations of a call are under way, and none that waits for them has begun. */
const aMoment = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

const entries = (database: Database): string => [...database.scan()].map((entry) => entry.join('=')).join(' ')

describe('a database', () => {
  it('keeps what was put in a directory, and forgets what was deleted', async () => {
    const directory = temporaryDirectory()
    const before = await openDatabase(directory)
    await before.put('city', 'Graz')
    await before.put('river', 'Mur')
    await before.delete('city')
    await before.close()
    const after = await openDatabase({ directory })
    expect(entries(after)).toBe('river=Mur')
    expect(after.get('city')).toBeUndefined()
    await after.close()
  })

  it('keeps any text, also what is no Unicode', async () => {
    const storage = memoryStorage()
    const texts = ['', '\n', '"', '\u{1f300}', '\ud800', '\udc00\ud800', '\ufeff', '\0']
    const before = await openDatabase({ storage })
    for (const text of texts) await before.put(text, text)
    await before.checkpoint()
    await before.put('suffix', '\udfff')
    await before.close()
    const after = await openDatabase({ storage })
    for (const text of texts) expect(after.get(text)).toBe(text)
    expect(after.get('suffix')).toBe('\udfff')
    expect(after.stats().keys).toBe(texts.length + 1)
    await after.close()
  })

  it('shows nothing that is not acknowledged', async () => {
    const { storage, hold, release } = slowDisk()
    const database = await openDatabase({ storage })
    await database.put('a', 'old')
    hold()
    const put = database.put('a', 'new')
    await aMoment()
    expect(entries(database)).toBe('a=old')
    release()
    await put
    expect(entries(database)).toBe('a=new')
    await database.close()
  })

  it('gives a scan what there was when it began, whatever is written meanwhile', async () => {
    const database = await openDatabase({ storage: memoryStorage() })
    await database.batch(Array.from({ length: 2000 }, (_, at) => [`key ${at}`, 'old'] as const))
    const scan = database.scan()
    const begun = database.scan({ from: 'key 5' })
    begun.next()
    await database.put('key 0', 'new')
    await database.batch(Array.from({ length: 1000 }, (_, at) => [`key ${at * 2 + 1}`] as const))
    const seen = [...scan]
    expect(seen).toHaveLength(2000)
    expect(seen.filter(([, value]) => value !== 'old')).toEqual([])
    expect([...begun]).toHaveLength(seen.filter(([key]) => key > 'key 5').length)
    await database.close()
  })

  it('gives ranges in the order of their bytes, in both directions', async () => {
    const database = await openDatabase({ storage: memoryStorage() })
    for (const key of ['b', '\u{10000}', 'a', '\uffff', 'ab']) await database.put(key, '')
    const keys = (range = {}): string[] => [...database.scan(range)].map(([key]) => key)
    expect(keys()).toEqual(['a', 'ab', 'b', '\uffff', '\u{10000}'])
    expect(keys({ from: 'ab', to: '\uffff' })).toEqual(['ab', 'b'])
    expect(keys({ reverse: true, limit: 2 })).toEqual(['\u{10000}', '\uffff'])
    await database.close()
  })
})

describe('a transaction', () => {
  it('reads its own writes, and returns what it likes', async () => {
    const database = await openDatabase({ storage: memoryStorage() })
    await database.put('count', '1')
    const seen = await database.transaction((transaction) => {
      transaction.put('count', String(Number(transaction.get('count')) + 1))
      transaction.delete('other')
      return [...transaction.scan()]
    })
    expect(seen).toEqual([['count', '2']])
    expect(database.get('count')).toBe('2')
    await database.close()
  })

  it('sees those before it, acknowledged or not: none is lost when many run at once', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage })
    const increment = (): Promise<void> =>
      database.transaction((each) => { each.put('count', String(Number(each.get('count') ?? 0) + 1)) })
    await Promise.all(Array.from({ length: 100 }, increment))
    expect(database.get('count')).toBe('100')
    await database.close()
    const after = await openDatabase({ storage })
    expect(after.get('count')).toBe('100')
    await after.close()
  })

  it('that throws changes nothing', async () => {
    const database = await openDatabase({ storage: memoryStorage() })
    const failure = new Error('no')
    const call = database.transaction((transaction) => {
      transaction.put('a', '1')
      throw failure
    })
    expect(await codeOf(call)).toBe(failure)
    expect(database.stats()).toMatchObject({ keys: 0, transactions: 0 })
    await database.close()
  })

  it('that only reads is not answered before what it read is acknowledged', async () => {
    const { storage, hold, release } = slowDisk()
    const database = await openDatabase({ storage })
    hold()
    let isAnswered = false
    const put = database.put('a', '1')
    const read = database.transaction((transaction) => transaction.get('a')).then((value) => {
      isAnswered = true
      return [value, database.get('a')]
    })
    await aMoment()
    expect(isAnswered).toBe(false)
    release()
    expect(await read).toEqual(['1', '1'])
    await put
    await database.close()
  })

  it('must be synchronous: others would come between', async () => {
    const database = await openDatabase({ storage: memoryStorage() })
    const call = database.transaction(async (transaction) => { transaction.put('a', '1') })
    expect(await codeOf(call)).toBe('INVALID_ARGUMENT')
    expect(database.get('a')).toBeUndefined()
    await database.close()
  })

  it('must hold no other one, whose changes it would not see', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage })
    const call = database.transaction((transaction) => {
      void database.put('inner', '1')
      transaction.put('outer', '1')
    })
    expect(await codeOf(call)).toBe('INVALID_ARGUMENT')
    await database.put('later', '1')
    expect(entries(database)).toBe('inner=1 later=1')
    await database.close()
    const after = await openDatabase({ storage })
    expect(entries(after)).toBe('inner=1 later=1')
    await after.close()
  })

  it('that is too large for the log is refused, and nothing builds on it', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage, ...small })
    const [huge, next] = [database.put('a', 'x'.repeat(10_000)), database.put('b', '1')]
    expect(await codeOf(huge)).toBe('RECORD_TOO_LARGE')
    await next
    expect(entries(database)).toBe('b=1')
    await database.close()
    const after = await openDatabase({ storage, ...small })
    expect(entries(after)).toBe('b=1')
    await after.close()
  })
})

describe('when the log has failed', () => {
  it('every call says so, and the next open knows what is there', async () => {
    const inner = memoryStorage()
    const disk = slowDisk(inner)
    const database = await openDatabase({ storage: disk.storage })
    await database.put('a', '1')
    disk.break()
    expect(await codeOf(database.put('b', '1'))).toBe('POISONED')
    expect(await codeOf(database.put('c', '1'))).toBe('POISONED')
    expect(await codeOf(database.transaction((transaction) => transaction.get('a')))).toBe('POISONED')
    expect(await codeOf(database.checkpoint())).toBe('POISONED')
    expect(() => database.get('a')).toThrow(/POISONED/)
    expect(() => database.scan()).toThrow(/POISONED/)
    disk.repair()
    await database.close()
    const after = await openDatabase({ storage: crashed(inner) })
    expect(after.get('a')).toBe('1')
    expect(after.get('c')).toBeUndefined()
    await after.close()
  })
})

describe('a database that was closed', () => {
  it('answers nothing, and has waited for what was under way', async () => {
    const storage = memoryStorage()
    const database = await openDatabase({ storage })
    const put = database.put('a', '1')
    await database.close()
    await database.close()
    await put
    expect(() => database.get('a')).toThrow(/CLOSED/)
    expect(await codeOf(database.put('a', '2'))).toBe('CLOSED')
    expect(await codeOf(database.checkpoint())).toBe('CLOSED')
    const after = await openDatabase({ storage })
    expect(after.get('a')).toBe('1')
    await after.close()
  })

  it('was never open if the log is of another kind, which stays as it was', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage })
    await log.append(new TextEncoder().encode('[["a","1"]]'), { type: 7 })
    await log.close()
    expect(await codeOf(openDatabase({ storage }))).toBe('UNSUPPORTED_FORMAT')
    const again = await openLog({ storage })
    expect(again.lastSequence).toBe(1)
    await again.close()
  })
})
