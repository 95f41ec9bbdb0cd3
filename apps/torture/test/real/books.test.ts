import type { Durability } from '@varve/segments'
import { describe, expect, it } from 'vitest'
import { Books, type Found } from '../../src/real/books.ts'
import { payloadOf } from '../../src/real/history.ts'

const seed = 7

/** Units of the history end at 1, 2, 3, 7, 8, 10, 11, 16. */
function writing(durability: Durability, from = 0, books = new Books(seed), life = 1): Books {
  expect(books.opened(life, durability, from)).toEqual([])
  return books
}

function record(sequence: number, life: number, changes: Partial<Found> = {}): Found {
  return { sequence, timestamp: sequence, type: life, payload: payloadOf({ seed, life }, sequence), ...changes }
}

describe('after kill -9', () => {
  it.each(['sync', 'group', 'async'] as const)('what was acknowledged in %s mode must be there', (durability) => {
    const books = writing(durability)
    books.attempt(8)
    expect(books.acknowledge(7)).toEqual([])
    books.ended('process')
    expect(books.endsAt(7, 'it')).toEqual([])
    expect(books.endsAt(8, 'it')).toEqual([])
    expect(books.endsAt(3, 'it')).toEqual([
      { promised: `record 7 is there: acknowledged in ${durability} mode`, found: 'it ends at 3' },
    ])
  })

  it('nothing may be there that was never appended', () => {
    const books = writing('sync')
    books.attempt(7)
    books.ended('process')
    expect(books.endsAt(8, 'it')).toEqual([
      { promised: 'no record behind 7: none was appended, or it was discarded', found: 'it ends at 8' },
    ])
  })

  it('a batch is there as a whole or not at all', () => {
    const books = writing('sync')
    books.attempt(7)
    books.ended('process')
    expect(books.endsAt(5, 'it')).toEqual([
      { promised: 'a batch is there as a whole or not at all', found: 'it ends at 5' },
    ])
  })
})

describe('after power loss', () => {
  it.each(['sync', 'group'] as const)('what was acknowledged in %s mode must be there', (durability) => {
    const books = writing(durability)
    books.attempt(8)
    books.acknowledge(8)
    books.ended('power')
    expect(books.endsAt(7, 'it')).toHaveLength(1)
    expect(books.endsAt(8, 'it')).toEqual([])
  })

  it('async owes what a sync covered, and not what was acknowledged', () => {
    const books = writing('async')
    books.attempt(8)
    books.acknowledge(8)
    books.cover(2)
    books.ended('power')
    expect(books.endsAt(2, 'it')).toEqual([])
    expect(books.endsAt(1, 'it')[0]?.promised).toBe('record 2 is there: covered by a sync that succeeded')
  })

  it('what a reader of durable records was shown must be there', () => {
    const books = writing('async')
    books.attempt(8)
    books.show(3)
    books.ended('power')
    expect(books.endsAt(3, 'it')).toEqual([])
    expect(books.endsAt(2, 'it')[0]?.promised).toBe('record 3 is there: shown to a reader of durable records')
  })

  it('that follows a kill, before anyone opened the log, owes as if it had come at once', () => {
    const books = writing('async')
    books.attempt(8)
    books.acknowledge(8)
    books.ended('process')
    expect(books.endsAt(0, 'it')).toHaveLength(1)
    books.ended('power')
    expect(books.endsAt(0, 'it')).toEqual([])
    // And a process that is killed over the recovery makes it owe no more again.
    books.ended('process')
    expect(books.endsAt(0, 'it')).toEqual([])
  })

  it('that follows a restart, what the restarted log had shown must be there', () => {
    const books = writing('async')
    books.attempt(8)
    books.acknowledge(8)
    books.ended('process')
    writing('async', 8, books, 2)
    books.ended('power')
    expect(books.endsAt(7, 'it')[0]?.promised).toBe('record 8 is there: an open had shown it')
    expect(books.endsAt(8, 'it')).toEqual([])
  })
})

