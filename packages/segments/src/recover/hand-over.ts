import { controlType, frameBytes, type Kernel } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { encodeFloor } from '../format/floor.ts'
import { capacityFor, checkpointListBytesMax } from '../format/geometry.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import { FrameReader, type FrameRun } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import type { Segment } from '../segment.ts'
import { giveBirth, type Born, type Lineage } from '../write/birth.ts'
import type { FrameWriter } from '../write/frame-writer.ts'
import { readContents, type Contents, type LastSegment } from './last-segment.ts'

/** What the whole log promises, beside its records. */
export interface LogState {
  /** Oldest sequence number still promised, from 1. */
  readonly floor: number
  /** The payload of the last CHECKPOINT record; empty when there was none. */
  readonly checkpoints: Uint8Array<ArrayBuffer>
}

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
  const source = yield* io(`open ${surveyed.name}`, () => storage.open(surveyed.name, 'read'))
  try {
    const proven = (yield* readContents(source, surveyed, facts.durableEnd, kernel, runtime)).contents
    const restBytes = facts.validEnd - proven.end
    const stateBytes = frameBytes(8) + frameBytes(checkpointListBytesMax)
    const capacity = capacityFor(restBytes + stateBytes, settings.segmentBytes, settings.blockBytes)
    const index = new SparseIndex(capacity, settings.blockBytes)
    const firstSequence = proven.lastSequence + 1
    const born = yield* giveBirth(lineage, {
      index: surveyed.index + 1,
      firstSequence,
      lastTimestamp: proven.lastTimestamp,
      chain: proven.chain,
      cut: proven.end,
      capacity,
      *fill(writer) {
        yield* restate(writer, state)
        yield* carry(lineage, source, last, proven, writer, index, kernel)
      },
    })
    const old = oldSegment(last, proven)
    return { old, born, index, cut: proven.end, carriedRecords: born.writer.lastSequence - proven.lastSequence }
  } finally {
    yield* io(`close ${surveyed.name}`, () => source.close())
  }
}

/** The cut hides what the old segment said of floor and checkpoints above it, so the new one says it again. */
function* restate(writer: FrameWriter, state: LogState): Procedure<void> {
  if (state.floor > 1) yield* writer.control(controlType.floor, encodeFloor(state.floor))
  if (state.checkpoints.length > 0) yield* writer.control(controlType.checkpoint, state.checkpoints)
}

/** Writes the records between the cut and the end of the valid prefix again, reframed for their new place. */
function* carry(
  lineage: Lineage,
  source: LogFile,
  last: LastSegment,
  proven: Contents,
  writer: FrameWriter,
  index: SparseIndex,
  kernel: Kernel,
): Procedure<void> {
  const { name, header } = last.surveyed
  const { lastSequence, lastTimestamp, chain } = proven
  const start = { position: proven.end, limit: last.facts.validEnd, lastSequence, lastTimestamp, chain }
  const reader = new FrameReader(source, name, header, start, kernel)
  const position = { insideBatch: false }
  for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
    yield* carryRun(run, writer, index, position)
    yield* lineage.runtime.turn()
  }
}

/**
 * Reframes a run in place, in the reader's memory, and writes it: one buffer serves both. Control records are left
 * out: a PAD fills a block of the old file, and a CLOSE or SEAL ends it.
 */
function* carryRun(
  run: FrameRun,
  writer: FrameWriter,
  index: SparseIndex,
  batch: { insideBatch: boolean },
): Procedure<void> {
  const { kernel } = run
  const walker = new FrameWalker(run)
  let from = run.start
  let sequence = writer.lastSequence
  let timestamp = writer.lastTimestamp
  while (walker.next()) {
    if (walker.isControl) {
      yield* writeCarried(writer, kernel, from, walker.at, sequence, timestamp)
      from = walker.end
      continue
    }
    const { fields } = walker
    const position = writer.position + walker.at - from
    if (!batch.insideBatch && index.wants(position)) index.note(fields.sequence, position)
    batch.insideBatch = fields.flags !== 0
    sequence = fields.sequence
    timestamp = fields.timestamp
    kernel.stage(walker.at, fields.payloadBytes, sequence, timestamp, fields.type, fields.flags)
  }
  yield* writeCarried(writer, kernel, from, run.end, sequence, timestamp)
}

function* writeCarried(
  writer: FrameWriter,
  kernel: Kernel,
  from: number,
  to: number,
  sequence: number,
  timestamp: number,
): Procedure<void> {
  if (to === from) return
  yield* writer.write(kernel, from, to)
  writer.lastSequence = sequence
  writer.lastTimestamp = timestamp
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
