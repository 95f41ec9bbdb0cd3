import { controlType, frameBytes, frameHeaderBytes, type Kernel } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import { encodeFloor } from '../format/floor.ts'
import { capacityFor, checkpointListBytesMax, paddedEnd } from '../format/geometry.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import { FrameReader } from '../read/frame-reader.ts'
import { reading } from '../read/reading.ts'
import type { Segment } from '../segment.ts'
import { giveBirth, type Born, type Lineage } from '../write/birth.ts'
import type { FrameWriter } from '../write/frame-writer.ts'
import type { LogState } from '../write/state-book.ts'
import { carry } from './carry.ts'
import { readContents, type Contents, type LastSegment } from './last-segment.ts'

export interface HandOver {
  /** The old segment, which now ends at the cut. */
  readonly old: Segment
  readonly born: Born
  readonly index: SparseIndex
  /** Records that were written again because nothing proved them durable. */
  readonly carriedRecords: number
  readonly cut: number
}

/**
 * Goes on behind a segment whose end is not proven, without touching it: the next segment is born with every record
 * of the unproven rest, and its header says where the old one ends. Until the new name is durable the old segment is
 * as it was, so a crash at any point leaves one or the other, and recovery may die here any number of times.
 *
 * Writing the rest again is what makes it durable: after a failed sync the old bytes may be readable, clean and
 * still not on the disk, and no later sync would write them.
 */
export function* handOver(
  lineage: Lineage,
  last: LastSegment,
  state: LogState,
  kernel: Kernel,
): Procedure<HandOver> {
  const { storage, settings, runtime } = lineage
  const { surveyed, facts } = last
  const { name, header } = surveyed
  const { contents: proven } = yield* reading(storage, name, (file) =>
    readContents(file, surveyed, facts.durableEnd, kernel, runtime),
  )
  const restBytes = facts.validEnd - proven.end
  const stateBytes = frameBytes(8) + frameBytes(checkpointListBytesMax)
  const padBytes = settings.blockBytes + frameHeaderBytes
  const capacity = capacityFor(restBytes + stateBytes + padBytes, settings.segmentBytes, settings.blockBytes)
  const index = new SparseIndex(capacity, settings.blockBytes)
  const born = yield* giveBirth(lineage, {
    index: surveyed.index + 1,
    firstSequence: proven.lastSequence + 1,
    lastTimestamp: proven.lastTimestamp,
    chain: proven.chain,
    cut: proven.end,
    capacity,
    *fill(writer) {
      yield* restate(writer, state)
      const rest = { ...proven, position: proven.end, limit: facts.validEnd }
      yield* reading(storage, name, (file) =>
        carry(new FrameReader(file, name, header, rest, kernel), writer, index, runtime),
      )
      // With aligned commits the first one must not touch a block that is durable.
      yield* writer.pad(paddedEnd(writer.position, settings.blockBytes, settings.commitAlignment))
    },
  })
  const old = oldSegment(last, proven)
  return { old, born, index, cut: proven.end, carriedRecords: born.writer.lastSequence - proven.lastSequence }
}

/** The cut hides what the old segment said of floor and checkpoints above it, so the new one says it again. */
export function* restate(writer: FrameWriter, state: LogState): Procedure<void> {
  if (state.floor > 1) yield* writer.control(controlType.floor, encodeFloor(state.floor))
  if (state.checkpoints.length > 0) yield* writer.control(controlType.checkpoint, state.checkpoints)
}

function oldSegment(last: LastSegment, proven: Contents): Segment {
  const { name, index, firstSequence, header } = last.surveyed
  const { end, lastSequence } = proven
  const sparseIndex = proven.index.entries
  return { name, index, firstSequence, header, state: 'cut', end, lastSequence, sparseIndex }
}

/** Gives the space behind the cut back. Only when the successor is durable: until then those bytes are the log. */
export function* releaseRest(lineage: Lineage, old: Segment, cut: number): Procedure<void> {
  const { storage } = lineage
  const file = yield* io(`open ${old.name}`, () => storage.open(old.name, 'existing'))
  try {
    yield* io(`cut ${old.name} to ${cut}`, () => file.resize(cut))
  } finally {
    yield* io(`close ${old.name}`, () => file.close())
  }
}
