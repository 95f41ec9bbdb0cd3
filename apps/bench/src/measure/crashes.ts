import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns } from '../turns.ts'
import { timedOpen } from './recoveries.ts'

const payload = new Uint8Array(1024).fill(7)
const batch = Array.from({ length: 50 }, () => payload)

/**
 * Opening a log whose writer died, by what is in its last segment: that is read, and what nothing proves durable is
 * written again. Each time a copy of the same files.
 */
export const crashes: Measurement = { name: 'crash by size', run: measureCrashes }

async function measureCrashes({ directory, scale }: Place): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const bytes of scale.crashBytes) {
    const path = join(directory, `log-${bytes}`)
    const log = await openLog(path)
    while (log.lastSequence * payload.length < bytes) await log.appendBatch(batch)
    let copies = 0
    const reopened = async (): Promise<number> => {
      copies += 1
      const copy = `${path}-${copies}`
      copyLog(path, copy)
      const ms = await timedOpen(copy)
      rmSync(copy, { recursive: true })
      return ms
    }
    const name = 'open after a crash'
    const { samples } = await takeTurns(scale.reopens, { samples: reopened })
    await log.close()
    rmSync(path, { recursive: true })
    const point = { plot: 'crash-by-size', line: name, x: bytes }
    const group = `recovering after a crash, ${bytesText(bytes)} in the last segment, cached`
    rows.push(...rowsOf(group, 'ms', 'durations', [{ name, samples, point }]))
  }
  return rows
}

/** All but the lock, and synced: a copy that is still to be written would be paid for by whoever opens it. */
function copyLog(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from).filter((file) => file.endsWith('.varve'))) {
    copyFileSync(join(from, name), join(to, name))
    const fd = openSync(join(to, name), 'r+')
    fsyncSync(fd)
    closeSync(fd)
  }
}
