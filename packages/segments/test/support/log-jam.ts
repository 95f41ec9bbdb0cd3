import { openLog, type Log, type LogOptions, type QueueOptions } from '../../src/index.ts'
import { ControlledStorage, type Hold } from './log-controlled-storage.ts'
import { isWriteCall } from './log-intercept.ts'
import { payload } from './log-records.ts'

/** A log whose first commit hangs in its write until it is let go, so that everything after it queues. */
export interface Jam {
  readonly disk: ControlledStorage
  readonly log: Log
  readonly hold: Hold
  /** The append that is being written. */
  readonly first: Promise<number>
}

/** Bytes of the frame of a payload of 16 bytes. */
export const frame16 = 56

export async function jammed(queue: QueueOptions, options: Partial<LogOptions> = {}): Promise<Jam> {
  const disk = new ControlledStorage()
  const small = { segmentBytes: 65_536, blockBytes: 128, stagingBytes: 4096 }
  const log = await openLog({ storage: disk.storage, ...small, queue, ...options })
  const hold = disk.hold(isWriteCall)
  const first = log.append(payload(0))
  await hold.reached
  return { disk, log, hold, first }
}
