import { Violation, type Ledger } from '@varve/dst'
import type { Database } from '@varve/kv'

/** A change as the database takes it: a key with its new value, or a key alone, which is deleted. */
export type LedgerChange = readonly [key: string, value?: string]

/** What of a database is looked at. */
export interface ShownDatabase {
  scan(): Iterable<readonly [string, string]>
  stats(): Pick<ReturnType<Database['stats']>, 'transactions'>
}

const keys = ['a', 'b', 'c', 'd', 'e'] as const

/**
 * What a database owes: which transactions were handed to it, in which order, and up to which it was said that they
 * stay. What it holds must be what the first so many of them leave, to the last key. Shares no code with the database.
 */
export class DatabaseLedger implements Ledger {
  /** By number - 1, including those of which nothing was heard. */
  readonly #history: (readonly LedgerChange[])[]
  /** Acknowledged, or shown by the database. */
  #owed = 0
  /** Counts values, so that no two are alike. */
  #made = 0
  #isBetrayed = false

  constructor(history: readonly (readonly LedgerChange[])[] = []) {
    this.#history = [...history]
  }

  clone(): this {
    const copy = new DatabaseLedger(this.#history)
    copy.#owed = this.#owed
    copy.#made = this.#made
    copy.#isBetrayed = this.#isBetrayed
    return copy as this
  }

  get digest(): string {
    return `${this.#history.length} ${this.#owed} ${this.#made} ${this.#isBetrayed}`
  }

  /** Everything that is promised is promised to be durable. */
  losePower(): void {}

  settleNames(): void {}

  betray(): void {
    this.#isBetrayed = true
  }

  /** A transaction that puts so many values of that size; with `deletes`, its last change deletes a key instead. */
  attempt(puts: number, size: number, deletes: boolean): readonly LedgerChange[] {
    const changes: LedgerChange[] = Array.from({ length: puts }, () => [this.#key(), this.#value(size)] as const)
    if (deletes) changes.push([this.#key()])
    this.#history.push(changes)
    return changes
  }

  get attempted(): number {
    return this.#history.length
  }

  /** The transactions up to this one were acknowledged. */
  acknowledge(number: number): void {
    this.#owed = Math.max(this.#owed, number)
  }

  /** Looks at everything in the database: what it shows, it owes from now on. */
  look(database: ShownDatabase): void {
    const { transactions } = database.stats()
    const held = [...database.scan()]
    if (transactions > this.attempted) throw this.#broken(`it shows ${transactions} transactions`)
    const due = [...this.#after(transactions)].sort(([one], [other]) => (one < other ? -1 : 1))
    if (JSON.stringify(held) !== JSON.stringify(due)) {
      throw this.#broken(`${shown(held)} stands where ${transactions} transactions leave ${shown(due)}`)
    }
    if (transactions < this.#owed && !this.#isBetrayed) throw this.#broken(`it shows only ${transactions} transactions`)
    this.acknowledge(transactions)
  }

  /** Looks at a database that was just opened: what is not in it must never come back. */
  recovered(database: ShownDatabase): void {
    this.look(database)
    this.#history.length = database.stats().transactions
    this.#owed = this.#history.length
  }

  #after(transactions: number): Map<string, string> {
    const entries = new Map<string, string>()
    for (const [key, value] of this.#history.slice(0, transactions).flat()) {
      if (value === undefined) entries.delete(key)
      else entries.set(key, value)
    }
    return entries
  }

  #key(): string {
    return keys[(this.#made * 3) % keys.length] as string
  }

  #value(size: number): string {
    this.#made += 1
    return `${this.#made}.`.padEnd(size, 'x')
  }

  #broken(what: string): Violation {
    const books = `attempted ${this.attempted}, owed ${this.#owed}${this.#isBetrayed ? ', storage lied' : ''}`
    return new Violation(`${what} (${books})`)
  }
}

function shown(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${value.slice(0, 6)}`).join(', ')} }`
}
