import { openLog, type Log, type LogOptions } from '../../src/index.ts'
import { ControlledStorage } from './log-controlled-storage.ts'
import { payload } from './log-records.ts'

/** Two or more stretches of the sparse index to a segment, and some records of more than a buffer. */
export const stretches = { segmentBytes: 262_144, blockBytes: 128, stagingBytes: 65_536, readBytes: 4096 } as const

/** What a call asked of the storage: its reads, and whatever else. */
export interface Asked {
  readonly reads: number
  readonly others: readonly string[]
}

/** What `call` asks of the storage. */
export async function asked(disk: ControlledStorage, call: () => unknown): Promise<Asked> {
  const before = disk.operations.length
  await call()
  const operations = disk.operations.slice(before)
  const others = operations.filter(({ kind }) => kind !== 'read').map(({ kind }) => kind)
  return { reads: operations.length - others.length, others }
}

/** One read, of a file that was open. */
export const oneRead: Asked = { reads: 1, others: [] }

/** A log of so many records of 1,000 bytes: 64 or so to a stretch. */
export async function logOfStretches(
  records: number,
  options: Omit<LogOptions, 'storage'> = {},
  asynchronous = false,
): Promise<{ readonly disk: ControlledStorage; readonly log: Log }> {
  const disk = new ControlledStorage({ asynchronous })
  const log = await openLog({ storage: disk.storage, ...stretches, ...options })
  for (let n = 1; n < records; n += 1) log.enqueue(payload(n, 1000))
  await log.append(payload(records, 1000))
  return { disk, log }
}

/** Changes one byte of a file behind the log's back. */
export async function damage(disk: ControlledStorage, name: string, position: number): Promise<void> {
  const file = await disk.storage.open(name, 'existing')
  const byte = new Uint8Array(1)
  await file.read(byte, position)
  await file.write(byte.map((value) => value ^ 255), position)
  await file.close()
}
