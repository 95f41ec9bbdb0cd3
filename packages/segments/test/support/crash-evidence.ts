import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { isVarveError, type VarveError } from '@varve/codec'
import { openLogSync, type LogOptions, type SynchronousLog } from '../../src/index.ts'
import { continueImage, smallGeometry, withFile } from './damage-image.ts'
import { segmentsOf, type PlainSegment } from './log-files.ts'
import { payload } from './log-records.ts'

/** What a row of the recovery table is shown, and what must come of it. */
export interface Evidence {
  /** How it comes about, for people. */
  readonly how: string
  readonly disk: MemorySnapshot
  readonly options?: Pick<LogOptions, 'verify' | 'tornTail'>
  /** The place and the records that the error names; absent where nothing is refused. */
  readonly place?: Place
  /** What a read-only open makes of it. */
  readonly readOnly: ReadOnlyEvidence
}

/** A part of the context of an error. */
export interface Place {
  readonly file: string
  readonly position?: number
  readonly firstSequence?: number | undefined
  readonly lastSequence?: number | undefined
}

export interface ReadOnlyEvidence {
  /** Numbers of the records that can be read, however the reader gets at them. */
  readonly readable: readonly number[]
  /** Whether it refuses with the same code. Otherwise it serves what is intact. */
  readonly refuses?: boolean
}

/**
 * A log of three segments, killed: sealed with records 1 to 5, cut with 6 to 8, and a last one with 9 to 11. Beside
 * them lies a spare, which an open that refuses the log must not touch either.
 */
export interface KilledLog {
  readonly disk: MemorySnapshot
  readonly sealed: PlainSegment
  readonly cut: PlainSegment
  readonly last: PlainSegment
}

export function killedLog(end: 'crash' | 'close' = 'crash'): KilledLog {
  const append = (from: number, to: number) => (log: SynchronousLog) => {
    for (let number = from; number <= to; number += 1) log.appendSync(payload(number, 600), { timestamp: 10 * number })
  }
  const first = continueImage(undefined, smallGeometry, 'crash', append(1, 8))
  const written = continueImage(first, smallGeometry, end, append(9, 11))
  const disk = withFile(written, 'spare-0000000a.varve', new Uint8Array(128))
  const [sealed, cut, last] = segmentsOf(disk)
  if (sealed === undefined || cut === undefined || last === undefined) throw new Error('three segments were expected')
  return { disk, sealed, cut, last }
}

/** A log of one segment whose header block is larger than its header, with records 1 to 3, killed. */
export function logOfLargeBlocks(): { readonly disk: MemorySnapshot; readonly only: PlainSegment } {
  const options = { ...smallGeometry, blockBytes: 512 }
  const disk = continueImage(undefined, options, 'crash', (log) => {
    for (let number = 1; number <= 3; number += 1) log.appendSync(payload(number, 100))
  })
  const [only] = segmentsOf(disk)
  if (only === undefined) throw new Error('a segment was expected')
  return { disk, only }
}

/** A log of one segment: a batch of the records 1 to 3, then record 4; killed. */
export function logOfOneBatch(): { readonly disk: MemorySnapshot; readonly only: PlainSegment } {
  const disk = continueImage(undefined, smallGeometry, 'crash', (log) => {
    log.appendBatchSync([1, 2, 3].map((number) => payload(number, 100)))
    log.appendSync(payload(4, 100))
  })
  const [only] = segmentsOf(disk)
  if (only === undefined) throw new Error('a segment was expected')
  return { disk, only }
}

/** The numbers from `from` to `to`, both included. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at)
}

/** What an open for writing makes of a disk. */
export interface Outcome {
  readonly error: VarveError | undefined
  readonly log: SynchronousLog | undefined
  /** What is on the disk afterwards. */
  readonly after: MemorySnapshot
}

export function openOn(disk: MemorySnapshot, options: Partial<LogOptions> = {}): Outcome {
  const storage = memoryStorage({ snapshot: disk })
  try {
    const log = openLogSync({ ...smallGeometry, ...options, storage })
    return { error: undefined, log, after: storage.snapshot() }
  } catch (error) {
    if (!isVarveError(error)) throw error
    return { error, log: undefined, after: storage.snapshot() }
  }
}

/** The numbers of all records that can be read one by one. */
export function readableIn(log: SynchronousLog, upTo = 20): number[] {
  return numbers(1, upTo).filter((sequence) => {
    try {
      return log.getSync(sequence)?.sequence === sequence
    } catch (error) {
      if (isVarveError(error, 'CORRUPT') || isVarveError(error, 'RECLAIMED')) return false
      throw error
    }
  })
}
