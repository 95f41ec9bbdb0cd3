import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, type Log, type OpenOptions } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed } from '../turns.ts'

const buffer = new Uint8Array(256 * 1024)
const payload = new Uint8Array(1024).fill(7)
const batch = Array.from({ length: 1000 }, () => payload)

/** Opening a log that was closed, by its size: with its seals, with every byte verified, with every record replayed. */
export const recoveries: Measurement = { name: 'recovery by size', run: measureRecoveries }

async function measureRecoveries({ directory, scale }: Place): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const rows: Row[] = []
  for (const bytes of scale.logBytes) {
    const writer = await openLog(path, { durability: 'async' })
    while (writer.lastSequence * payload.length < bytes) await writer.appendBatch(batch)
    await writer.close()
    const samples = await takeTurns(scale.reopens, {
      'readSync of all bytes': () => timed(() => { readFiles(path) }),
      open: () => timedOpen(path),
      'open, verify all': () => timedOpen(path, { verify: 'all' }),
      'open, replay': () => timedOpen(path, {}, (log) => log.replay(() => undefined)),
    })
    const measured = Object.entries(samples).map(([name, times]) => ({
      name,
      samples: times,
      point: { plot: 'recovery-by-size', line: name, x: bytes },
    }))
    rows.push(...rowsOf(`recovering ${bytesText(bytes)}, closed before, cached`, 'ms', 'durations', measured))
  }
  return rows
}

/** Milliseconds until it is open and used; closing it is not timed. */
export async function timedOpen(
  path: string,
  options?: OpenOptions,
  use: (log: Log) => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const began = performance.now()
  const log = await openLog(path, options)
  await use(log)
  const ms = performance.now() - began
  await log.close()
  return ms
}

function readFiles(path: string): void {
  for (const name of readdirSync(path)) {
    const fd = openSync(join(path, name), 'r')
    while (readSync(fd, buffer) > 0);
    closeSync(fd)
  }
}
