import { join } from 'node:path'
import { frameBytes } from '@varve/codec'
import { isVarveError, openLog, type Log, type OpenOptions } from 'varve'
import { discardingStorage } from '../floors/discarding-storage.ts'
import { GrowingFile } from '../floors/growing-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { ratioAtLeast, rowsOf, valueAtLeast, type Row } from '../row.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'
import { unsynced } from './unsynced-writes.ts'

const payload = new Uint8Array(256).fill(7)
const chunk = new Uint8Array(2 ** 20).fill(7)

/** As many records of 256 B as fast as they go, without a sync: what copying and framing them takes. */
export const staging: Measurement = { name: 'staging 256 B', run: measureStaging }

async function measureStaging({ directory, scale }: Place): Promise<readonly Row[]> {
  const { recordsPerRound: records } = scale
  const raw = new GrowingFile(join(directory, 'raw'))
  const open = (name: string, options?: OpenOptions): Promise<Log> =>
    openLog(join(directory, name), { ...unsynced, ...options })
  const nowhere = (kernel: 'auto' | 'portable'): Promise<Log> =>
    openLog({ storage: discardingStorage(), ...unsynced, kernel })
  const written = await open('auto')
  const portable = await open('portable', { kernel: 'portable' })
  const unwritten = await nowhere('auto')
  const unwrittenPortable = await nowhere('portable')
  const appended = await open('appended')
  const perSecond = (ms: number): number => records / (ms / 1000)
  const rate = (work: (log: Log, records: number) => Promise<void>, log: Log) => () =>
    timedWaiting(() => work(log, records)).then(perSecond)
  const samples = await takeTurns(scale.rounds, {
    raw: () => perSecond(timed(() => { writeRaw(raw, records * frameBytes(payload.length)) })),
    written: rate(enqueueAll, written),
    portable: rate(enqueueAll, portable),
    unwritten: rate(enqueueAll, unwritten),
    unwrittenPortable: rate(enqueueAll, unwrittenPortable),
    appended: rate(appendAll, appended),
  })
  raw.close()
  for (const log of [written, portable, unwritten, unwrittenPortable, appended]) await log.close()
  return rowsOf('as fast as it goes, 256 B, not synced', 'records/s', 'rates', [
    { name: 'writeSync of the same bytes, 1 MiB each', samples: samples.raw },
    { name: 'enqueue, written', samples: samples.written, budget: valueAtLeast(5e6) },
    { name: 'enqueue, written: share of writeSync', samples: samples.written, budget: ratioAtLeast(0.7) },
    { name: 'enqueue, written, portable kernel', samples: samples.portable, budget: valueAtLeast(1.2e6) },
    { name: 'enqueue, without the writes', samples: samples.unwritten, budget: valueAtLeast(8e6) },
    { name: 'enqueue, without the writes, portable kernel', samples: samples.unwrittenPortable },
    { name: 'append, a thousand under way', samples: samples.appended },
  ])
}

function writeRaw(file: GrowingFile, bytes: number): void {
  for (let left = bytes; left > 0; left -= chunk.length) file.write(chunk.subarray(0, left))
}

/** Waits only when there is no room, for all that is staged. */
async function enqueueAll(log: Log, records: number): Promise<void> {
  for (let done = 0; done < records; ) {
    try {
      log.enqueue(payload)
      done += 1
    } catch (error) {
      if (!isVarveError(error, 'BACKPRESSURE')) throw error
      await log.flush()
    }
  }
  await log.flush()
}

/** A thousand under way at any time. */
async function appendAll(log: Log, records: number): Promise<void> {
  for (let done = 0; done < records; done += 1000) {
    const appends = Array.from({ length: Math.min(1000, records - done) }, () => log.append(payload))
    await Promise.all(appends)
  }
}
