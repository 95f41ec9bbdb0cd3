import { describe, expect, it } from 'vitest'
import { Inbox } from '../src/driver/inbox.ts'
import { payloadOf, readPayload } from '../src/inside/payloads.ts'
import { Books } from '../src/scenarios/books.ts'

type Entry = readonly [sequence: number, producer: number, n: number]

function booksOf(...acknowledged: Entry[]): Books {
  const inbox = new Inbox()
  for (const value of acknowledged) inbox.receive({ kind: 'acknowledged', value })
  const books = new Books()
  books.addAll(inbox)
  return books
}

function report(...records: Entry[]): object {
  return { row: 'last.torn-tail', records, appended: records.length + 1 }
}

describe('the books of a scenario', () => {
  it('are content with all that was acknowledged, and with more', () => {
    const books = booksOf([1, 1, 1], [3, 1, 2])
    expect(books.acknowledged).toBe(2)
    books.check(report([1, 1, 1], [2, 2, 1], [3, 1, 2], [4, 2, 2]))
  })

  it.each([
    ['1 of 2 acknowledged records are lost: 3: 1.2, not undefined', [[1, 1, 1], [2, 2, 1]]],
    ['1 of 2 acknowledged records are lost: 3: 1.2, not 2.2', [[1, 1, 1], [2, 2, 1], [3, 2, 2]]],
    ['there is a gap before record 3', [[1, 1, 1], [3, 1, 2]]],
    ['record 4 is number 2 of producer 2, after 0', [[1, 1, 1], [2, 3, 1], [3, 1, 2], [4, 2, 2]]],
  ] as const)('notice when %s', (message, records) => {
    expect(() => { booksOf([1, 1, 1], [3, 1, 2]).check(report(...records)) }).toThrow(message)
  })

  it('let go of what was reclaimed, and hold what was read to be there from then on', () => {
    const inbox = new Inbox()
    for (const value of [[1, 1, 1], [2, 1, 2], [3, 1, 3]]) inbox.receive({ kind: 'acknowledged', value })
    inbox.receive({ kind: 'reclaims', value: 3 })
    const books = new Books()
    books.addAll(inbox)
    books.check(report([2, 1, 2], [3, 1, 3], [4, 2, 1]))
    books.adopt(report([2, 1, 2], [3, 1, 3], [4, 2, 1]))
    expect(() => { books.check(report([2, 1, 2], [3, 1, 3])) }).toThrow('1 of 4 acknowledged records are lost')
    expect(() => { books.check(report([4, 2, 1])) }).toThrow('3: 1.3, not undefined')
  })

  it('notice a number that is acknowledged twice', () => {
    expect(() => booksOf([1, 1, 1], [1, 2, 1])).toThrow('record 1 was acknowledged twice: 1.1 and 2.1')
  })
})

describe('payloads of scenarios', () => {
  it('say who wrote them, and are refused when a byte is another one', () => {
    for (let n = 1; n < 50; n += 1) {
      const payload = payloadOf(7, n, 100)
      expect(readPayload(payload, 100)).toEqual({ producer: 7, n })
      payload[n % payload.length]! ^= 1
      expect(() => readPayload(payload, 100)).toThrow('is not what he wrote')
    }
  })
})

describe('an inbox', () => {
  it('gives the first of a kind, whether it came before or comes later', async () => {
    const inbox = new Inbox()
    const later = inbox.first('b')
    inbox.receive({ kind: 'a', value: 1 })
    inbox.receive({ kind: 'b', value: 2 })
    inbox.receive({ kind: 'b', value: 3 })
    expect([await inbox.first('a'), await later, inbox.all('b')]).toEqual([1, 2, [2, 3]])
  })

  it('fails who waits, and whoever comes later, when the worker fails', async () => {
    const inbox = new Inbox()
    const waiting = inbox.first('a')
    inbox.receive({ kind: 'failed', value: 'it broke' })
    await expect(waiting).rejects.toThrow('it broke')
    await expect(inbox.first('b')).rejects.toThrow('it broke')
    await expect(new Inbox().first('a', 1)).rejects.toThrow("no 'a' within 1 ms")
  })
})
