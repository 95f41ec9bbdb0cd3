import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { ControlledStorage } from './log-controlled-storage.ts'
import { segmentsOf } from './log-files.ts'
import { payload } from './log-records.ts'

/** Bytes of a slab, and of the frame of {@link data}. */
export const slab = 4096
const frame = 256
export const perSlab = slab / frame
export const data: Uint8Array<ArrayBuffer> = payload(7, frame - 40)

/** A queue of two slabs and a record, so that who is not handed over is refused soon. */
export const burstOptions = {
  durability: 'async',
  segmentBytes: 262_144,
  blockBytes: 128,
  stagingBytes: slab,
  queue: { maxBytes: 2 * slab + frame },
} as const

export interface Bursting {
  readonly disk: ControlledStorage
  readonly log: Log
}

/** A log to which more is given at once than a slab holds. */
export async function openBursting(options: Omit<LogOptions, 'storage'> = {}): Promise<Bursting> {
  const disk = new ControlledStorage()
  const log = await openLog({ storage: disk.storage, ...burstOptions, ...options })
  disk.operations.length = 0
  return { disk, log }
}

/** Numbers of the records on the disk, in the order in which they stand there. */
export function sequencesOn(disk: ControlledStorage): number[] {
  const frames = segmentsOf(disk.snapshot()).flatMap((segment) => segment.frames)
  return frames.filter(({ kind }) => kind === 'record').map(({ sequence }) => sequence)
}
