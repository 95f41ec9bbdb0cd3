import { describe, expect, it } from 'vitest'
import { isVarveError } from '@varve/codec'
import { openLog, type Log } from '../../src/index.ts'
import { manualClock } from '../support/log-clock.ts'
import { intercept, isDurableCall } from '../support/log-intercept.ts'
import { payload, readAll } from '../support/log-records.ts'
import { memoryStorage } from '@varve/storage-memory'

const syncMs = 100
const minuteMs = 60_000
/** Bytes of the frame of a payload of 216. */
const frameBytes = 256
/** So many records fit into the queue, and that is what one sync can carry. */
const recordsPerSync = 8
const maxBytes = recordsPerSync * frameBytes
const tickMs = 25
/** Ten times as many as it can carry. */
const recordsPerTick = (10 * recordsPerSync * tickMs) / syncMs

/** A log on a storage whose every sync takes a tenth of a second of a clock that only the test moves. */
function slowStorage(clock: ReturnType<typeof manualClock>): ReturnType<typeof memoryStorage> {
  const memory = memoryStorage()
  const storage = intercept(memory, async (operation, perform) => {
    if (isDurableCall(operation)) await new Promise<void>((resolve) => { clock.runtime.after(syncMs, resolve) })
    return await perform()
  })
  return { ...storage, snapshot: () => memory.snapshot() } as ReturnType<typeof memoryStorage>
}

interface Load {
  /** Payloads of the acknowledged records, by number. */
  readonly acknowledged: Map<number, number>
  refused: number
  made: number
  largestBytes: number
}

/** Appends a tick's worth of records; the queue is looked at after every call. */
function burst(log: Log, load: Load): void {
  for (let n = 0; n < recordsPerTick; n += 1) {
    const seed = load.made
    load.made += 1
    log.append(payload(seed, frameBytes - 40)).then(
      (sequence) => { load.acknowledged.set(sequence, seed) },
      (error: unknown) => {
        if (!isVarveError(error, 'BACKPRESSURE')) throw error
        load.refused += 1
      },
    )
    sample(log, load)
  }
}

function sample(log: Log, load: Load): void {
  load.largestBytes = Math.max(load.largestBytes, log.stats().queuedBytes)
}

describe('ten times the load that a storage can carry, for a minute', () => {
  it.each(['wait', 'reject'] as const)('leaves memory below the bound, and loses nothing: %s', async (onFull) => {
    const clock = manualClock()
    const storage = slowStorage(clock)
    const opening = openLog({ storage, runtime: clock.runtime, queue: { maxBytes, onFull }, blockBytes: 128 })
    await clock.advance(10 * syncMs)
    const log = await opening
    const load: Load = { acknowledged: new Map(), refused: 0, made: 0, largestBytes: 0 }
    for (let ms = 0; ms < minuteMs; ms += tickMs) {
      burst(log, load)
      await clock.advance(tickMs)
      sample(log, load)
    }
    expect(load.largestBytes).toBe(maxBytes)
    expect(log.stats().saturation).toBeGreaterThan(0.99)
    // A commit takes the whole queue, so the storage carried what it can.
    const carried = load.acknowledged.size
    expect(carried).toBeGreaterThan(0.95 * (minuteMs / syncMs) * recordsPerSync)
    expect(log.stats().batchRecords).toMatchObject({ p50: recordsPerSync, max: recordsPerSync })
    expect(load.refused + log.stats().waitingCalls).toBeGreaterThan(8 * carried)
    const closing = log.close()
    const closed = closing.then(() => true)
    while (!(await Promise.race([closed, clock.advance(50 * syncMs).then(() => false)]))) sample(log, load)
    expect(load.largestBytes).toBe(maxBytes)
    expect(load.acknowledged.size + load.refused).toBe(load.made)

    const again = await openLog({ storage: memoryStorage({ snapshot: storage.snapshot() }) })
    const found = (await readAll(again)).map(({ sequence, payload: hex }) => [sequence, hex])
    const expected = [...load.acknowledged].sort(([a], [b]) => a - b)
    const hexOf = (seed: number): string => Buffer.from(payload(seed, frameBytes - 40)).toString('hex')
    expect(found).toEqual(expected.map(([sequence, seed]) => [sequence, hexOf(seed)]))
    await again.close()
  })
})