describe('once an open has shown a log', () => {
  it('neither more nor less of it may be there', () => {
    const books = writing('sync')
    books.attempt(8)
    books.acknowledge(3)
    books.ended('process')
    books.expose(7)
    expect(books.endsAt(7, 'it')).toEqual([])
    expect(books.endsAt(3, 'it')).toHaveLength(1)
    expect(books.endsAt(8, 'it')).toHaveLength(1)
  })

  it('the next writer that opens it elsewhere is told', () => {
    const books = writing('sync')
    books.attempt(8)
    books.acknowledge(7)
    books.ended('process')
    expect(books.opened(2, 'sync', 3)).toEqual([
      { promised: 'record 7 is there: acknowledged in sync mode', found: 'the log as writer 2 opened it ends at 3' },
    ])
  })
})

describe('a record', () => {
  /** Writer 1 wrote to 8 and was cut back to 3; writer 2 went on. */
  function twoWriters(): Books {
    const books = writing('async')
    books.attempt(8)
    books.ended('power')
    books.expose(3)
    writing('sync', 3, books, 2)
    books.attempt(8)
    return books
  }

  it('is what its writer appended there', () => {
    const books = twoWriters()
    for (const [sequence, life] of [[1, 1], [3, 1], [4, 2], [8, 2]] as const) {
      expect(books.compare(record(sequence, life), sequence)).toBeUndefined()
    }
  })

  it('that was discarded never returns', () => {
    expect(twoWriters().compare(record(4, 1), 4)?.found).toContain('writer 1 wrote it, where writer 2')
  })

  it('that was shown is not written again by another', () => {
    expect(twoWriters().compare(record(3, 2), 3)?.found).toContain('writer 2 wrote it, where writer 1')
  })

  it('is not another, missing, or there twice', () => {
    expect(twoWriters().compare(record(5, 2), 4)?.found).toBe('record 4: its number is 5')
    expect(twoWriters().compare(record(3, 1), 4)?.found).toBe('record 4: its number is 3')
  })

  it('has all its bytes', () => {
    const books = twoWriters()
    const payload = payloadOf({ seed, life: 1 }, 2)
    const flipped = Uint8Array.from(payload, (byte, at) => (at === payload.length - 1 ? byte ^ 1 : byte))
    for (const wrong of [flipped, payload.subarray(1), new Uint8Array()]) {
      expect(books.compare(record(2, 1, { payload: wrong }), 2)?.promised).toBe('records come back byte for byte')
    }
    expect(books.compare(record(2, 1, { timestamp: 3 }), 2)?.found).toBe('record 2: its timestamp is 3')
  })

  it('that nobody can have written is told', () => {
    expect(new Books(seed).compare(record(1, 1), 1)?.found).toContain('where writer 0')
  })
})

describe('an acknowledgement', () => {
  it('of a record that was not appended, or again, breaks a promise', () => {
    const books = writing('sync')
    books.attempt(3)
    expect(books.acknowledge(7)).toHaveLength(1)
    expect(books.acknowledge(7)).toHaveLength(1)
    const others = writing('sync')
    others.attempt(3)
    expect(others.acknowledge(2)).toEqual([])
    expect(others.acknowledge(2)).toHaveLength(1)
    expect(others.acknowledge(1)).toHaveLength(1)
  })

  it('is counted once, and over all writers', () => {
    const books = writing('sync')
    books.attempt(8)
    books.acknowledge(3)
    books.acknowledge(7)
    books.ended('process')
    writing('sync', 7, books, 2)
    books.attempt(8)
    books.acknowledge(8)
    expect(books.acknowledgements).toBe(8)
  })

  it('before the log was opened is a mistake of the scenario', () => {
    expect(() => new Books(seed).acknowledge(1)).toThrow('before it told that it opened the log')
  })
})

describe('books', () => {
  it('that go on on their own leave the others as they are', () => {
    const books = writing('sync')
    books.attempt(8)
    const copy = books.clone()
    copy.acknowledge(8)
    copy.ended('process')
    books.ended('process')
    expect(copy.endsAt(7, 'it')).toHaveLength(1)
    expect(books.endsAt(7, 'it')).toEqual([])
    expect(books.isEmpty).toBe(true)
    expect(copy.isEmpty).toBe(false)
  })

  it('say what they hold in a line', () => {
    expect(new Books(seed).describe()).toBe('no writer got to open the log')
    const books = writing('async')
    books.attempt(8)
    books.acknowledge(7)
    books.cover(3)
    books.show(2)
    books.ended('power')
    expect(books.describe()).toBe(
      'writer 1 in async mode from 1: attempted 8, acknowledged 7, covered 3, shown 2; ' +
        'owed 3 (covered by a sync that succeeded)',
    )
  })
})
