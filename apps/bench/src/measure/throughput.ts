import { join } from 'node:path'
import { isVarveError, openLog, openLogSync, type Log, type OpenOptions } from 'varve'
import { NaiveFile } from '../naive-file.ts'
import { rowsOf, type Budget, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(256).fill(7)
const frameBytes = 40 + 256
const chunk = new Uint8Array(2 ** 20).fill(7)

/** Written to the cache of the operating system and not synced while the clock runs. */
const unsynced: OpenOptions = {
  durability: 'async',
  async: { maxUnsyncedBytes: 2 ** 40, maxUnsyncedMs: 3_600_000 },
  segmentBytes: 2 ** 30,
}

/** As many records as fast as they go, without a sync. */
export async function measureThroughput(directory: string, scale: Scale): Promise<readonly Row[]> {
  const { recordsPerRound: records } = scale
  const naive = new NaiveFile(join(directory, 'raw'))
  const enqueued = await openLog(join(directory, 'enqueued'), unsynced)
  const appended = await openLog(join(directory, 'appended'), unsynced)
  const synchronous = openLogSync(join(directory, 'appended-sync'), unsynced)
  const perSecond = (ms: number): number => records / (ms / 1000)
  const samples = await takeTurns(scale.rounds, {
    raw: () => perSecond(timed(() => { writeRaw(naive, records * frameBytes) })),
    enqueue: () => timedWaiting(() => enqueueAll(enqueued, records)).then(perSecond),
    append: () => timedWaiting(() => appendAll(appended, records)).then(perSecond),
    appendSync: () => perSecond(timed(() => { appendAllSync(synchronous, records) })),
    stage: () => stageRate(enqueued),
  })
  naive.close()
  synchronous.closeSync()
  await enqueued.close()
  await appended.close()
  const share: Budget = { of: 'ratio', bound: 'at least', limit: 0.7 }
  const rate = (limit: number): Budget => ({ of: 'value', bound: 'at least', limit })
  return rowsOf('as fast as it goes, 256 B, not synced', 'records/s', 'rates', [
    { name: 'writeSync of the same bytes, 1 MiB each', samples: samples.raw },
    { name: 'enqueue, then flush', samples: samples.enqueue, budget: share },
    { name: 'append, async mode', samples: samples.append, budget: rate(5e6) },
    { name: 'appendSync, async mode', samples: samples.appendSync },
    { name: 'enqueue alone, not written', samples: samples.stage, budget: rate(8e6) },
  ])
}

function writeRaw(file: NaiveFile, bytes: number): void {
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

function appendAllSync(log: ReturnType<typeof openLogSync>, records: number): void {
  for (let done = 0; done < records; done += 1) log.appendSync(payload)
}

/** Records a second that are copied and staged, until there is no room for more; the writing is not timed. */
async function stageRate(log: Log): Promise<number> {
  let staged = 0
  const ms = timed(() => {
    try {
      for (;;) {
        log.enqueue(payload)
        staged += 1
      }
    } catch (error) {
      if (!isVarveError(error, 'BACKPRESSURE')) throw error
    }
  })
  await log.flush()
  return staged / (ms / 1000)
}
