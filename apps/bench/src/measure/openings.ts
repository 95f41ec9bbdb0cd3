import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, type Log } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed } from '../turns.ts'

const block = new Uint8Array(4096)

/** Opening a log that was closed, by the number of its sealed segments. Their size must not matter. */
export function openings({ segmentBytes, segments }: Scale): readonly Measurement[] {
  return segmentBytes.map((bytes) => ({
    name: `open ${segments.join(', ')} segments of ${bytesText(bytes)}`,
    run: (place) => measureOpenings(place, bytes),
  }))
}

async function measureOpenings({ directory, scale }: Place, segmentBytes: number): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const rows: Row[] = []
  for (const sealed of scale.segments) {
    await grow(path, segmentBytes, sealed)
    const samples = await takeTurns(scale.reopens, {
      raw: () => timed(() => { readEnds(path) }),
      open: () => timedOpen(path, segmentBytes),
    })
    const line = `segments of ${bytesText(segmentBytes)}`
    const budget = sealed === 1000 ? valueAtMost(150) : undefined
    rows.push(
      ...rowsOf(`opening ${sealed} sealed ${line}, closed before, cached`, 'ms', 'durations', [
        {
          name: 'open each file, read a block at both ends',
          samples: samples.raw,
          point: { plot: 'open-by-segments', line: `raw, ${line}`, x: sealed },
        },
        { name: 'openLog', samples: samples.open, budget, point: { plot: 'open-by-segments', line, x: sealed } },
      ]),
    )
  }
  return rows
}

async function grow(path: string, segmentBytes: number, sealed: number): Promise<void> {
  const log = await openLog(path, { durability: 'async', segmentBytes })
  const payload = new Uint8Array(segmentBytes / 32).fill(7)
  while (log.segments.length <= sealed) await log.append(payload)
  await log.close()
}

/** Milliseconds until it is open; closing it is not timed. */
async function timedOpen(path: string, segmentBytes: number): Promise<number> {
  const began = performance.now()
  const log: Log = await openLog(path, { segmentBytes })
  const ms = performance.now() - began
  await log.close()
  return ms
}

function readEnds(path: string): void {
  for (const name of readdirSync(path)) {
    const fd = openSync(join(path, name), 'r')
    readSync(fd, block, 0, block.length, 0)
    readSync(fd, block, 0, block.length, block.length)
    closeSync(fd)
  }
}
