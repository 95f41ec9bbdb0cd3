import { seededRandom } from '@varve/dst'
import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/index.ts'
import { liveScheduled } from '../support/crash-scheduled.ts'
import { payload } from '../support/log-records.ts'

interface Seen {
  readonly from: number
  readonly sequences: number[]
  /** The code of the error that ended it. */
  error: string | undefined
}

/** Follows until the log is closed. Who is slow does something else that takes steps after each record. */
async function follow(
  log: Log,
  from: number,
  isSlow = false,
  told: (sequence: number) => void = () => undefined,
): Promise<Seen> {
  const seen: Seen = { from, sequences: [], error: undefined }
  try {
    for await (const { sequence, payload: bytes } of log.tail({ from })) {
      seen.sequences.push(sequence)
      expect(bytes).toEqual(payload(sequence, bytes.length))
      // It is its own to change.
      bytes.fill(0)
      told(sequence)
      if (isSlow) await log.get(sequence).catch(() => undefined)
    }
  } catch (error) {
    seen.error = (error as { code?: string }).code ?? String(error)
    told(Infinity)
  }
  return seen
}

/** Appends a few records, some of them at once and some in batches. */
async function append(log: Log, below: (bound: number) => number): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    const appends: Promise<unknown>[] = []
    for (let n = below(4); n >= 0; n -= 1) {
      const next = log.lastSequence + 1
      const size = below(3) === 0 ? 1200 : 20
      const batch = [payload(next, 10), payload(next + 1, 10)]
      appends.push(below(4) === 0 ? log.appendBatch(batch) : log.append(payload(next, size)))
    }
    if (below(2) === 0) await Promise.all(appends)
  }
  await log.sync()
}

/** Raises the floor and removes what lies below, again and again. */
async function retain(log: Log, below: (bound: number) => number): Promise<number> {
  let removed = 0
  for (let round = 0; round < 4; round += 1) {
    await log.sync()
    const floor = Math.max(1, log.lastSequence + 1 - below(4))
    if (below(2) === 0) await log.archive(floor)
    removed += (await log.reclaim(below(2) === 0 ? floor : undefined)).removed.length
  }
  return removed
}

/** How far all tails have got. */
class Watermark {
  readonly #last: number[]
  #waits: (() => void) | undefined
  #for = 0

  constructor(tails: number) {
    this.#last = Array.from({ length: tails }, () => 0)
  }

  note(tail: number, sequence: number): void {
    this.#last[tail] = sequence
    if (Math.min(...this.#last) >= this.#for) this.#waits?.()
  }

  async until(sequence: number): Promise<void> {
    this.#for = sequence
    if (Math.min(...this.#last) < sequence) await new Promise<void>((resolve) => { this.#waits = resolve })
  }
}

/** From the first record, or what comes next: a check that nothing was skipped, doubled or kept back. */
function check({ from, sequences, error }: Seen, last: number): void {
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, at) => from + at))
  expect([undefined, 'RECLAIMED']).toContain(error)
  // It holds its segments from its first step on: the floor can only have passed it before.
  if (error === 'RECLAIMED') expect(sequences).toEqual([])
  else expect(from + sequences.length - 1).toBe(Math.max(last, from - 1))
}

describe('tails beside appends, rotations and reclaims, in any order of steps', () => {
  for (const durability of ['sync', 'group', 'async'] as const) {
    it(`see each record once and in order, or that they came too late, in the ${durability} mode`, async () => {
      const orders = new Set<string>()
      let removedInAll = 0
      let reclaimedUnder = 0
      for (let seed = 1; seed <= 60; seed += 1) {
        const random = seededRandom(seed * 31)
        const below = (bound: number): number => random.below(bound)
        const points = await liveScheduled(seed, { durability }, async (log) => {
          const tails = [follow(log, 1), follow(log, 1, true)]
          const writing = append(log, below)
          tails.push(follow(log, Math.max(log.firstSequence, log.lastSequence)))
          const retaining = retain(log, below)
          await writing
          removedInAll += await retaining
          const last = log.lastSequence
          await log.close()
          for (const seen of await Promise.all(tails)) {
            check(seen, last)
            if (seen.error === 'RECLAIMED') reclaimedUnder += 1
          }
        })
        orders.add(points.map(({ at }) => at).join())
      }
      expect(orders.size).toBeGreaterThan(55)
      expect(removedInAll).toBeGreaterThan(30)
      expect(reclaimedUnder).toBeLessThan(60)
    })
  }

  it('see each record once and in order when they are many, slow ones and quick ones', async () => {
    let removedInAll = 0
    let recordsInAll = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed * 37)
      const below = (bound: number): number => random.below(bound)
      await liveScheduled(seed, {}, async (log) => {
        const shown = new Watermark(10)
        const tails = Array.from({ length: 10 }, (_, at) => {
          return follow(log, 1, at % 3 === 0, (sequence) => { shown.note(at, sequence) })
        })
        for (let round = 0; round < 3; round += 1) {
          const retaining = retain(log, below)
          await append(log, below)
          removedInAll += await retaining
          if (round < 2) await shown.until(log.lastSequence)
        }
        const last = log.lastSequence
        await log.close()
        for (const seen of await Promise.all(tails)) check(seen, last)
        recordsInAll += last
      })
    }
    expect(removedInAll).toBeGreaterThan(20)
    expect(recordsInAll).toBeGreaterThan(400)
  })
})
