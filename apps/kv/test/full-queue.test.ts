import { isVarveError, memoryStorage } from 'varve'
import { expect, it } from 'vitest'
import { openDatabase } from '../src/database.ts'
import { slowDisk } from './support/storage.ts'

it('loses no transaction, and shows none that is not in the log, when more come than the queue holds', async () => {
  const memory = memoryStorage()
  const { storage, hold, release } = slowDisk(memory)
  const database = await openDatabase({ storage, queue: { maxBytes: 200 } })
  await database.put('count', '0')
  hold()
  const increments = Array.from({ length: 20 }, () => database.transaction((transaction) => {
    transaction.put('count', String(Number(transaction.get('count')) + 1))
  }))
  release()
  const outcomes = await Promise.allSettled(increments)
  const done = outcomes.filter(({ status }) => status === 'fulfilled').length
  expect(done).toBeGreaterThan(0)
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  expect(refused.every((error) => isVarveError(error, 'BACKPRESSURE'))).toBe(true)
  expect(database.get('count')).toBe(String(done))
  await database.close()
  const reopened = await openDatabase({ storage: memory })
  expect(reopened.get('count')).toBe(String(done))
  expect(reopened.stats().transactions).toBe(done + 1)
  await reopened.close()
})

it('reads back a value that was given as undefined as what it is: none', async () => {
  const storage = memoryStorage()
  const before = await openDatabase({ storage })
  await before.put('key', 'value')
  await before.batch([['key', undefined as never]])
  expect(before.get('key')).toBeUndefined()
  await before.close()
  const after = await openDatabase({ storage })
  expect([...after.scan()]).toEqual([])
  await after.close()
})
