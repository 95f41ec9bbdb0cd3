import type { Log, OpenOptions } from 'varve'
import { payloadOf, unsynced, withLog } from './counted-log.ts'
import type { CountingFs } from './counting-fs.ts'
import type { Scenario } from './scenario.ts'

const payload = payloadOf(256)
/** What a record of that size takes on disk. */
const frameBytes = 40 + 256
const batch = Array.from({ length: 1000 }, () => payload)

/** Appends whole batches until there are so many bytes of frames. */
async function fill(log: Log, bytes: number): Promise<void> {
  for (let done = 0; done < bytes; done += batch.length * frameBytes) await log.appendBatch(batch)
}

function filled(name: string, work: (log: Log) => Promise<unknown>): Scenario {
  return {
    name,
    count: (directory) =>
      withLog(directory, unsynced, async (log, counting) => {
        await fill(log, 8 * 2 ** 20)
        await counting.idle()
        counting.take()
        await work(log)
        return counting.take()
      }),
  }
}

/** Reads of a log of 8 MiB in one segment, by who wrote it. */
export const reads: readonly Scenario[] = [
  filled('100 × get of 256 B, here and there', async (log) => {
    for (let done = 0; done < 100; done += 1) await log.get(1 + ((done * 2_654_435_761) % log.lastSequence))
  }),
  filled('100 × get of 256 B, one after the other', async (log) => {
    for (let sequence = 1; sequence <= 100; sequence += 1) await log.get(sequence)
  }),
  filled('replay of 8 MiB', (log) => log.replay(() => undefined)),
  filled('read of 8 MiB', async (log) => {
    for await (const { sequence } of log.read()) if (sequence === 0) throw new Error('there is no such record')
  }),
]

/** Segments of 32 KiB, all but the last sealed. */
async function sealSegments(directory: string, segments: number): Promise<void> {
  await withLog(directory, { ...unsynced, segmentBytes: 32_768 }, async (log) => {
    while (log.segments.length <= segments) await log.append(payloadOf(4096))
  })
}

function opening(
  name: string,
  segments: number,
  options: OpenOptions,
  work?: (log: Log, counting: CountingFs) => Promise<void>,
): Scenario {
  return {
    name,
    async count(directory) {
      if (segments > 0) await sealSegments(directory, segments)
      return await withLog(directory, options, async (log, counting) => {
        await work?.(log, counting)
        await counting.idle()
        return counting.take()
      })
    },
  }
}

export const opens: readonly Scenario[] = [
  opening('open of an empty directory', 0, {}),
  opening('open of 1 sealed segment', 1, {}),
  opening('open of 100 sealed segments', 100, {}),
  opening('open of 100 sealed segments, every byte verified', 100, { verify: 'all' }),
  opening('open of 100 sealed segments to read', 100, { readOnly: true }),
  opening('reclaim of 100 sealed segments', 100, {}, async (log, counting) => {
    counting.take()
    await log.reclaim(log.lastSequence)
  }),
  opening('close', 1, {}, async (log, counting) => {
    await log.append(payload)
    await counting.idle()
    counting.take()
    await log.close()
  }),
]
