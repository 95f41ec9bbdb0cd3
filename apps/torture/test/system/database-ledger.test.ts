import { describe, expect, it } from 'vitest'
import { DatabaseLedger, type ShownDatabase } from '../../src/system/database-ledger.ts'

/** A database that shows these entries and says how many transactions made them. */
function showing(transactions: number, entries: readonly (readonly [string, string])[]): ShownDatabase {
  return { stats: () => ({ transactions }), scan: () => entries }
}

/** Two transactions: the first puts two values, the second one more and deletes a key. */
function books(): { ledger: DatabaseLedger; first: [string, string][]; second: [string, string][] } {
  const ledger = new DatabaseLedger()
  const entries = new Map<string, string>()
  const after = [1, 2].map((number) => {
    for (const [key, value] of ledger.attempt(3 - number, 5, number === 2)) {
      if (value === undefined) entries.delete(key)
      else entries.set(key, value)
    }
    return [...entries].sort()
  })
  return { ledger, first: after[0] ?? [], second: after[1] ?? [] }
}

describe('the ledger of a database', () => {
  it('accepts any number of whole transactions that were attempted, until they are owed', () => {
    const { ledger, first, second } = books()
    expect(first).not.toEqual(second)
    for (const [count, entries] of [[0, []], [1, first], [2, second]] as const) {
      expect(() => { ledger.clone().recovered(showing(count, entries)) }).not.toThrow()
    }
    ledger.acknowledge(1)
    expect(() => { ledger.clone().recovered(showing(0, [])) }).toThrow(/only 0 transactions/)
    expect(() => { ledger.clone().recovered(showing(1, first)) }).not.toThrow()
  })

  it('notices half a transaction, and one that nobody made', () => {
    const { ledger, first, second } = books()
    expect(() => { ledger.look(showing(1, first.slice(1))) }).toThrow(/stands where 1 transactions leave/)
    expect(() => { ledger.look(showing(1, second)) }).toThrow(/stands where 1 transactions leave/)
    expect(() => { ledger.look(showing(3, second)) }).toThrow(/3 transactions/)
  })

  it('owes what was shown, and never takes back what was gone', () => {
    const { ledger, first, second } = books()
    const other = ledger.clone()
    ledger.look(showing(2, second))
    expect(() => { ledger.recovered(showing(1, first)) }).toThrow(/only 1 transactions/)
    other.recovered(showing(1, first))
    expect(() => { other.look(showing(2, second)) }).toThrow(/2 transactions/)
  })

  it('owes nothing but the truth when the storage lied', () => {
    const { ledger, first, second } = books()
    ledger.acknowledge(2)
    ledger.betray()
    expect(() => { ledger.clone().look(showing(1, first)) }).not.toThrow()
    expect(() => { ledger.clone().look(showing(1, second)) }).toThrow(/stands where/)
  })

  it('tells states apart by what is owed', () => {
    const { ledger } = books()
    const before = ledger.digest
    expect(ledger.clone().digest).toBe(before)
    ledger.acknowledge(1)
    expect(ledger.digest).not.toBe(before)
  })
})
