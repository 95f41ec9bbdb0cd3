import { join } from 'node:path'
import { openLog, openLogSync } from 'varve'
import { NaiveFile } from '../naive-file.ts'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(256).fill(7)

/** One durable record after the other. */
export async function measureSingles(directory: string, scale: Scale): Promise<readonly Row[]> {
  const naive = new NaiveFile(join(directory, 'naive'))
  const synchronous = openLogSync(join(directory, 'append-sync'))
  const asynchronous = await openLog(join(directory, 'append'))
  const samples = await takeTurns(scale.singles, {
    naive: () => timed(() => { naive.writeAndSync(payload) }) * 1000,
    appendSync: () => timed(() => { synchronous.appendSync(payload) }) * 1000,
    append: () => timedWaiting(() => asynchronous.append(payload)).then((ms) => ms * 1000),
  })
  naive.close()
  synchronous.closeSync()
  await asynchronous.close()
  const atMost = (limit: number) => ({ of: 'ratio', bound: 'at most', limit }) as const
  const group = 'one durable record at a time, 256 B'
  const durable = rowsOf(group, 'µs', 'durations', [
    { name: 'write + fdatasync, growing file', samples: samples.naive },
    { name: 'appendSync', samples: samples.appendSync, budget: atMost(1) },
  ])
  const waiting = rowsOf(group, 'µs', 'durations', [
    { name: 'appendSync', samples: samples.appendSync },
    { name: 'append', samples: samples.append, budget: atMost(1.25) },
  ])
  return [...durable, ...waiting.slice(1)]
}
