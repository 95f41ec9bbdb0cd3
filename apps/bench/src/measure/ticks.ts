import { join } from 'node:path'
import { frameBytes } from '@varve/codec'
import { openLog } from 'varve'
import { blocking, compete } from '../contestant.ts'
import { GrowingFile } from '../floors/growing-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Row } from '../row.ts'

const payload = new Uint8Array(256).fill(7)
const callers = 1024

/** What appends of one turn of the event loop are worth: beside as many writes that are each synced. */
export const ticks: Measurement = { name: 'tick 1024 appends of 256 B', run: measureTicks }

async function measureTicks({ directory, scale }: Place): Promise<readonly Row[]> {
  const bytes = new Uint8Array(frameBytes(payload.length)).fill(7)
  const file = new GrowingFile(join(directory, 'growing'))
  const log = await openLog(join(directory, 'log'))
  const syncs: number[] = []
  const each = 'write + fdatasync for each'
  const tick = 'append, sync mode'
  const samples = await compete(scale.reopens, [
    blocking(
      each,
      () => {
        for (let caller = 0; caller < callers; caller += 1) file.writeAndSync(bytes)
      },
      () => { file.close() },
    ),
    {
      name: tick,
      work: async () => {
        const before = log.stats().syncs
        await Promise.all(Array.from({ length: callers }, () => log.append(payload)))
        syncs.push(log.stats().syncs - before)
      },
      close: () => log.close(),
    },
  ])
  const group = `${callers.toLocaleString('en-US')} appends of 256 B in one turn of the event loop`
  return [
    ...rowsOf(group, 'ms', 'durations', [
      { name: each, samples: samples.get(each) ?? [] },
      { name: tick, samples: samples.get(tick) ?? [], budget: valueAtMost(2) },
    ]),
    ...rowsOf(`${group}: syncs`, 'syncs', 'durations', [{ name: tick, samples: syncs, budget: valueAtMost(1) }]),
  ]
}
