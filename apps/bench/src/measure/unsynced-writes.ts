import { join } from 'node:path'
import { openLog, openLogSync, type Log, type OpenOptions } from 'varve'
import { blocking, compete, type Contestant } from '../contestant.ts'
import { GrowingFile } from '../floors/growing-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { peerContestant } from '../peers/peer-contestant.ts'
import { bytesText } from '../sizes.ts'
import {
  cellsOf,
  cellText,
  groupBytesOf,
  isShown,
  pointByPayload,
  pointByProducers,
  queueFor,
  roundsOf,
  type Cell,
} from './cell.ts'

/** Written to the cache of the operating system and not synced while the clock runs. */
export const unsynced: OpenOptions = {
  durability: 'async',
  async: { maxUnsyncedBytes: 2 ** 40, maxUnsyncedMs: 3_600_000 },
  // So large that no next segment is made ready beside the writer.
  segmentBytes: 2 ** 34,
}

/** Groups of concurrent appends, with the operating system when all of the group are acknowledged. */
export function unsyncedWrites(scale: Scale): readonly Measurement[] {
  return cellsOf(scale).map((cell) => ({
    name: `unsynced ${cellText(cell)}`,
    run: (place) => measureCell(place, cell),
  }))
}

/** So many groups one after the other that the clock is fine enough. */
function groupsPerTurn(cell: Cell): number {
  const groups = Math.min(256 / cell.producers, (4 * 2 ** 20) / groupBytesOf(cell))
  return Math.max(1, Math.floor(groups))
}

async function measureCell({ directory, peers, scale }: Place, cell: Cell): Promise<readonly Row[]> {
  const payload = new Uint8Array(cell.payloadBytes).fill(7)
  const payloads = Array.from({ length: cell.producers }, () => payload)
  const groups = groupsPerTurn(cell)
  const cached = isShown(cell) ? peers.filter(({ isDurable }) => !isDurable) : []
  const samples = await compete(roundsOf(cell, scale, groups), [
    raw(directory, cell, groups),
    ...(await logs(directory, cell, groups)),
    ...(await Promise.all(cached.map((peer) => peerContestant(peer, directory, payloads, groups)))),
  ])
  const records = groups * cell.producers
  const title = `written and not synced, ${cell.producers} at a time, ${bytesText(cell.payloadBytes)}`
  const inRecords = [...samples].map(([name, all]) => ({
    name,
    samples: all.map((ms) => records / (ms / 1000)),
    point: pointByProducers('unsynced-by-producers', name, cell),
  }))
  const inBytes = [...samples].flatMap(([name, all]) => {
    const point = pointByPayload('unsynced-by-payload', name, cell)
    const megabytes = (records * cell.payloadBytes) / 1e6
    return point === undefined ? [] : [{ name, samples: all.map((ms) => megabytes / (ms / 1000)), point }]
  })
  return [
    ...rowsOf(title, 'records/s', 'rates', inRecords),
    ...rowsOf(`${title}: bytes of payload`, 'MB/s', 'rates', inBytes),
  ]
}

function raw(directory: string, cell: Cell, groups: number): Contestant {
  const file = new GrowingFile(join(directory, 'growing'))
  const bytes = new Uint8Array(groupBytesOf(cell)).fill(7)
  const work = (): void => {
    for (let group = 0; group < groups; group += 1) file.write(bytes)
  }
  return blocking('writeSync, growing file', work, () => { file.close() })
}

async function logs(directory: string, cell: Cell, groups: number): Promise<readonly Contestant[]> {
  const payload = new Uint8Array(cell.payloadBytes).fill(7)
  const batch = Array.from({ length: cell.producers }, () => payload)
  const options = { ...unsynced, ...queueFor(cell) }
  const contestant = async (
    name: string,
    place: string,
    once: (log: Log) => Promise<unknown>,
  ): Promise<Contestant> => {
    const log = await openLog(join(directory, place), options)
    const work = async (): Promise<void> => {
      for (let group = 0; group < groups; group += 1) await once(log)
    }
    return { name, work, close: () => log.close() }
  }
  const all = [
    await contestant('append, async mode', 'appended', (log) => Promise.all(batch.map((each) => log.append(each)))),
    await contestant('enqueue, then flush', 'enqueued', (log) => {
      for (const each of batch) log.enqueue(each)
      return log.flush()
    }),
  ]
  if (cell.producers > 1) return [...all, await contestant('appendBatch', 'batched', (log) => log.appendBatch(batch))]
  const blocked = openLogSync(join(directory, 'blocking'), options)
  const work = (): void => {
    for (let group = 0; group < groups; group += 1) blocked.appendSync(payload)
  }
  return [...all, blocking('appendSync, async mode', work, () => { blocked.closeSync() })]
}
