import { controlType } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { paddedEnd } from '../format/geometry.ts'
import { encodeSeal } from '../format/seal.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import { encodeTrailer, trailerBytes } from '../format/trailer.ts'
import type { Segment } from '../segment.ts'
import { ActiveSegment } from './active-segment.ts'
import { giveBirth, type Lineage, type Spare } from './birth.ts'
import type { LogState } from './state-book.ts'

/**
 * Closes a segment for good: SEAL and trailer, then one sync for them and everything before. Only after it may the
 * next segment be born, so a segment that has a successor is durable as a whole.
 */
export function* seal(active: ActiveSegment, state: LogState, lineage: Lineage): Procedure<Segment> {
  const { writer, index } = active
  const { header } = writer
  yield* writer.pad(paddedEnd(writer.position, header.blockBytes, lineage.settings.commitAlignment))
  const sealOffset = writer.position
  const { lastSequence, lastTimestamp } = writer
  const payload = encodeSeal({
    records: active.records,
    lastSequence,
    lastTimestamp,
    endOffset: sealOffset,
    chain: writer.chain,
    floor: state.floor,
    checkpoints: state.checkpoints,
    index: index.entries,
  })
  const segment: Segment = { ...active.segment, state: 'sealed', end: sealOffset, sparseIndex: undefined }
  yield* writer.control(controlType.seal, payload)
  const trailer = encodeTrailer({ sealOffset, sealPayloadBytes: payload.length }, header.salt)
  yield* writer.writeRaw(trailer, header.capacity - trailerBytes)
  yield* writer.syncFile()
  yield* writer.close()
  return segment
}

/** Begins the segment behind a sealed one. */
export function* succeed(before: ActiveSegment, lineage: Lineage, spare?: Spare): Procedure<ActiveSegment> {
  const { segmentBytes, blockBytes } = lineage.settings
  const { header, lastSequence, lastTimestamp, chain } = before.writer
  const birth = {
    index: header.segmentIndex + 1,
    firstSequence: lastSequence + 1,
    lastTimestamp,
    chain: { ...chain },
    cut: 0,
    capacity: segmentBytes,
  }
  const born = yield* giveBirth(lineage, birth, spare)
  return new ActiveSegment(born.name, born.writer, new SparseIndex(segmentBytes, blockBytes), 0)
}
