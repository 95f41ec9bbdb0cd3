import { join } from 'node:path'
import { openLog, openLogSync } from 'varve'
import { blocking, compete, type Contestant } from '../contestant.ts'
import { GrowingFile } from '../floors/growing-file.ts'
import { PreparedFile } from '../floors/prepared-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { ratioAtMost, rowsOf, type Measured, type Row } from '../row.ts'
import { peerContestant } from '../peers/peer-contestant.ts'
import { bytesText } from '../sizes.ts'

const floor = 'write + fdatasync, growing file'
const MiB = 2 ** 20
/** One after the other: what is measured is an append behind one of its own kind. */
const appendsPerTurn = 10

/** One durable record after the other, and how long each takes. */
export const singles: readonly Measurement[] = [256, 4096].map((payloadBytes) => ({
  name: `single ${bytesText(payloadBytes)}`,
  run: (place) => measureSingles(place, payloadBytes),
}))

async function measureSingles(place: Place, payloadBytes: number): Promise<readonly Row[]> {
  const { directory, scale, peers } = place
  const payload = new Uint8Array(payloadBytes).fill(7)
  const durable = peers.filter(({ isDurable }) => isDurable)
  const contestants = [
    ...(await floorsAndLogs(directory, payload)),
    ...(await Promise.all(durable.map((peer) => peerContestant(peer, directory, [payload])))),
  ]
  const samples = await compete(scale.singles, contestants, appendsPerTurn)
  const isBudgeted = payloadBytes === 256
  const measured = [...samples].map(([name, all]): Measured => {
    const one = {
      name,
      samples: all.map((ms) => ms * 1000),
      point: isBudgeted ? { plot: 'latency', line: name, x: payloadBytes } : undefined,
    }
    if (name === 'append') return { ...one, base: 'appendSync', budget: isBudgeted ? ratioAtMost(1.25) : undefined }
    return name === 'appendSync' && isBudgeted ? { ...one, budget: ratioAtMost(1) } : one
  })
  return rowsOf(`one durable record at a time, ${bytesText(payloadBytes)}`, 'µs', 'durations', measured)
}

async function floorsAndLogs(directory: string, payload: Uint8Array): Promise<readonly Contestant[]> {
  const growing = new GrowingFile(join(directory, 'growing'))
  const prepared = new PreparedFile(join(directory, 'prepared'), 4 * MiB, false)
  const dsync = new PreparedFile(join(directory, 'dsync'), 4 * MiB, true)
  const blocked = openLogSync(join(directory, 'append-sync'))
  const log = await openLog(join(directory, 'append'))
  return [
    blocking(floor, () => { growing.writeAndSync(payload) }, () => { growing.close() }),
    blocking(
      'write + fdatasync, zero-filled file',
      () => { prepared.writeAndSync(payload) },
      () => { prepared.close() },
    ),
    blocking('O_DSYNC write, zero-filled file', () => { dsync.writeAndSync(payload) }, () => { dsync.close() }),
    blocking('appendSync', () => { blocked.appendSync(payload) }, () => { blocked.closeSync() }),
    { name: 'append', work: () => log.append(payload), close: () => log.close() },
  ]
}
