import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { openLogSync, type LogOptions, type SynchronousLog } from '../../src/index.ts'
import { payload, readAllSync, type PlainRecord } from './log-records.ts'

/** A log at rest that tests damage: what lies on its disk, and what must come out of it. */
export interface LogImage {
  readonly snapshot: MemorySnapshot
  readonly records: readonly PlainRecord[]
  /** How it was written, and is to be opened again. */
  readonly options: ImageOptions
}

export type ImageOptions = Omit<LogOptions, 'storage'>

/** Small enough that every byte of several segments can be tried. */
export const smallGeometry: ImageOptions = { segmentBytes: 4096, blockBytes: 128, stagingBytes: 4096, readBytes: 4096 }

/** Lets `work` write to the log in `snapshot`, then ends it with a goodbye or a crash of the process. */
export function continueImage(
  snapshot: MemorySnapshot | undefined,
  options: ImageOptions,
  end: 'close' | 'crash',
  work: (log: SynchronousLog) => void,
): MemorySnapshot {
  const storage = memoryStorage(snapshot === undefined ? {} : { snapshot })
  const log = openLogSync({ storage, ...options })
  work(log)
  if (end === 'close') log.closeSync()
  return storage.snapshot()
}

/** Opens the log in `snapshot` and reads everything. What it does to the disk stays apart from the snapshot. */
export function recordsIn(snapshot: MemorySnapshot, options: ImageOptions): readonly PlainRecord[] {
  const log = openLogSync({ storage: memoryStorage({ snapshot }), ...options })
  const records = readAllSync(log)
  log.closeSync()
  return records
}

/**
 * A log with every kind of segment there is: sealed, cut with nothing carried over, cut with records carried over and
 * the rest still there, sealed with a CLOSE inside, and a last one that ends in a CLOSE.
 */
export function buildImage(extra: ImageOptions = {}, appends = { first: 30, last: 14 }): LogImage {
  const options = { ...smallGeometry, ...extra }
  let next = 1
  const append = (log: SynchronousLog, count: number, bytes: number): void => {
    for (let n = 0; n < count; n += 1) {
      log.appendSync(payload(next, bytes + (next % 9)), { type: next % 7, timestamp: 1000 + next })
      next += 1
    }
  }
  const appendBatch = (log: SynchronousLog, count: number, bytes: number): void => {
    const entries = Array.from({ length: count }, () => ({ payload: payload(next++, bytes), timestamp: 1000 + next }))
    log.appendBatchSync(entries)
  }
  const sealedAndCut = continueImage(undefined, options, 'crash', (log) => {
    append(log, appends.first, 90)
    appendBatch(log, 3, 40)
  })
  const cutAgain = continueImage(sealedAndCut, { ...options, durability: 'async' }, 'crash', (log) => {
    append(log, 3, 50)
    log.syncSync()
    append(log, 3, 50)
    appendBatch(log, 3, 20)
  })
  const closed = continueImage(cutAgain, options, 'close', (log) => {
    append(log, 8, 60)
  })
  const snapshot = continueImage(closed, options, 'close', (log) => {
    append(log, appends.last, 150)
    appendBatch(log, 4, 10)
  })
  const withSpare = withFile(unrelease(snapshot, cutAgain), 'spare-0000000a.varve', new Uint8Array(4096))
  return { snapshot: withSpare, records: recordsIn(snapshot, options), options }
}

/**
 * Gives the third segment back some of what stood behind its cut, as if power had gone before its new size was
 * durable: frames that still verify, and zeros.
 */
function unrelease(snapshot: MemorySnapshot, before: MemorySnapshot): MemorySnapshot {
  const name = [...before.files.keys()].sort().at(-1) as string
  const cut = (snapshot.files.get(name) as Uint8Array).length
  const bytes = (before.files.get(name) as Uint8Array<ArrayBuffer>).slice(0, cut + 700)
  return withFile(snapshot, name, bytes)
}

/** The image with other bytes in one file. */
export function withFile(image: MemorySnapshot, name: string, bytes: Uint8Array<ArrayBuffer>): MemorySnapshot {
  return { ...image, files: new Map([...image.files, [name, bytes]]) }
}

/** The image without one file. */
export function withoutFile(image: MemorySnapshot, name: string): MemorySnapshot {
  return { ...image, files: new Map([...image.files].filter(([other]) => other !== name)) }
}
