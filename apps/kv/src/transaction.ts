import type { Entry, KeyRange, OrderedMap } from './ordered-map.ts'

/** A key with its new value; a key alone is deleted. */
export type Change = readonly [key: string, value?: string]

/** Changes that belong together, and the entries as they are with them: it reads its own writes. */
export class Transaction {
  readonly changes: Change[] = []
  entries: OrderedMap

  constructor(entries: OrderedMap) {
    this.entries = entries
  }

  get(key: string): string | undefined {
    return this.entries.get(key)
  }

  scan(range?: KeyRange): Generator<Entry, void, undefined> {
    return this.entries.scan(range)
  }

  put(key: string, value: string): void {
    this.change([key, value])
  }

  delete(key: string): void {
    this.change([key])
  }

  change([key, value]: Change): void {
    this.entries = this.entries.with(key, value)
    this.changes.push(value === undefined ? [key] : [key, value])
  }
}
