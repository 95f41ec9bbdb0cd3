import {
  blockBytesDefault,
  blockBytesMax,
  blockBytesMin,
  capacityBytesMax,
  checksumId,
  VarveError,
  type ChecksumId,
  type EntryCodec,
} from '@varve/codec'
import type { LogStorage, Runtime } from '@varve/storage'
import type { LogObserver } from '../observe/events.ts'
import { ReadBuffers } from '../read/read-buffers.ts'
import { sealReserveBytes, unitBytesMax, type CommitAlignment } from '../format/geometry.ts'

/** When an append is acknowledged; `docs/DURABILITY.md` says what each can lose. */
export type Durability = 'sync' | 'group' | 'async'

/** Until when a commit of the `group` mode waits for company: whichever comes first. */
export interface GroupOptions {
  /** Milliseconds, from 0 to 10,000. Default 2. */
  readonly maxDelayMs?: number
  /** Default 1 MiB. */
  readonly maxBytes?: number
  /** Default 1,024. */
  readonly maxRecords?: number
}

/** How much the `async` mode may have written and not synced, while syncs succeed. */
export interface AsyncOptions {
  /** Default 8 MiB. */
  readonly maxUnsyncedBytes?: number
  /** Milliseconds. Default 200. */
  readonly maxUnsyncedMs?: number
}

/** The records staged and not yet written. */
export interface QueueOptions {
  /**
   * Bytes of frames that may be staged. Default 16 MiB. One batch or record above it is still taken when the queue is
   * empty. As much again may be on its way to the storage.
   */
  readonly maxBytes?: number
  /**
   * What `append` does when the queue is full: `wait` lets the call wait for its turn, first come, first served, and
   * holds its payload by reference until then, uncopied; it must not be changed before the promise has settled.
   * `reject` refuses the call with `BACKPRESSURE`, at once. `enqueue` always refuses. Default `wait`.
   */
  readonly onFull?: 'wait' | 'reject'
}

/** What a log needs and may be told. Only `storage` is required here; the facade fills in the platform's. */
export interface LogOptions {
  readonly storage: LogStorage
  /** Default `sync`. */
  readonly durability?: Durability
  readonly group?: GroupOptions
  readonly async?: AsyncOptions
  readonly queue?: QueueOptions
  /** Capacity of a segment in bytes, a multiple of `blockBytes` from 4 KiB to 32 GiB. Default 64 MiB. */
  readonly segmentBytes?: number
  /** The block of the device, a power of two from 128 to 65,536. Default 4,096. */
  readonly blockBytes?: number
  /** `block` fills each commit up to a whole block, for devices that may damage a block while rewriting it. */
  readonly commitAlignment?: CommitAlignment
  /** Records above it are refused with `RECORD_TOO_LARGE`. Default: what a segment can hold. */
  readonly maxRecordBytes?: number
  /** Default `xxh64`. */
  readonly checksum?: 'xxh64' | 'crc32'
  /** What open verifies: the last segment in full and the seals of the others, or every byte. Default `seals`. */
  readonly verify?: 'seals' | 'all'
  /** Whether open may discard a tail that was never acknowledged as durable. Default `discard`. */
  readonly tornTail?: 'discard' | 'refuse'
  /** Opens without a lock, changes nothing, and serves what is intact. */
  readonly readOnly?: boolean
  /** Which records readers see; see {@link Visibility}. Default: what has been acknowledged. */
  readonly visibility?: Visibility
  /**
   * Whether `reclaim` makes the next segment of a file that it gives up, in place of removing it: overwritten with
   * zeros, beside the writer. Saves blocks from being freed and found again. Default false.
   */
  readonly recycle?: boolean
  /** Which kernel frames and verifies; `portable` tries nothing else. Default `auto`. */
  readonly kernel?: 'auto' | 'portable'
  /** Bytes of each of the two staging buffers, from 4 KiB. Default 1 MiB. Larger records get a buffer of their own. */
  readonly stagingBytes?: number
  /** Bytes of a read buffer, from 4 KiB. Default 512 KiB. Larger records get a buffer of their own. */
  readonly readBytes?: number
  /** Whether closing the log closes the storage as well. Default false: who made the storage closes it. */
  readonly ownsStorage?: boolean
  /** Hears of what the log does. */
  readonly observer?: LogObserver
  /** Clock, chance and scheduling; the simulator's seam. */
  readonly runtime?: Runtime
}

/** What a typed log needs besides. */
export interface TypedLogOptions<Entry> extends LogOptions {
  /** Turns entries into payloads and back: `jsonCodec`, `textCodec`, `bytesCodec`, or one of your own. */
  readonly entry: EntryCodec<Entry>
}

/** `durable`: a sync that covers the record has succeeded. `written`: the operating system has it. */
export type Visibility = 'durable' | 'written'

