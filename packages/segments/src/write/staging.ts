import { createKernel, frameBytes, frameFlag, frameHeaderBytes, viewOf, type Kernel } from '@varve/codec'
import type { Gate } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import type { Entry, RecordOptions } from './entry.ts'
import { StateBook, type Control } from './state-book.ts'

/** A stretch of memory with staged frames, in order. Offsets are in the kernel's memory. */
export interface Slab {
  readonly kernel: Kernel
  /** Of the kernel's memory. */
  readonly view: DataView
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
  /** Opened when the queue is emptied; there only while somebody waits for that. */
  room: Gate | undefined
  /** Counts the changes of the log's state, which go the way of the records. */
  readonly book: StateBook
  readonly #settings: LogSettings
  /** Made when the first record comes: many a log is only opened and read. */
  #idle: Slab[] | undefined
  #queue: Slab[] = []
  /** The last slab of the queue, which is filled next. */
  #current: Slab | undefined

  constructor(
    settings: LogSettings,
    lastSequence: number,
    lastTimestamp: number,
    book: StateBook = new StateBook(),
  ) {
    this.#settings = settings
    this.book = book
    this.lastSequence = lastSequence
    this.lastTimestamp = lastTimestamp
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** Whether `bytes` more would overfill the queue. An empty queue takes anything that a segment can hold. */
  isFull(bytes: number): boolean {
    return this.queuedBytes > 0 && this.queuedBytes + bytes > this.#settings.queue.maxBytes
  }

  /** Whether something is staged and `bytes` more would need another slab: what is there is worth a write. */
  isSlabFull(bytes: number): boolean {
    const current = this.#current
    return current !== undefined && current.limit - current.end < bytes
  }

  /** Copies one record. Returns its sequence number. */
  stage(payload: Uint8Array, options: RecordOptions | Entry | undefined): number {
    const slab = this.#slabFor(frameBytes(payload.length))
    return this.#put(slab, payload, options?.type ?? 0, options?.timestamp ?? this.lastTimestamp, 0)
  }

  /** Copies a batch next to each other, so that it is written, and found again, as one. */
  stageBatch(entries: readonly Entry[], bytes: number): void {
    const slab = this.#slabFor(bytes)
    const last = entries.length - 1
    entries.forEach((entry, at) => {
      const { payload, type, timestamp = this.lastTimestamp } = entry
      this.#put(slab, payload, type, timestamp, at === last ? 0 : frameFlag.batchContinues)
    })
  }

  /** Stages control records next to each other. They are no records: they repeat the last number, and use up none. */
  stageControls(controls: readonly Control[]): void {
    const bytes = controls.reduce((sum, { payload }) => sum + frameBytes(payload.length), 0)
    const slab = this.#slabFor(bytes)
    for (const { type, payload } of controls) {
      const { kernel, end } = slab
      const { lastSequence, lastTimestamp } = this
      slab.end += kernel.stage(end, payload.length, lastSequence, lastTimestamp, type, frameFlag.control)
      kernel.memory.set(payload, end + frameHeaderBytes)
    }
    this.queuedBytes += bytes
  }

  /** Everything staged so far, in order. The caller gives each slab back when it has been written. */
  take(): Slab[] {
    const taken = this.#queue
    this.#queue = []
    this.#current = undefined
    this.queuedRecords = 0
    this.queuedBytes = 0
    this.room?.open()
    return taken
  }

  give(slab: Slab): void {
    const idle = this.#idleSlabs()
    if (idle.length >= 2 || slab.limit - slab.start !== this.#settings.stagingBytes) return
    slab.end = slab.start
    slab.records = 0
    idle.push(slab)
  }

  #slabFor(bytes: number): Slab {
    const current = this.#current
    if (current !== undefined && current.limit - current.end >= bytes) return current
    const { stagingBytes, kernel } = this.#settings
    const size = Math.max(bytes, stagingBytes)
    const idle = size === stagingBytes ? this.#idleSlabs().shift() : undefined
    const slab = idle ?? emptySlab(createKernel(size, kernel), 0, size)
    // Most commits take one.
    if (this.#queue.length === 0) this.#queue = [slab]
    else this.#queue.push(slab)
    this.#current = slab
    return slab
  }

  #idleSlabs(): Slab[] {
    if (this.#idle === undefined) {
      const { stagingBytes: half, kernel: preference } = this.#settings
      const kernel = createKernel(2 * half, preference)
      this.#idle = [emptySlab(kernel, 0, half), emptySlab(kernel, half, 2 * half)]
    }
    return this.#idle
  }

  #put(slab: Slab, payload: Uint8Array, type: number, timestamp: number, flags: number): number {
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
    return sequence
  }
}

function emptySlab(kernel: Kernel, start: number, limit: number): Slab {
  const view = viewOf(kernel.memory)
  return { kernel, view, start, limit, end: start, records: 0, lastSequence: 0, lastTimestamp: 0 }
}
