import { createCheckpointPublisherSync } from '@varve/checkpoint'
import { openLogSync, type LogOptions, type SynchronousLog } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'

export type Bytes = Uint8Array<ArrayBuffer>
export type ImageOptions = Omit<LogOptions, 'storage'>

/** A record as it must come out again. */
export interface PlainRecord {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly payload: string
}

/** A log at rest that tests damage. */
export interface Image {
  readonly snapshot: MemorySnapshot
  readonly records: readonly PlainRecord[]
  readonly options: ImageOptions
}

/** Small enough that every byte of several segments can be tried. */
export const small: ImageOptions = {
  segmentBytes: 4096,
  blockBytes: 128,
  stagingBytes: 4096,
  readBytes: 4096,
  kernel: 'portable',
}

export function payload(seed: number, bytes = 24): Bytes {
  return Uint8Array.from({ length: bytes }, (_, at) => (seed * 31 + at * 7) % 251)
}

/** Lets `work` write to the log in `snapshot`, then ends it with a goodbye or a crash of the process. */
export function goOn(
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

/** Opens the log, every byte of which must verify, and reads it. */
export function recordsIn(snapshot: MemorySnapshot, options: ImageOptions = small): readonly PlainRecord[] {
  const log = openLogSync({ storage: memoryStorage({ snapshot }), ...options, verify: 'all' })
  const records = [...log.readSync()].map(({ sequence, timestamp, type, payload: bytes }) => {
    return { sequence, timestamp, type, payload: Buffer.from(bytes).toString('hex') }
  })
  log.closeSync()
  return records
}

/**
 * A log with every kind of segment there is: sealed, cut, cut with records carried over, sealed with a CLOSE inside,
 * and a last one that ends in a CLOSE.
 */
export function everyKind(extra: ImageOptions = {}): Image {
  const options = { ...small, ...extra }
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
  const sealedAndCut = goOn(undefined, options, 'crash', (log) => {
    append(log, 30, 90)
    appendBatch(log, 3, 40)
  })
  const cutAgain = goOn(sealedAndCut, { ...options, durability: 'async' }, 'crash', (log) => {
    append(log, 3, 50)
    log.syncSync()
    append(log, 3, 50)
    appendBatch(log, 3, 20)
  })
  const closed = goOn(cutAgain, options, 'close', (log) => { append(log, 8, 60) })
  const snapshot = goOn(closed, options, 'close', (log) => {
    append(log, 14, 150)
    appendBatch(log, 4, 10)
  })
  return { snapshot, records: recordsIn(snapshot, options), options }
}

/** The state after `sequence` records. */
export function stateOf(sequence: number): Bytes {
  return payload(sequence, 200)
}

/** A log that keeps two checkpoints, whose floor has been raised and whose first segments are gone. */
export function withCheckpoints(options: ImageOptions = small): Image {
  const snapshot = goOn(undefined, options, 'crash', (log) => {
    const publisher = createCheckpointPublisherSync(log)
    for (let n = 1; n <= 120; n += 1) {
      log.appendSync(payload(n, 100))
      if (n % 40 === 0) publisher.publishSync(stateOf(n))
    }
  })
  return { snapshot, records: recordsIn(snapshot, options), options }
}

export function withFile(snapshot: MemorySnapshot, name: string, bytes: Bytes): MemorySnapshot {
  return { ...snapshot, files: new Map([...snapshot.files, [name, bytes]]) }
}

export function withoutFile(snapshot: MemorySnapshot, name: string): MemorySnapshot {
  return { ...snapshot, files: new Map([...snapshot.files].filter(([other]) => other !== name)) }
}

export function bytesOf(snapshot: MemorySnapshot, name: string): Bytes {
  return snapshot.files.get(name) as Bytes
}

export function flip(snapshot: MemorySnapshot, name: string, at: number, pattern = 0xff): MemorySnapshot {
  const bytes = bytesOf(snapshot, name).slice()
  bytes[at] = (bytes[at] as number) ^ pattern
  return withFile(snapshot, name, bytes)
}

export function segmentNames(snapshot: MemorySnapshot): readonly string[] {
  return [...snapshot.files.keys()].filter((name) => /^[0-9a-f]{8}-[0-9a-f]{16}\.varve$/.test(name)).sort()
}
