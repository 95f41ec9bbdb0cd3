import type { Log } from 'varve'
import { exitCode } from './exit-code.ts'

/** Records of sizes from `fromBytes` on that are smaller than the next class; the first class holds empty ones. */
export interface SizeClass {
  readonly fromBytes: number
  readonly records: number
}

export interface TypeCount {
  readonly type: number
  readonly records: number
  readonly bytes: number
}

/** What the records of a log are like. Sizes are those of payloads, in bytes. */
export interface Statistics {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly records: number
  readonly payloadBytes: number
  readonly smallestBytes: number
  readonly largestBytes: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** Ascending: 0, 1, 2, 4, 8 … */
  readonly sizes: readonly SizeClass[]
  /** The most frequent first. */
  readonly types: readonly TypeCount[]
}

/** The event loop, and an interrupt, get their turn after so many records. */
const recordsPerTurn = 100_000

/** Reads every record once. Ends early, with 130, when it is interrupted. */
export async function collectStatistics(
  log: Log,
  interrupt: AbortSignal,
): Promise<Statistics | typeof exitCode.interrupted> {
  const { firstSequence, lastSequence } = log
  const sizes = new Map<number, number>()
  const types = new Map<number, { records: number; bytes: number }>()
  let [records, payloadBytes, smallestBytes, largestBytes] = [0, 0, Infinity, 0]
  let [firstTimestamp, lastTimestamp] = [0, 0]
  for (let from = firstSequence; from <= lastSequence; from += recordsPerTurn) {
    if (interrupt.aborted) return exitCode.interrupted
    const to = Math.min(lastSequence, from + recordsPerTurn - 1)
    await log.replay(({ payloadBytes: bytes, type, timestamp }) => {
      if (records === 0) firstTimestamp = timestamp
      lastTimestamp = timestamp
      records += 1
      payloadBytes += bytes
      smallestBytes = Math.min(smallestBytes, bytes)
      largestBytes = Math.max(largestBytes, bytes)
      const fromBytes = bytes === 0 ? 0 : 2 ** Math.floor(Math.log2(bytes))
      sizes.set(fromBytes, (sizes.get(fromBytes) ?? 0) + 1)
      const known = types.get(type)
      if (known === undefined) types.set(type, { records: 1, bytes })
      else {
        known.records += 1
        known.bytes += bytes
      }
    }, { from, to })
  }
  return {
    firstSequence,
    lastSequence,
    records,
    payloadBytes,
    smallestBytes: records === 0 ? 0 : smallestBytes,
    largestBytes,
    firstTimestamp,
    lastTimestamp,
    sizes: [...sizes]
      .map(([fromBytes, count]) => ({ fromBytes, records: count }))
      .sort((one, other) => one.fromBytes - other.fromBytes),
    types: [...types]
      .map(([type, sums]) => ({ type, ...sums }))
      .sort((one, other) => other.records - one.records || one.type - other.type),
  }
}
