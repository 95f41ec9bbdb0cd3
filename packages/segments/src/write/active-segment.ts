import { controlType, createFrameFields, frameBytes, frameFlag, readFrame, type FrameFields } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { contentLimit, paddedEnd, type CommitAlignment } from '../format/geometry.ts'
import type { SparseIndex } from '../format/sparse-index.ts'
import type { Segment } from '../segment.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Slab } from './staging.ts'

/** The segment that is being written. */
export class ActiveSegment {
  readonly name: string
  readonly writer: FrameWriter
  readonly index: SparseIndex
  records: number

  constructor(name: string, writer: FrameWriter, index: SparseIndex, records: number) {
    this.name = name
    this.writer = writer
    this.index = index
    this.records = records
  }

  /** As readers may see it now. */
  get segment(): Segment {
    const { header, position: end, lastSequence } = this.writer
    const { segmentIndex: index, firstSequence } = header
    const sparseIndex = this.index.entries
    return { name: this.name, index, firstSequence, header, state: 'active', end, lastSequence, sparseIndex }
  }

  /** Whether the segment is full enough that the next one should be made ready. */
  get isWellFilled(): boolean {
    return this.writer.position > this.writer.header.capacity / 2
  }
}

/**
 * Goes through the frames of a slab and hands them to a segment in runs that fit. A unit, which is a single frame or
 * a whole batch, never spans segments; nor does a list of checkpoints and the FLOOR that it was staged with.
 */
export class SlabWalk {
  readonly #slab: Slab
  readonly #alignment: CommitAlignment
  readonly #view: DataView
  readonly #fields: FrameFields = createFrameFields()
  readonly #ahead: FrameFields = createFrameFields()
  /** What lies before it has been written. */
  #from: number

  constructor(slab: Slab, alignment: CommitAlignment) {
    this.#slab = slab
    this.#alignment = alignment
    const { memory } = slab.kernel
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
    this.#from = slab.start
  }

  isDone(): boolean {
    return this.#from === this.#slab.end
  }

  /**
   * Writes as many units as fit into `active`, through `write`. When it returns and the walk is not done, the segment
   * is full. Returns how many of the units were changes of the log's state, and not records.
   */
  *writeInto(
    active: ActiveSegment,
    write: (offset: number, end: number, isLast: boolean) => Procedure<void>,
  ): Procedure<number> {
    const { writer } = active
    const from = this.#from
    const { blockBytes, capacity } = writer.header
    const limit = contentLimit(capacity)
    let at = from
    let { lastSequence, lastTimestamp } = writer
    let changes = 0
    while (at < this.#slab.end) {
      const { end, records } = this.#unit(at)
      if (paddedEnd(writer.position + end - from, blockBytes, this.#alignment) > limit) break
      const offset = writer.position + at - from
      if (records === 0) changes += 1
      else if (active.index.wants(offset)) active.index.note(lastSequence + 1, offset)
      at = end
      lastSequence += records
      lastTimestamp = this.#fields.timestamp
      active.records += records
    }
    if (at === from) return 0
    yield* write(from, at, at === this.#slab.end)
    this.#from = at
    writer.lastSequence = lastSequence
    writer.lastTimestamp = lastTimestamp
    return changes
  }

  /** The end of the unit that begins at `at`, and its records; the fields are left at a frame of it. */
  #unit(at: number): { end: number; records: number } {
    let end = at
    let records = 0
    do {
      readFrame(this.#view, end, this.#fields)
      end += frameBytes(this.#fields.payloadBytes)
      if ((this.#fields.flags & frameFlag.control) !== 0) return { end: this.#endOfChange(end), records: 0 }
      records += 1
    } while ((this.#fields.flags & frameFlag.batchContinues) !== 0)
    return { end, records }
  }

  /** A change is a FLOOR with the list before it, or a list alone. */
  #endOfChange(end: number): number {
    if (this.#fields.type !== controlType.checkpoint || end === this.#slab.end) return end
    readFrame(this.#view, end, this.#ahead)
    const { flags, type, payloadBytes } = this.#ahead
    return flags === frameFlag.control && type === controlType.floor ? end + frameBytes(payloadBytes) : end
  }
}
