import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/index.ts'
import type { Books } from '../support/crash-books.ts'
import { Explorer } from '../support/crash-explorer.ts'
import type { LogVariant } from '../support/crash-life.ts'
import { liveScheduled, type Script } from '../support/crash-scheduled.ts'

/** Callers that append at once, a batch among them, each of which notes when it was told that its record is safe. */
function wave(sizes: readonly number[], durability: LogVariant['durability']): Script {
  const told = (books: Books, sequence: number): void => {
    if (durability === 'async') books.acknowledge(sequence)
    else books.cover(sequence)
  }
  return (log: Log, books: Books) => {
    const appends = sizes.map(async (size) => {
      for (const payload of books.attempt([size])) told(books, await log.append(payload))
    })
    const batch = log.appendBatch(books.attempt([40, 40, 40])).then(({ last }) => { told(books, last) })
    return Promise.all([...appends, batch])
  }
}

/** Two waves that fill more than a segment, so that the second one rotates, then a fence. */
function filling(durability: LogVariant['durability']): Script {
  return async (log, books) => {
    await wave([900, 30, 900], durability)(log, books)
    await wave([30, 800, 900], durability)(log, books)
    const before = books.attempted
    await log.sync()
    books.cover(before)
    await wave([50], durability)(log, books)
    await log.close()
    books.cover(log.durableSequence)
  }
}

describe('a crash at any operation of an asynchronous log, while a spare is being made beside the commits', () => {
  for (const durability of ['sync', 'group', 'async'] as const) {
    it(`loses nothing that was promised in the ${durability} mode`, async () => {
      const explorer = new Explorer({ variant: { durability }, limits: [16] })
      const operations = new Set<string>()
      for (let seed = 1; seed <= 8; seed += 1) {
        const points = await liveScheduled(seed, { durability }, filling(durability))
        operations.add(points.map(({ at }) => at).join())
        explorer.exploreFrom(points, [`seed ${seed}`])
      }
      expect(operations.size).toBeGreaterThan(1)
      // In some orders the spare is ready when it is wanted: what was made durable under its name gets a segment's.
      const reserved = /reserve (spare-\d+\.varve).*rename \1/
      const made = durability === 'async' ? /sync (spare-\d+\.varve).*write \1.*rename \1/ : reserved
      expect([...operations].some((order) => made.test(order))).toBe(true)
      expect(explorer.states).toBeGreaterThan(1000)
    })
  }

  it('takes the same steps from the same seed', async () => {
    const [one, other] = [await liveScheduled(3, {}, filling('sync')), await liveScheduled(3, {}, filling('sync'))]
    expect(other.map(({ at }) => at)).toEqual(one.map(({ at }) => at))
    expect(other.map(({ disk }) => [...disk.names.keys()])).toEqual(one.map(({ disk }) => [...disk.names.keys()]))
  })
})