/** Options with all defaults filled in and all ranges checked. */
export interface LogSettings {
  readonly storage: LogStorage
  readonly durability: Durability
  readonly group: Required<GroupOptions>
  readonly async: Required<AsyncOptions>
  readonly queue: Required<QueueOptions>
  readonly segmentBytes: number
  readonly blockBytes: number
  readonly commitAlignment: CommitAlignment
  readonly maxRecordBytes: number
  readonly checksum: ChecksumId
  readonly verify: 'seals' | 'all'
  readonly tornTail: 'discard' | 'refuse'
  readonly readOnly: boolean
  readonly recycle: boolean
  readonly visibility: Visibility | undefined
  readonly kernel: 'auto' | 'portable'
  readonly stagingBytes: number
  readonly readBytes: number
  readonly buffers: ReadBuffers
  readonly ownsStorage: boolean
  /** Whether the directory holds a replica that is to become a log. */
  readonly promotes: boolean
  readonly observer: LogObserver | undefined
  readonly runtime: Runtime
}

const KiB = 1024
const MiB = 1024 * KiB
const segmentBytesMin = 4 * KiB

/** @throws VarveError `INVALID_ARGUMENT`, naming the option and its range. */
export function settle(options: LogOptions, runtime: Runtime, promotes = false): LogSettings {
  const blockBytes = blockSize(options.blockBytes ?? blockBytesDefault)
  const segmentBytes = whole('segmentBytes', options.segmentBytes ?? 64 * MiB, segmentBytesMin, capacityBytesMax)
  if (segmentBytes % blockBytes !== 0) throw invalid('segmentBytes', segmentBytes, `a multiple of ${blockBytes}`)
  const commitAlignment = choice('commitAlignment', options.commitAlignment ?? 'frame', ['frame', 'block'])
  const unitMax = unitBytesMax(segmentBytes, blockBytes, commitAlignment)
  if (unitMax < 1024) {
    const least = segmentBytes + sealReserveBytes(segmentBytes) + 4 * blockBytes
    throw invalid('segmentBytes', segmentBytes, `at least about ${least} with blocks of ${blockBytes} bytes`)
  }
  const recordMax = unitMax - 48
  const kernel = choice('kernel', options.kernel ?? 'auto', ['auto', 'portable'])
  const readBytes = buffer('readBytes', options.readBytes ?? 512 * KiB)
  return {
    storage: options.storage,
    durability: choice('durability', options.durability ?? 'sync', ['sync', 'group', 'async']),
    group: {
      maxDelayMs: number('group.maxDelayMs', options.group?.maxDelayMs ?? 2, 0, 10_000),
      maxBytes: whole('group.maxBytes', options.group?.maxBytes ?? MiB, 1, Number.MAX_SAFE_INTEGER),
      maxRecords: whole('group.maxRecords', options.group?.maxRecords ?? 1024, 1, Number.MAX_SAFE_INTEGER),
    },
    async: {
      maxUnsyncedBytes: whole('async.maxUnsyncedBytes', options.async?.maxUnsyncedBytes ?? 8 * MiB, 1, 2 ** 40),
      maxUnsyncedMs: number('async.maxUnsyncedMs', options.async?.maxUnsyncedMs ?? 200, 0, 3_600_000),
    },
    queue: {
      maxBytes: whole('queue.maxBytes', options.queue?.maxBytes ?? 16 * MiB, 1, 2 ** 40),
      onFull: choice('queue.onFull', options.queue?.onFull ?? 'wait', ['wait', 'reject']),
    },
    segmentBytes,
    blockBytes,
    commitAlignment,
    maxRecordBytes: whole('maxRecordBytes', options.maxRecordBytes ?? recordMax, 1, recordMax),
    checksum: checksumId[choice('checksum', options.checksum ?? 'xxh64', ['xxh64', 'crc32'])],
    verify: choice('verify', options.verify ?? 'seals', ['seals', 'all']),
    tornTail: choice('tornTail', options.tornTail ?? 'discard', ['discard', 'refuse']),
    readOnly: options.readOnly ?? false,
    recycle: options.recycle ?? false,
    visibility:
      options.visibility && choice<Visibility>('visibility', options.visibility, ['durable', 'written']),
    kernel,
    stagingBytes: buffer('stagingBytes', options.stagingBytes ?? MiB),
    readBytes,
    buffers: new ReadBuffers(readBytes, kernel),
    ownsStorage: options.ownsStorage ?? false,
    promotes,
    observer: options.observer,
    runtime,
  }
}

function blockSize(value: number): number {
  whole('blockBytes', value, blockBytesMin, blockBytesMax)
  if (!Number.isInteger(Math.log2(value))) throw invalid('blockBytes', value, 'a power of two')
  return value
}

function buffer(name: string, value: number): number {
  whole(name, value, 4 * KiB, 256 * MiB)
  if (value % 8 !== 0) throw invalid(name, value, 'a multiple of 8')
  return value
}

function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value)) throw invalid(name, value, 'a whole number')
  return number(name, value, least, most)
}

function number(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) throw invalid(name, value, `from ${least} to ${most}`)
  return value
}

function choice<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw invalid(name, value, `one of ${allowed.join(', ')}`)
  return value
}

function invalid(name: string, value: unknown, expected: string): VarveError {
  return new VarveError('INVALID_ARGUMENT', `${name} is ${String(value)}; it must be ${expected}`, { option: name })
}
