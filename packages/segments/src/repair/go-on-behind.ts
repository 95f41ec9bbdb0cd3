import { frameBytes, frameHeaderBytes, type Kernel } from '@varve/codec'
import { io, type LogStorage, type Procedure, type Runtime } from '@varve/storage'
import { settle } from '../api/options.ts'
import { capacityFor, checkpointListBytesMax } from '../format/geometry.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import { reading } from '../read/reading.ts'
import { carry } from '../recover/carry.ts'
import { handOver, restate } from '../recover/hand-over.ts'
import type { LastSegment } from '../recover/last-segment.ts'
import { giveBirth, type Born, type Lineage } from '../write/birth.ts'
import type { LogState } from '../write/state-book.ts'

/** Behind what the log is to go on. */
export interface GoingOn {
  /** The segment whose valid prefix is the end of what is kept. */
  readonly last: LastSegment
  /** Floor and checkpoints from then on. */
  readonly state: LogState
  /** Higher than that of any segment that is there. */
  readonly epoch: number
}

/**
 * Whether the log can go on in another segment behind the valid prefix of this one. It cannot where that ends below
 * what the segment was born with: no cut may lie there.
 */
export function canBeCut({ facts, isBornWhole, surveyed }: LastSegment): boolean {
  return isBornWhole && facts.validEnd >= surveyed.header.bornEnd
}

/**
 * Lets the log go on behind the valid prefix of one of its segments, whatever comes after: by a hand-over; or, where no
 * cut is possible, by a segment of the same index that is born with all of the prefix and takes the place of the old
 * one. Either is one rename that is made durable: before it, nothing has changed but a spare. The caller holds the lock
 * and has set aside what may be replaced. Returns the name of the segment that was born.
 *
 * Segments that stood behind are still there. Their epoch is lower, so no reader takes them for a continuation: the
 * directory is refused as `CORRUPT` until the last of them is gone, in whatever order they go.
 */
export function* goOnBehind(
  storage: LogStorage,
  runtime: Runtime,
  { last, state, epoch }: GoingOn,
  kernel: Kernel,
): Procedure<string> {
  const { name, header } = last.surveyed
  const { blockBytes, capacity: segmentBytes, logId } = header
  const checksum = header.checksum === 1 ? 'xxh64' : 'crc32'
  // Nothing is reserved ahead: the next open begins another segment.
  const settings = settle({ storage, segmentBytes, blockBytes, checksum, durability: 'async' }, runtime)
  const lineage: Lineage = { storage, runtime, settings, logId, epoch, nextSpare: 1, mayReplace: true }
  yield* syncFile(storage, name)
  const born = canBeCut(last)
    ? (yield* handOver(lineage, believed(last), state, kernel)).born
    : yield* bearAgain(lineage, last, state, kernel)
  yield* born.writer.close()
  return born.name
}

/** What is kept is what verifies, even where a durable end behind it says that there was more. */
function believed(last: LastSegment): LastSegment {
  const { facts } = last
  return { ...last, facts: { ...facts, durableEnd: Math.min(facts.durableEnd, facts.validEnd) } }
}

function* bearAgain(lineage: Lineage, last: LastSegment, state: LogState, kernel: Kernel): Procedure<Born> {
  const { storage, runtime } = lineage
  const { header, name, index, firstSequence } = last.surveyed
  const { lastTimestamp, chain, cut, blockBytes } = header
  const stateBytes = frameBytes(8) + frameBytes(checkpointListBytesMax) + frameHeaderBytes
  const capacity = capacityFor(last.facts.validEnd - blockBytes + stateBytes, header.capacity, blockBytes)
  const start = startOfFile(header, last.facts.validEnd)
  return yield* giveBirth(lineage, {
    index,
    firstSequence,
    lastTimestamp,
    chain,
    cut,
    capacity,
    *fill(writer) {
      yield* restate(writer, state)
      const sparse = new SparseIndex(capacity, blockBytes)
      yield* reading(storage, name, (file) =>
        carry(new FrameReader(file, name, header, start, kernel), writer, sparse, runtime),
      )
    },
  })
}

/** What was read may be in the cache only. */
function* syncFile(storage: LogStorage, name: string): Procedure<void> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    yield* io(`sync ${name}`, () => file.sync())
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}
