import { controlType, sameWord, VarveError } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import { sortNames, type NamedFiles } from '../format/names.ts'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import { checkLogIds, checkNeighbours, damaged, readSegmentHeader, type SurveyedSegment } from '../recover/survey.ts'
import { occupiedEnd, type Filling, type ReceiverParts } from './filling.ts'
import type { Progress } from './incoming.ts'
import { openPositionFile, readPositionFile, type Stated } from './position-file.ts'
import { Receiver } from './receiver.ts'
import { believedEnd, checkStated } from './replica-facts.ts'

/** What opening a replica found and did. */
export interface ReplicaReport {
  /** The directory was empty: nothing has come yet. */
  readonly created: boolean
  /** Segments that are there. */
  readonly segments: number
  /** Bytes behind the synced position, which were cut off: they come again. */
  readonly discardedBytes: number
}

export interface OpenedReplica {
  readonly receiver: Receiver
  readonly report: ReplicaReport
}

/**
 * Opens a directory as a replica, or makes it one. The caller holds the lock.
 *
 * It may die at any point: what it removes is nobody's, and what it cuts off was never stated.
 */
export function* openReplica(parts: ReceiverParts): Procedure<OpenedReplica> {
  const { storage } = parts
  if (storage.capabilities.names === 'eventual') throw eventualNames()
  yield* io('make the names durable', () => storage.syncNames())
  const files = sortNames(yield* io('list the replica', () => storage.list()))
  if (!files.isReplica) checkEmpty(files)
  const stated = files.isReplica ? yield* readPositionFile(storage) : undefined
  const segments: SurveyedSegment[] = []
  for (const named of files.segments) segments.push(yield* readSegmentHeader(storage, named))
  if (stated !== undefined) checkAll(stated, segments)
  for (const name of files.spares) yield* io(`remove ${name}`, () => storage.remove(name))
  if (stated === undefined) {
    return { receiver: new Receiver(parts), report: { created: true, segments: 0, discardedBytes: 0 } }
  }
  const positions = yield* openPositionFile(storage, stated)
  try {
    yield* positions.restate()
    const newest = segments.at(-1)
    const resumed = newest === undefined ? undefined : yield* resume(stated, segments, newest, parts)
    const receiver = new Receiver(parts, { positions, filling: resumed?.filling })
    const discardedBytes = resumed?.discardedBytes ?? 0
    return { receiver, report: { created: false, segments: segments.length, discardedBytes } }
  } catch (error) {
    yield* afterFailure(() => positions.close())
    throw error
  }
}

function checkEmpty({ segments, checkpoints, quarantined }: NamedFiles): void {
  const [found] = [...segments.map(({ name }) => name), ...checkpoints, ...quarantined]
  if (found === undefined) return
  throw new VarveError(
    'EXISTS',
    `${found} is there: the directory holds a log of its own; a replica begins in an empty directory`,
    { file: found },
  )
}

function checkAll(stated: Stated, segments: readonly SurveyedSegment[]): void {
  checkStated(stated, segments)
  checkLogIds(segments)
  segments.forEach((segment, at) => {
    const before = segments[at - 1]
    if (before !== undefined) checkNeighbours(before, segment)
  })
}

/** Cuts the newest segment to what is synced of it, and reads it up to there. */
function* resume(
  stated: Stated,
  segments: readonly SurveyedSegment[],
  newest: SurveyedSegment,
  parts: ReceiverParts,
): Procedure<{ readonly filling: Filling; readonly discardedBytes: number }> {
  const { storage } = parts
  const { name, header, size } = newest
  const end = believedEnd(stated, newest)
  const { statement } = stated
  const isWhole = statement.segment === newest.index && statement.isWhole
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    const progress = yield* progressUpTo(end, isWhole, file, newest, stated, parts)
    const kept = occupiedEnd(header, progress)
    const isLonger = !isWhole && size > kept
    if (isLonger) yield* io(`cut ${name} to ${kept}`, () => file.resize(kept))
    // What was read may be in the cache only.
    yield* io(`sync ${name}`, () => file.sync())
    const filling: Filling = { header, name, file, isOpen: true, isNamed: true, progress, isDirty: false }
    yield* finishLeaving(segments.at(-2), newest, parts)
    return { filling, discardedBytes: isLonger ? size - kept : 0 }
  } catch (error) {
    yield* afterFailure(() => io(`close ${name}`, () => file.close()))
    throw error
  }
}

/** The process may have died between naming a segment and giving back what it cut off. */
function* finishLeaving(
  before: SurveyedSegment | undefined,
  { header }: SurveyedSegment,
  { storage }: ReceiverParts,
): Procedure<void> {
  const { cut } = header
  if (before === undefined || cut === 0 || before.size <= cut) return
  const { name } = before
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    yield* io(`cut ${name} to ${cut}`, () => file.resize(cut))
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/** Verifies what had been synced; all of it has to be there. */
function* progressUpTo(
  end: number,
  isWhole: boolean,
  file: LogFile,
  { name, index, header, firstSequence }: SurveyedSegment,
  { statement }: Stated,
  { buffers, runtime }: ReceiverParts,
): Procedure<Progress> {
  const kernel = buffers.take()
  const reader = new FrameReader(file, name, header, startOfFile(header, end), kernel)
  let walker: FrameWalker | undefined
  let sealOffset: number | undefined
  for (let run = yield* reader.next(); run !== undefined; run = yield* reader.next()) {
    walker ??= new FrameWalker(run)
    walker.enter(run)
    while (walker.next()) if (isSeal(walker)) sealOffset = walker.position
    yield* runtime.turn()
  }
  buffers.give(kernel)
  const { state: scan } = reader
  const digest = { low: scan.chainLow, high: scan.chainHigh }
  const isStated = statement.segment === index && statement.offset === end
  if (scan.position !== end || (isStated && !sameWord(digest, statement.digest))) {
    throw damaged('replica.position', name, scan.position, firstSequence)
  }
  // From here on only what the file can hold limits it.
  return { scan: { ...scan, limit: header.capacity }, sealOffset, isWhole, floor: statement.floor }
}

function isSeal(walker: FrameWalker): boolean {
  return walker.isControl && walker.type === controlType.seal
}

function eventualNames(): VarveError {
  return new VarveError(
    'UNSUPPORTED',
    'a replica needs a storage whose names are durable when it says so; copy into another storage',
  )
}
