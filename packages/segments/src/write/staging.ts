import {
  createKernel,
  frameBytes,
  frameFlag,
  frameHeaderBytes,
  VarveError,
  type Kernel,
} from '@varve/codec'
import type { LogSettings } from '../api/options.ts'

/** A record on its way in. */
export interface Entry {
  readonly payload: Uint8Array
  /** From 0 to 65,535. */
  readonly type: number
  /** Logical; never below the one before it. */
  readonly timestamp: number
}

/** A stretch of memory with staged frames, in order. Offsets are in the kernel's memory. */
export interface Slab {
  readonly kernel: Kernel
  readonly start: number
  readonly limit: number
  end: number
  records: number
  lastSequence: number
  lastTimestamp: number
}

/**
 * The records that were accepted and not yet handed to storage. Two preallocated slabs take turns: while one is being
 * written, the next is filled. What fits in neither gets a slab of its own, so that a payload is always copied before
 * the call that brought it returns.
 *
 * Frames are staged raw: their place, and with it their checksums, are known only when they are written.
 */
export class Staging {
  /** Frames not yet taken: records, and bytes on disk. */
  queuedRecords = 0
  queuedBytes = 0
  lastSequence: number
  lastTimestamp: number
  readonly #settings: LogSettings
  readonly #idle: Slab[]
  #queue: Slab[] = []

  constructor(settings: LogSettings, lastSequence: number, lastTimestamp: number) {
    this.#settings = settings
    this.lastSequence = lastSequence
    this.lastTimestamp = lastTimestamp
    const half = settings.stagingBytes
    const kernel = createKernel(2 * half, settings.kernel)
    this.#idle = [emptySlab(kernel, 0, half), emptySlab(kernel, half, 2 * half)]
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** Whether `bytes` more would overfill the queue. An empty queue takes anything that a segment can hold. */
  isFull(bytes: number): boolean {
    return this.queuedBytes > 0 && this.queuedBytes + bytes > this.#settings.queue.maxBytes
  }

  /** Copies one record. Returns its sequence number. */
  stage(entry: Entry): number {
    const slab = this.#slabFor(frameBytes(entry.payload.length))
    this.#put(slab, entry, 0)
    return this.lastSequence
  }

  /** Copies a batch next to each other, so that it is written, and found again, as one. */
  stageBatch(entries: readonly Entry[], bytes: number): void {
    const slab = this.#slabFor(bytes)
    const last = entries.length - 1
    entries.forEach((entry, at) => {
      this.#put(slab, entry, at === last ? 0 : frameFlag.batchContinues)
    })
  }

  /** Everything staged so far, in order. The caller gives each slab back when it has been written. */
  take(): Slab[] {
    const taken = this.#queue
    this.#queue = []
    this.queuedRecords = 0
    this.queuedBytes = 0
    return taken
  }

  give(slab: Slab): void {
    if (this.#idle.length >= 2 || slab.limit - slab.start !== this.#settings.stagingBytes) return
    slab.end = slab.start
    slab.records = 0
    this.#idle.push(slab)
  }

  #slabFor(bytes: number): Slab {
    const current = this.#queue.at(-1)
    if (current !== undefined && current.limit - current.end >= bytes) return current
    const { stagingBytes, kernel } = this.#settings
    const size = Math.max(bytes, stagingBytes)
    const idle = size === stagingBytes ? this.#idle.shift() : undefined
    const slab = idle ?? emptySlab(createKernel(size, kernel), 0, size)
    this.#queue.push(slab)
    return slab
  }

  #put(slab: Slab, entry: Entry, flags: number): void {
    const { payload, type, timestamp } = entry
    const sequence = this.lastSequence + 1
    const bytes = slab.kernel.stage(slab.end, payload.length, sequence, timestamp, type, flags)
    slab.kernel.memory.set(payload, slab.end + frameHeaderBytes)
    slab.end += bytes
    slab.records += 1
    slab.lastSequence = sequence
    slab.lastTimestamp = timestamp
    this.lastSequence = sequence
    this.lastTimestamp = timestamp
    this.queuedRecords += 1
    this.queuedBytes += bytes
  }
}

function emptySlab(kernel: Kernel, start: number, limit: number): Slab {
  return { kernel, start, limit, end: start, records: 0, lastSequence: 0, lastTimestamp: 0 }
}

/** What a caller may say of a record; the rest has defaults. */
export interface AppendOptions {
  /** A number of the caller's, from 0 to 65,535; 0 by default. */
  readonly type?: number
  /** A safe integer that never decreases; by default that of the record before. */
  readonly timestamp?: number
}

/** Checks a record before anything is staged: a refused one changes nothing. */
export function checkEntry(
  payload: Uint8Array,
  options: AppendOptions | undefined,
  lastTimestamp: number,
  maxRecordBytes: number,
): Entry {
  if (!(payload instanceof Uint8Array)) {
    throw new VarveError('INVALID_ARGUMENT', 'a payload must be a Uint8Array; encode other values first')
  }
  if (payload.length > maxRecordBytes) {
    throw new VarveError(
      'RECORD_TOO_LARGE',
      `a record of ${payload.length} bytes is above the limit of ${maxRecordBytes}; split it, or open the log with ` +
        'a larger maxRecordBytes or segmentBytes',
      { bytes: payload.length, maxRecordBytes },
    )
  }
  const type = options?.type ?? 0
  if (!Number.isInteger(type) || type < 0 || type > 65_535) {
    throw new VarveError('INVALID_ARGUMENT', `record type ${type} is not a whole number from 0 to 65,535`, { type })
  }
  const timestamp = options?.timestamp ?? lastTimestamp
  if (!Number.isSafeInteger(timestamp) || timestamp < lastTimestamp) {
    throw new VarveError(
      'INVALID_ARGUMENT',
      `timestamp ${timestamp} is not a safe integer at or above the last one, ${lastTimestamp}`,
      { timestamp, lastTimestamp },
    )
  }
  return { payload, type, timestamp }
}
