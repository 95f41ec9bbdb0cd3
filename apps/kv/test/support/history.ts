import type { Database, DatabaseOptions } from '../../src/database.ts'
import type { Transaction } from '../../src/transaction.ts'

/** So small that a short life has rotations and checkpoints. */
export const historyOptions: DatabaseOptions = { segmentBytes: 65_536, checkpointBytes: 8_000 }

/** How many items there are at a time: each transaction adds one and takes one away. */
const itemsMax = 40

const itemName = (number: number): string => `item ${String(number).padStart(8, '0')}`
const itemText = (number: number): string => `${number} `.repeat(number % 30)

/** What transaction number `number` of the history does: several keys that must never be seen apart. */
export function perform(transaction: Transaction, number: number): void {
  transaction.put('first', String(number))
  transaction.put(itemName(number), itemText(number))
  if (number > itemsMax) transaction.delete(itemName(number - itemsMax))
  transaction.put('last', String(number))
}

/** How many transactions of the history the database holds. */
export function countOf(database: Pick<Database, 'get'>): number {
  return Number(database.get('first') ?? 0)
}

/** What differs from the database that so many transactions of the history leave; undefined if nothing does. */
export function whatIsWrong(database: Database): string | undefined {
  const count = countOf(database)
  if (Number(database.get('last') ?? 0) !== count) return `transaction ${count} is half there`
  if (database.stats().transactions !== count) return `${database.stats().transactions} transactions left ${count}`
  const items = [...database.scan({ from: 'item', to: 'iten' })]
  const oldest = Math.max(1, count - itemsMax + 1)
  if (items.length !== count - oldest + 1) return `${items.length} items are left by ${count} transactions`
  const wrong = items.find(([key, text], at) => key !== itemName(oldest + at) || text !== itemText(oldest + at))
  return wrong === undefined ? undefined : `${wrong[0]} is not what was put`
}
