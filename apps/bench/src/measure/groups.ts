import { join } from 'node:path'
import { openLog } from 'varve'
import { NaiveFile } from '../naive-file.ts'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(256).fill(7)
/** What a record of that size takes on disk. */
const frameBytes = 40 + 256

/** Many callers at once, each of which waits for its record; all of one tick, one tick after the other. */
export async function measureGroups(directory: string, scale: Scale, callers: number): Promise<readonly Row[]> {
  const naive = new NaiveFile(join(directory, 'naive'))
  const bytes = new Uint8Array(callers * frameBytes).fill(7)
  const group = { maxRecords: callers }
  const grouped = await openLog(join(directory, 'group'), { durability: 'group', group })
  const synced = await openLog(join(directory, 'sync'))
  const appendAll = (log: typeof grouped) => () =>
    Promise.all(Array.from({ length: callers }, () => log.append(payload)))
  const perSecond = (ms: number): number => callers / (ms / 1000)
  const samples = await takeTurns(scale.groups, {
    naive: () => perSecond(timed(() => { naive.writeAndSync(bytes) })),
    group: () => timedWaiting(appendAll(grouped)).then(perSecond),
    sync: () => timedWaiting(appendAll(synced)).then(perSecond),
  })
  naive.close()
  await grouped.close()
  await synced.close()
  const budget = { of: 'ratio', bound: 'at least', limit: 0.9 } as const
  return rowsOf(`${callers} concurrent appends of 256 B, durable`, 'records/s', 'rates', [
    { name: 'write + fdatasync of the same bytes', samples: samples.naive },
    { name: 'append, group mode', samples: samples.group, budget },
    { name: 'append, sync mode', samples: samples.sync },
  ])
}
