import { scanStop, VarveError, type Kernel } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import { seek } from '../format/sparse-index.ts'
import { reclaimed, type Segment } from '../segment.ts'
import { corrupt, describeStop, unsupportedFrame } from './errors.ts'
import { FrameReader, startOfFile, type FrameRun } from './frame-reader.ts'
import { FrameWalker } from './frame-walker.ts'
import type { Lease } from './leases.ts'
import { sparseIndexOf } from './segment-index.ts'
import { missing, type LogView } from './view.ts'

/** Which records to read; both ends inclusive. */
export interface ReadRange {
  /** Default: the oldest. Below it: `RECLAIMED`. */
  readonly from?: number
  /** Default: the last that is visible when the reader gets there. */
  readonly to?: number
  readonly visibility?: Visibility
}

/**
 * Reads records in order, across segments, one verified run of frames at a time. It never waits for the writer and
 * never makes it wait: what is not visible yet is simply the end. From its first load until it is closed it holds the
 * segment where it stands, and all behind it, from being removed.
 */
export class Cursor {
  readonly walker: FrameWalker = new FrameWalker()
  readonly #view: LogView
  readonly #to: number
  readonly #visibility: Visibility | undefined
  /** From the first load until it is closed. */
  #kernel: Kernel | undefined
  #next: number
  #bound = 0
  #file: LogFile | undefined
  #reader: FrameReader | undefined
  #segment: Segment | undefined
  #lease: Lease | undefined
  #isClosed = false

  /** `held` is a claim that was taken before on what is read: then it does not matter where the floor is. */
  constructor(view: LogView, range: ReadRange = {}, held?: Lease) {
    const { from = view.firstSequence, to = Number.MAX_SAFE_INTEGER, visibility } = range
    checkNumber('from', from)
    checkNumber('to', to)
    if (held === undefined && from < view.firstSequence) throw reclaimed(from, view.firstSequence)
    this.#view = view
    this.#lease = held
    this.#next = from
    this.#to = to
    this.#visibility = visibility
  }

  /** Whether `walker` stands, after a true `advance`, on a record of the range. */
  advance(): boolean {
    const { walker } = this
    while (walker.next()) {
      const { sequence } = walker
      if (walker.isControl || sequence < this.#next) continue
      if (sequence > this.#bound) {
        // It may be visible when the caller comes again.
        walker.back()
        return false
      }
      this.#next = sequence + 1
      return true
    }
    return false
  }

  /** Loads the next run that has records of the range; false at their end. */
  *load(): Procedure<boolean> {
    if (this.#isClosed) return false
    this.#hold()
    try {
      return yield* this.#loadVisible()
    } catch (error) {
      throw yield* this.#explained(error)
    }
  }

  *#loadVisible(): Procedure<boolean> {
    for (;;) {
      this.#bound = Math.min(this.#to, this.#view.visibleSequence(this.#visibility))
      if (this.#next > this.#bound) return false
      if (this.walker.hasMore) return true
      if (this.#reader === undefined) yield* this.#enter()
      const run = yield* this.#nextRun()
      if (run === undefined) continue
      this.walker.enter(run)
      return true
    }
  }

  /** Gives the file back. A cursor that was closed is at its end. */
  *close(): Procedure<void> {
    this.#isClosed = true
    this.#bound = 0
    try {
      yield* this.#leave()
    } finally {
      // Not before: a file that is open cannot be removed.
      if (this.#lease !== undefined) this.#view.leases.end(this.#lease)
      if (this.#kernel !== undefined) this.#view.buffers.give(this.#kernel)
      this.#kernel = undefined
    }
  }

  /** Until now the floor may have been raised; from now on nothing is removed that is left to read. */
  #hold(): void {
    if (this.#lease !== undefined) return
    const { firstSequence, leases } = this.#view
    if (this.#next < firstSequence) throw reclaimed(this.#next, firstSequence)
    this.#lease = leases.take(this.#view.segmentOf(this.#next)?.index ?? 0)
  }

  /** A log that somebody else writes loses segments without asking its readers: then that is what went wrong. */
  *#explained(error: unknown): Procedure<unknown> {
    const view = this.#view
    if (view.foreign === undefined) return error
    yield* view.foreign.refresh()
    return this.#next < view.firstSequence ? reclaimed(this.#next, view.firstSequence) : error
  }

  /** Opens the segment that holds the next record, at the nearest place that its index knows. */
  *#enter(): Procedure<void> {
    const segment = this.#view.segmentOf(this.#next)
    if (segment === undefined || this.#next > segment.lastSequence) throw missing(this.#view, this.#next)
    const { name, header } = segment
    if (this.#lease !== undefined) this.#lease.index = segment.index
    const file = yield* io(`open ${name}`, () => this.#view.storage.open(name, 'read'))
    this.#file = file
    this.#segment = segment
    const kernel = (this.#kernel ??= this.#view.buffers.take())
    const index = this.#next === segment.firstSequence ? [] : yield* sparseIndexOf(segment, file, kernel)
    const entry = seek(index, this.#next)
    const atHeader = startOfFile(header, segment.end)
    const start =
      entry === undefined
        ? atHeader
        : { ...atHeader, position: entry.offset, lastSequence: entry.sequence - 1, lastTimestamp: 0 }
    this.#reader = new FrameReader(file, name, header, start, kernel)
  }

  /** The next run of the segment; undefined when it was left, or found longer than before. */
  *#nextRun(): Procedure<FrameRun | undefined> {
    const reader = this.#reader as FrameReader
    const run = yield* reader.next()
    if (run !== undefined) return run
    const segment = this.#segment as Segment
    const { state, stop } = reader
    if (state.position < state.limit) throw this.#damage(segment, reader)
    const now = this.#view.segments.find(({ index }) => index === segment.index) ?? segment
    if (now.end > state.limit && stop === scanStop.end) {
      this.#segment = now
      reader.extend(now.end)
    } else if (this.#next <= now.lastSequence) {
      // It was visible when this load began, so it is missing: to come back here would be to come back for ever.
      throw this.#damage(now, reader)
    } else {
      yield* this.#leave()
    }
    return undefined
  }

  #damage(segment: Segment, reader: FrameReader): VarveError {
    const { state, stop } = reader
    if (stop === scanStop.unsupported) return unsupportedFrame(segment.name, state.position)
    return corrupt({
      file: segment.name,
      position: state.position,
      row: 'reading',
      evidence: describeStop(stop ?? scanStop.header),
      firstSequence: state.lastSequence + 1,
      lastSequence: segment.lastSequence,
    })
  }

  *#leave(): Procedure<void> {
    const file = this.#file
    const name = this.#segment?.name ?? ''
    this.#file = undefined
    this.#reader = undefined
    this.#segment = undefined
    if (file !== undefined) yield* io(`close ${name}`, () => file.close())
  }
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkNumber(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new VarveError('INVALID_ARGUMENT', `${name} is ${value}; sequence numbers are whole numbers from 1`, { name })
}
