import type { Log } from 'varve'
import { payloadOf, unsynced, withLog, withLogSync } from './counted-log.ts'
import type { CountingFs } from './counting-fs.ts'
import type { Scenario } from './scenario.ts'

const payload = payloadOf(256)
/** What a record of that size takes on disk. */
const frameBytes = 40 + 256
const MiB = 2 ** 20
/** After 9 MiB a segment has blocks for 7 MiB more, and is not yet so full that the next one is made ready. */
const mebibytesBefore = 9
const mebibyte = Array.from({ length: Math.ceil(MiB / frameBytes) }, () => payload)

async function prepare(log: Log, counting: CountingFs): Promise<void> {
  for (let done = 0; done < mebibytesBefore; done += 1) await log.appendBatch(mebibyte)
  // The first durable write opens a descriptor, and there is none before all that is written is durable.
  for (let done = 0; done < 2; done += 1) {
    await log.append(payload)
    await log.sync()
  }
  await counting.idle()
  counting.take()
}

async function oneByOne(log: Log, records: number): Promise<void> {
  for (let done = 0; done < records; done += 1) await log.append(payload)
}

async function atOnce(log: Log, records: number): Promise<void> {
  await Promise.all(Array.from({ length: records }, () => log.append(payload)))
}

function prepared(
  name: string,
  options: Parameters<typeof withLog>[1],
  work: (log: Log) => Promise<void>,
): Scenario {
  return {
    name,
    count: (directory) =>
      withLog(directory, options, async (log, counting) => {
        await prepare(log, counting)
        await work(log)
        await counting.idle()
        return counting.take()
      }),
  }
}

/** Appends to a segment that has blocks for them. */
export const commits: readonly Scenario[] = [
  prepared('100 × append of 256 B, one at a time', {}, (log) => oneByOne(log, 100)),
  {
    name: '100 × appendSync of 256 B',
    count: (directory) =>
      withLogSync(directory, {}, (log, counting) => {
        for (let done = 0; done < mebibytesBefore; done += 1) log.appendBatchSync(mebibyte)
        log.appendSync(payload)
        counting.take()
        for (let done = 0; done < 100; done += 1) log.appendSync(payload)
        return counting.take()
      }),
  },
  prepared('64 × append of 256 B in one tick, sync', {}, (log) => atOnce(log, 64)),
  prepared('1,024 × append of 256 B in one tick, sync', {}, (log) => atOnce(log, 1024)),
  prepared('64 × append of 256 B in one tick, group', { durability: 'group', group: { maxRecords: 64 } }, (log) =>
    atOnce(log, 64),
  ),
  prepared('1,024 × append of 256 B in one tick, group', { durability: 'group' }, (log) => atOnce(log, 1024)),
  prepared('1 MiB enqueued and flushed, async', unsynced, async (log) => {
    for (let bytes = 0; bytes + frameBytes <= MiB; bytes += frameBytes) log.enqueue(payload)
    await log.flush()
  }),
  prepared('100 × append and sync, async', unsynced, async (log) => {
    for (let done = 0; done < 100; done += 1) {
      log.enqueue(payload)
      await log.sync()
    }
  }),
]

/** Segments so small that they are soon full. */
const segmentBytes = MiB
const large = payloadOf(4096)

export const rotations: readonly Scenario[] = [
  {
    name: 'append of 4 KiB that rotates, next segment made ready',
    count: (directory) =>
      withLog(directory, { segmentBytes }, async (log, counting) => {
        while (log.segments.length === 1) {
          await counting.idle()
          counting.take()
          await log.append(large)
        }
        await counting.idle()
        return counting.take()
      }),
  },
  {
    name: 'append of 4 KiB that has the next segment made ready',
    count: (directory) =>
      withLog(directory, { segmentBytes }, async (log, counting) => {
        await log.append(large)
        for (;;) {
          await counting.idle()
          counting.take()
          await log.append(large)
          await counting.idle()
          const counts = counting.take()
          if (counts.opens !== undefined) return counts
        }
      }),
  },
  {
    name: 'appendSync of 4 KiB that rotates',
    count: (directory) =>
      withLogSync(directory, { segmentBytes }, (log, counting) => {
        while (log.segments.length === 1) {
          counting.take()
          log.appendSync(large)
        }
        return counting.take()
      }),
  },
]
