import { describe, expect, it } from 'vitest'
import { Ledger, Violation } from '../src/ledger.ts'
import { recovery } from './support/recovery.ts'

/** The second child was killed while it opened the log, the third finds 2 records that nobody acknowledged. */
function ledger(): Ledger {
  const ledger = new Ledger()
  ledger.opened(1, recovery(0))
  ledger.acknowledge(1, [1, 2, 3], 0.5)
  ledger.opened(3, recovery(5))
  ledger.acknowledge(3, [6], 0.7)
  return ledger
}

describe('the ledger', () => {
  it('knows what was acknowledged', () => {
    expect(ledger()).toMatchObject({ acknowledged: 4, lastAcknowledged: 6, closedAt: undefined, syncsMs: [0.5, 0.7] })
  })

  it('knows who wrote a record', () => {
    const books = ledger()
    expect([1, 3, 4, 5, 6, 7].map((sequence) => books.writerOf(sequence))).toEqual([1, 1, 1, 1, 3, 3])
  })

  it('knows where the log was closed', () => {
    const books = ledger()
    books.closed()
    expect(books.closedAt).toBe(6)
  })

  it('notices that an acknowledged record is gone when the log is opened, and names it', () => {
    const books = ledger()
    expect(() => { books.opened(4, recovery(5)) }).toThrow(
      new Violation(
        'record 6 is lost: records up to 6 were acknowledged, and the log ended at 5 when child 4 opened it ' +
          '(row last.clean-end)',
      ),
    )
  })

  it.each([
    ['twice', [6]],
    ['with a gap', [8]],
    ['out of order', [7, 9, 8]],
  ])('notices records that are acknowledged %s', (_how, sequences) => {
    const books = ledger()
    expect(() => { books.acknowledge(3, sequences, 1) }).toThrow(Violation)
  })

  it('notices acknowledgements of a child that never opened the log', () => {
    const books = ledger()
    expect(() => { books.acknowledge(4, [7], 1) }).toThrow(Violation)
  })
})
