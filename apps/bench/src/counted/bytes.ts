import { payloadOf, unsynced, withLog } from './counted-log.ts'
import type { Scenario } from './scenario.ts'

const records = 100

/** What lies in the file behind `records` records, and what was written to get it there. */
function written(payloadBytes: number): Scenario {
  return {
    name: `${records} × append of ${payloadBytes.toLocaleString('en-US')} B to a new log`,
    count: (directory) =>
      withLog(directory, {}, async (log, counting) => {
        counting.take()
        const before = log.segments[0]?.end ?? 0
        for (let done = 0; done < records; done += 1) await log.append(payloadOf(payloadBytes))
        await counting.idle()
        return { 'bytes of frames': (log.segments[0]?.end ?? 0) - before, ...bytesOnly(counting.take()) }
      }),
  }
}

/** The same in one batch, which is not synced. */
function writtenAtOnce(payloadBytes: number): Scenario {
  return {
    name: `a batch of 10,000 records of ${payloadBytes} B in a new log, async`,
    count: (directory) =>
      withLog(directory, unsynced, async (log, counting) => {
        counting.take()
        const before = log.segments[0]?.end ?? 0
        await log.appendBatch(Array.from({ length: 10_000 }, () => payloadOf(payloadBytes)))
        await counting.idle()
        return { 'bytes of frames': (log.segments[0]?.end ?? 0) - before, ...bytesOnly(counting.take()) }
      }),
  }
}

function bytesOnly(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([what]) => what.startsWith('bytes of')))
}

/** Frames, MARKs and reservations. */
export const bytes: readonly Scenario[] = [
  ...[16, 256, 1024, 4096, 65_536].map(written),
  ...[16, 256].map(writtenAtOnce),
]
