import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { ControlledStorage, type ControlledOptions } from './log-controlled-storage.ts'
import { payload } from './log-records.ts'

/** One record of 2,600 bytes to a segment. */
export const geometry = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 } as const

export interface Opened {
  readonly disk: ControlledStorage
  readonly log: Log
}

/** A log of so many segments with a record each. */
export async function logOf(
  segments: number,
  options: Omit<LogOptions, 'storage'> = {},
  controlled: ControlledOptions = {},
): Promise<Opened> {
  const disk = new ControlledStorage(controlled)
  const log = await openLog({ storage: disk.storage, ...geometry, ...options })
  await fill(log, segments)
  return { disk, log }
}

/** Appends so many records, each of which takes a segment. */
export async function fill(log: Log, records: number): Promise<void> {
  for (let n = 0; n < records; n += 1) await log.append(payload(log.lastSequence + 1, 2600))
}

/** The indexes of the segments that lie on the disk. */
export function indexesOn(disk: ControlledStorage): number[] {
  const names = [...disk.snapshot().files.keys()].filter((name) => /^[0-9a-f]{8}-/.test(name))
  return names.map((name) => Number.parseInt(name.slice(0, 8), 16)).sort((a, b) => a - b)
}

/** What the names of segments stand for. */
export function indexesOf(names: readonly string[]): number[] {
  return names.map((name) => Number.parseInt(name.slice(0, 8), 16))
}
