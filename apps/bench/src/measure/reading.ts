import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, type Log } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { ratioAtLeast, rowsOf, valueAtLeast, type Budget, type Row } from '../row.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const buffer = new Uint8Array(256 * 1024)
/** What must be reached, by bytes of payload. */
const budgets: Readonly<Record<number, Readonly<Record<'bytes' | 'replay' | 'read', Budget | undefined>>>> = {
  256: { bytes: undefined, replay: valueAtLeast(8e6), read: valueAtLeast(2e6) },
  1024: { bytes: valueAtLeast(5), replay: undefined, read: undefined },
}

/** Reading a log of records of one size that the operating system has in its cache. */
export const reading: readonly Measurement[] = [256, 1024].map((payloadBytes) => ({
  name: `read ${bytesText(payloadBytes)}`,
  run: (place) => measureReading(place, payloadBytes),
}))

async function measureReading({ directory, scale }: Place, payloadBytes: number): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const log = await filledLog(path, payloadBytes, Math.floor((scale.recordsPerRound * 256) / payloadBytes))
  const files = log.segments.map(({ name, end }) => ({ path: join(path, name), end }))
  const total = log.lastSequence
  const gigabytes = files.reduce((sum, { end }) => sum + end, 0) / 1e9
  const perSecond = (ms: number): number => gigabytes / (ms / 1000)
  const samples = await takeTurns(scale.rounds, {
    raw: () => perSecond(timed(() => { files.forEach(readRaw) })),
    replay: () => timedWaiting(() => log.replay(() => undefined)).then(perSecond),
    read: () => timedWaiting(() => readAll(log.read())).then(perSecond),
  })
  const gets = await takeTurns(scale.rounds, { get: () => getRate(log, scale.getsMs, total) })
  await log.close()

  const group = `reading records of ${bytesText(payloadBytes)}, cached`
  const budget = budgets[payloadBytes]
  const inRecords = (rates: readonly number[]): readonly number[] => rates.map((rate) => (rate * total) / gigabytes)
  return [
    ...rowsOf(group, 'GB/s', 'rates', [
      { name: 'readSync, 256 KiB each', samples: samples.raw },
      { name: 'replay', samples: samples.replay, budget: budget?.bytes },
      { name: 'replay: share of readSync', samples: samples.replay, budget: ratioAtLeast(0.6) },
      { name: 'for await … read()', samples: samples.read },
    ]),
    ...rowsOf(group, 'records/s', 'rates', [
      { name: 'replay', samples: inRecords(samples.replay), budget: budget?.replay },
      { name: 'for await … read()', samples: inRecords(samples.read), budget: budget?.read },
      { name: 'get, at random', samples: gets.get, budget: valueAtLeast(200_000) },
    ]),
  ]
}

/** An open log with at least so many records, all of them durable. */
export async function filledLog(path: string, payloadBytes: number, records: number): Promise<Log> {
  const log = await openLog(path, { durability: 'async' })
  const many = Math.max(1, Math.min(1000, Math.floor(2 ** 22 / payloadBytes)))
  const batch = Array.from({ length: many }, () => new Uint8Array(payloadBytes).fill(7))
  for (let done = 0; done < records; done += batch.length) await log.appendBatch(batch)
  await log.sync()
  return log
}

function readRaw({ path, end }: { readonly path: string; readonly end: number }): void {
  const fd = openSync(path, 'r')
  for (let position = 0; position < end; position += buffer.length) readSync(fd, buffer, 0, buffer.length, position)
  closeSync(fd)
}

/** Asks for one after the other, and looks at none. */
export async function readAll(records: AsyncIterable<unknown>): Promise<void> {
  const iterator = records[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}

/** Records a second, one by one; their numbers jump about without a pattern that a cache could follow. */
async function getRate(
  log: { get(sequence: number): Promise<unknown> },
  forMs: number,
  total: number,
): Promise<number> {
  let gets = 0
  const began = performance.now()
  for (; performance.now() < began + forMs; gets += 1) await log.get(1 + ((gets * 2_654_435_761) % total))
  return gets / ((performance.now() - began) / 1000)
}
