import { controlType, frameBytes, frameField, frameFlag } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { contentLimit, paddedEnd, type CommitAlignment } from '../format/geometry.ts'
import type { SparseIndex } from '../format/sparse-index.ts'
import { getNumber } from '../format/words.ts'
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
  /** What lies before it has been written. */
  #from: number
  /** The last frame of the unit that was looked at last. */
  #lastFrame = 0
  /** Records of that unit; none in a change of the log's state. */
  #unitRecords = 0

  constructor(slab: Slab, alignment: CommitAlignment) {
    this.#slab = slab
    this.#alignment = alignment
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
    let lastFrame = from
    let { lastSequence } = writer
    let changes = 0
    while (at < this.#slab.end) {
      const end = this.#unitEnd(at)
      if (paddedEnd(writer.position + end - from, blockBytes, this.#alignment) > limit) break
      const offset = writer.position + at - from
      if (this.#unitRecords === 0) changes += 1
      else if (active.index.wants(offset)) active.index.note(lastSequence + 1, offset)
      at = end
      lastFrame = this.#lastFrame
      lastSequence += this.#unitRecords
      active.records += this.#unitRecords
    }
    if (at === from) return 0
    yield* write(from, at, at === this.#slab.end)
    this.#from = at
    writer.lastSequence = lastSequence
    writer.lastTimestamp = getNumber(this.#slab.view, lastFrame + frameField.timestamp)
    return changes
  }

  /** The end of the unit that begins at `at`. Reads no more than it must: every record that is written comes by. */
  #unitEnd(at: number): number {
    const { view } = this.#slab
    let end = at
    let flags: number
    this.#unitRecords = 0
    do {
      this.#lastFrame = end
      flags = view.getUint8(end + frameField.flags)
      end += frameBytes(view.getUint32(end + frameField.payloadBytes, true))
      if ((flags & frameFlag.control) !== 0) return this.#endOfChange(end)
      this.#unitRecords += 1
    } while ((flags & frameFlag.batchContinues) !== 0)
    return end
  }

  /** A change is a FLOOR with the list before it, or a list alone. */
  #endOfChange(end: number): number {
    const { view } = this.#slab
    if (typeAt(view, this.#lastFrame) !== controlType.checkpoint || end === this.#slab.end) return end
    const isControl = view.getUint8(end + frameField.flags) === frameFlag.control
    if (!isControl || typeAt(view, end) !== controlType.floor) return end
    return end + frameBytes(view.getUint32(end + frameField.payloadBytes, true))
  }
}

function typeAt(view: DataView, frame: number): number {
  return view.getUint16(frame + frameField.type, true)
}
