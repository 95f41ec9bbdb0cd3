import { controlType, frameHeaderBytes, VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { contentLimit, paddedEnd, unitBytesMax } from '../format/geometry.ts'
import type { Segment } from '../segment.ts'
import type { ActiveSegment } from './active-segment.ts'
import { SlabWalk } from './active-segment.ts'
import type { Lineage } from './birth.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Metrics } from './metrics.ts'
import { seal, succeed } from './rotation.ts'
import { isBeyondBound, type Sink } from './sink.ts'
import type { Spares } from './spares.ts'
import type { Slab, Staging } from './staging.ts'
import type { StateBook } from './state-book.ts'

/** Moves staged records into segments, and begins a new segment when the next batch or record does not fit. */
export class Committer implements Sink {
  writtenSequence: number
  durableSequence: number
  active: ActiveSegment
  /** All segments but the active one, in order. */
  readonly closed: Segment[]
  readonly book: StateBook
  readonly #lineage: Lineage
  readonly #settings: LogSettings
  readonly #staging: Staging
  readonly #metrics: Metrics
  readonly #spares: Spares
  readonly #unitBytesMax: number

  constructor(
    lineage: Lineage,
    opened: { readonly active: ActiveSegment; readonly closed: readonly Segment[] },
    staging: Staging,
    metrics: Metrics,
    spares: Spares,
  ) {
    this.#lineage = lineage
    this.#settings = lineage.settings
    const { segmentBytes, blockBytes, commitAlignment } = lineage.settings
    this.#unitBytesMax = unitBytesMax(segmentBytes, blockBytes, commitAlignment)
    this.#staging = staging
    this.#metrics = metrics
    this.#spares = spares
    this.active = opened.active
    this.closed = [...opened.closed]
    this.book = staging.book
    this.writtenSequence = opened.active.writer.lastSequence
    this.durableSequence = this.writtenSequence
  }

  get unsyncedBytes(): number {
    const { position, durableEnd } = this.active.writer
    return position - durableEnd
  }

  refusal(bytes: number): VarveError | undefined {
    const limit = this.#unitBytesMax
    if (bytes <= limit) return undefined
    const message = `${bytes} bytes of frames are more than the ${limit} that fit in a segment; raise segmentBytes`
    return new VarveError('RECORD_TOO_LARGE', message, { bytes, limit })
  }

  *commit(durably: boolean): Procedure<void> {
    const began = this.#lineage.runtime.now()
    const slabs = this.#staging.take()
    const last = slabs.at(-1)
    for (const slab of slabs) {
      yield* this.#write(slab, durably && slab === last)
      this.#metrics.wrote(slab.records, slab.end - slab.start)
      this.#staging.give(slab)
    }
    // One burst may be more than the bound allows: then nobody is told of it before it is durable.
    if (durably || isBeyondBound(this.#settings, this.unsyncedBytes)) yield* this.sync()
    this.#metrics.committed(began, this.writtenSequence, this.durableSequence)
    if (this.active.isWellFilled) this.#spares.prepare(this.active.writer.growth)
  }

  /** Makes everything written so far durable. */
  *sync(): Procedure<void> {
    const { writer } = this.active
    const covered = this.writtenSequence
    if (writer.durableEnd !== writer.position) {
      yield* writer.pad(paddedEnd(writer.position, writer.header.blockBytes, this.#settings.commitAlignment))
      yield* this.#timed(writer, writer.sync())
    }
    this.durableSequence = covered
    this.book.synced()
  }

  get hasNews(): boolean {
    return this.active.writer.hasNews
  }

  *mark(): Procedure<void> {
    yield* this.active.writer.mark()
  }

  *shutDown(): Procedure<void> {
    const { writer } = this.active
    const { blockBytes, capacity } = writer.header
    const end = paddedEnd(writer.position + frameHeaderBytes, blockBytes, this.#settings.commitAlignment)
    // A CLOSE that does not fit is left out; the next open then hands over as after a crash.
    if (end > contentLimit(capacity)) return
    yield* writer.control(controlType.close, new Uint8Array(0))
    yield* writer.sync()
  }

  *dispose(): Procedure<void> {
    try {
      yield* this.active.writer.close()
    } finally {
      yield* this.#spares.dispose()
    }
  }

  *#write(slab: Slab, durably: boolean): Procedure<void> {
    const walk = new SlabWalk(slab, this.#settings.commitAlignment)
    const { kernel } = slab
    // A block that is filled up needs its PAD before the sync, so the sync comes later.
    const atOnce = durably && this.#settings.commitAlignment === 'frame'
    while (!walk.isDone()) {
      if (isBeyondBound(this.#settings, this.unsyncedBytes + slab.end - slab.start)) yield* this.sync()
      const { active } = this
      const { writer } = active
      const changes = yield* walk.writeInto(active, (offset, end, isLast) =>
        isLast && atOnce && writer.canWriteDurably(end - offset)
          ? this.#timed(writer, writer.writeBeforeSync(kernel, offset, end))
          : writer.write(kernel, offset, end),
      )
      this.writtenSequence = writer.lastSequence
      this.book.wrote(changes)
      if (!walk.isDone()) yield* this.#metrics.busyWith(this.#rotate())
    }
  }

  *#rotate(): Procedure<void> {
    const sealed = yield* seal(this.active, this.book.written, this.#lineage)
    this.durableSequence = this.writtenSequence
    this.book.synced()
    const spare = this.#spares.take()
    this.active = yield* succeed(this.active, this.#lineage, spare)
    this.closed.push(sealed)
    this.book.rotated()
    this.#metrics.rotated(this.active.name, this.writtenSequence + 1, this.#spares.misses)
  }

  /** Counts what `procedure` made durable. */
  *#timed(writer: FrameWriter, procedure: Procedure<void>): Procedure<void> {
    const { runtime } = this.#lineage
    const began = runtime.now()
    yield* this.#metrics.busyWith(procedure)
    if (writer.durableEnd === writer.position) this.#metrics.synced(runtime.now() - began)
  }
}
