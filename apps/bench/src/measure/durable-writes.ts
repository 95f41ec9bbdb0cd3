import { join } from 'node:path'
import { openLog, openLogSync, type Log, type OpenOptions } from 'varve'
import { blocking, compete, type Contestant } from '../contestant.ts'
import { GrowingFile } from '../floors/growing-file.ts'
import { PreparedFile } from '../floors/prepared-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { ratioAtLeast, rowsOf, type Budget, type Measured, type Row } from '../row.ts'
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

const floor = 'write + fdatasync, growing file'
const grouped = 'append, group mode'
const unbounded = { async: { maxUnsyncedBytes: 2 ** 40, maxUnsyncedMs: 3_600_000 } } as const
const MiB = 2 ** 20

/** Groups of concurrent appends, durable when all of the group are acknowledged; one group after the other. */
export function durableWrites(scale: Scale): readonly Measurement[] {
  return cellsOf(scale).map((cell) => ({
    name: `durable ${cellText(cell)}`,
    run: (place) => measureCell(place, cell),
  }))
}

async function measureCell(place: Place, cell: Cell): Promise<readonly Row[]> {
  const contestants = [
    ...floors(place.directory, cell),
    ...(await logs(place.directory, cell)),
    ...(isShown(cell) ? await peers(place, cell) : []),
  ]
  const repeats = repeatsOf(cell)
  const samples = await compete(roundsOf(cell, place.scale, repeats), contestants, repeats)
  return [...rateRows(samples, cell), ...byteRows(samples, cell), ...latencyRows(samples, cell)]
}

/** Small groups follow some of their own kind. */
function repeatsOf(cell: Cell): number {
  return Math.max(1, Math.min(4, Math.floor((256 * 1024) / groupBytesOf(cell))))
}

function floors(directory: string, cell: Cell): readonly Contestant[] {
  const bytes = new Uint8Array(groupBytesOf(cell)).fill(7)
  const growing = new GrowingFile(join(directory, 'growing'))
  const size = Math.max(4 * MiB, 2 * bytes.length)
  const prepared = new PreparedFile(join(directory, 'prepared'), size, false)
  const dsync = new PreparedFile(join(directory, 'dsync'), size, true)
  return [
    blocking(floor, () => { growing.writeAndSync(bytes) }, () => { growing.close() }),
    blocking('write + fdatasync, zero-filled file', () => { prepared.writeAndSync(bytes) }, () => { prepared.close() }),
    blocking('O_DSYNC write, zero-filled file', () => { dsync.writeAndSync(bytes) }, () => { dsync.close() }),
  ]
}

async function logs(directory: string, cell: Cell): Promise<readonly Contestant[]> {
  const { payloadBytes, producers } = cell
  const payload = new Uint8Array(payloadBytes).fill(7)
  const batch = Array.from({ length: producers }, () => payload)
  const open = (name: string, options: OpenOptions): Promise<Log> =>
    openLog(join(directory, name), { ...queueFor(cell), ...options })
  const contestant = (name: string, log: Log, work: () => Promise<unknown>): Contestant =>
    ({ name, work, close: () => log.close() })
  const appendAll = (log: Log) => () => Promise.all(batch.map((each) => log.append(each)))

  const sync = await open('sync', { durability: 'sync' })
  const group = await open('group', { durability: 'group', group: { maxRecords: producers } })
  const fenced = await open('fenced', { durability: 'async', ...unbounded })
  const all = [
    contestant('append, sync mode', sync, appendAll(sync)),
    contestant(grouped, group, appendAll(group)),
    contestant('enqueue, then sync, async mode', fenced, () => {
      for (const each of batch) fenced.enqueue(each)
      return fenced.sync()
    }),
  ]
  if (producers > 1) {
    const batched = await open('batched', { durability: 'sync' })
    return [...all, contestant('appendBatch, sync mode', batched, () => batched.appendBatch(batch))]
  }
  const blocked = openLogSync(join(directory, 'blocking'))
  const appendSync = (): void => { blocked.appendSync(payload) }
  return [...all, blocking('appendSync, sync mode', appendSync, () => { blocked.closeSync() })]
}

async function peers({ peers: present, directory }: Place, { payloadBytes, producers }: Cell): Promise<Contestant[]> {
  const payload = new Uint8Array(payloadBytes).fill(7)
  const payloads = Array.from({ length: producers }, () => payload)
  const durable = present.filter(({ isDurable }) => isDurable)
  return await Promise.all(durable.map((peer) => peerContestant(peer, directory, payloads)))
}

function rateRows(samples: ReadonlyMap<string, readonly number[]>, cell: Cell): readonly Row[] {
  const rates = (of: readonly number[]): readonly number[] => of.map((ms) => cell.producers / (ms / 1000))
  const measured = [...samples].map(([name, all]) => ({
    name,
    samples: rates(all),
    point: pointByProducers('throughput-by-producers', name, cell),
    budget: name === grouped ? shareOfFloor(cell) : undefined,
  }))
  const rival: readonly Measured[] =
    cell.payloadBytes === 256 && cell.producers === 1024 && samples.has('SQLite')
      ? [
          {
            name: `${grouped}, beside SQLite`,
            samples: rates(samples.get(grouped) ?? []),
            base: 'SQLite',
            budget: ratioAtLeast(3),
          },
        ]
      : []
  return rowsOf(titleOf(cell), 'records/s', 'rates', [...measured, ...rival])
}

function shareOfFloor({ payloadBytes, producers }: Cell): Budget | undefined {
  return payloadBytes === 256 && (producers === 64 || producers === 1024) ? ratioAtLeast(0.9) : undefined
}

function byteRows(samples: ReadonlyMap<string, readonly number[]>, cell: Cell): readonly Row[] {
  const megabytes = (cell.producers * cell.payloadBytes) / 1e6
  const measured = [...samples].flatMap(([name, all]) => {
    const point = pointByPayload('throughput-by-payload', name, cell)
    return point === undefined ? [] : [{ name, samples: all.map((ms) => megabytes / (ms / 1000)), point }]
  })
  return rowsOf(`${titleOf(cell)}: bytes of payload`, 'MB/s', 'rates', measured)
}

function latencyRows(samples: ReadonlyMap<string, readonly number[]>, cell: Cell): readonly Row[] {
  const measured = [...samples].flatMap(([name, all]) => {
    const point = pointByProducers('group-commit', name, cell)
    return point === undefined ? [] : [{ name, samples: all, point }]
  })
  return rowsOf(`${titleOf(cell)}: until all are acknowledged`, 'ms', 'durations', measured)
}

function titleOf({ payloadBytes, producers }: Cell): string {
  return `durable, ${producers} at a time, ${bytesText(payloadBytes)}`
}
