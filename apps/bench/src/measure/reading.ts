import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from 'varve'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const buffer = new Uint8Array(256 * 1024)

/** Reads a log of records of one size that the operating system has in its cache. */
export async function measureReading(directory: string, scale: Scale, payloadBytes: number): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const log = await openLog(path, { durability: 'async' })
  const records = Math.floor((scale.recordsPerRound * 256) / payloadBytes)
  const batch = Array.from({ length: 1000 }, () => new Uint8Array(payloadBytes).fill(7))
  for (let done = 0; done < records; done += batch.length) await log.appendBatch(batch)
  await log.sync()

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
  const recordsPerGigabyte = total / gigabytes
  const rows = rowsOf(`reading records of ${payloadBytes} B, cached`, 'GB/s', 'rates', [
    { name: 'readSync, 256 KiB each', samples: samples.raw },
    { name: 'replay', samples: samples.replay, budget: { of: 'ratio', bound: 'at least', limit: 0.6 } },
    { name: 'for await … read()', samples: samples.read },
  ])
  const inRecords = rowsOf(`reading records of ${payloadBytes} B, cached`, 'records/s', 'rates', [
    { name: 'replay', samples: samples.replay.map((rate) => rate * recordsPerGigabyte) },
    { name: 'for await … read()', samples: samples.read.map((rate) => rate * recordsPerGigabyte) },
    { name: 'get, at random', samples: gets.get, budget: { of: 'value', bound: 'at least', limit: 200_000 } },
  ])
  return [...rows, ...inRecords]
}

function readRaw({ path, end }: { readonly path: string; readonly end: number }): void {
  const fd = openSync(path, 'r')
  for (let position = 0; position < end; position += buffer.length) readSync(fd, buffer, 0, buffer.length, position)
  closeSync(fd)
}

async function readAll(records: AsyncIterable<unknown>): Promise<void> {
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
