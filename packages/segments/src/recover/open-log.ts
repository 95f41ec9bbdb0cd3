import { fileHeaderBytes, VarveError, type Kernel } from '@varve/codec'
import { io, type LogStorage, type Procedure, type StorageLock } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { positionFileName } from '../format/names.ts'
import { SparseIndex } from '../format/sparse-index.ts'
import type { Stated } from '../replica/position-file.ts'
import { believedEnd, checkRole, checkStated, replicaFacts } from '../replica/replica-facts.ts'
import type { Segment } from '../segment.ts'
import { ActiveSegment } from '../write/active-segment.ts'
import { giveBirth, randomId, type Born, type Lineage } from '../write/birth.ts'
import { noState, type LogState } from '../write/state-book.ts'
import { handOver, releaseRest } from './hand-over.ts'
import { scanLastSegment, type LastSegment } from './last-segment.ts'
import { unremarkable, type RecoveryReport } from './report.ts'
import { canResume, resume } from './resume.ts'
import { checkClosed } from './sealed.ts'
import { checkNeighbours, damaged, headerBlockIsClean, survey, type Survey, type SurveyedSegment } from './survey.ts'
import { checkBirth, decide, discardedTail } from './verdicts.ts'

/** A log that is ready for its writer. */
export interface OpenedLog {
  readonly lineage: Lineage
  readonly active: ActiveSegment
  readonly closed: readonly Segment[]
  readonly state: LogState
  /** Whether the active segment alone tells the state; else the one before it is needed as well. */
  readonly standsAlone: boolean
  readonly report: RecoveryReport
}

/**
 * Opens a log for writing: reads what is there, decides what it means, goes on behind it. The caller holds the lock.
 *
 * It may die at any point, any number of times: until the first segment that it gives birth to is durable, nothing
 * has changed but the removal of spares; segments below the floor go only after it.
 */
export function* openLog(settings: LogSettings, lock: StorageLock): Procedure<OpenedLog> {
  const { storage, runtime } = settings
  // An earlier writer's renames and removals may be in the cache only; what is decided here stands on them.
  yield* io('make the names durable', () => storage.syncNames())
  const surveyed = yield* survey(storage)
  const newest = surveyed.segments.at(-1)
  const replica = yield* replicaFacts(storage, surveyed.files)
  checkRole(replica, settings.promotes)
  if (replica !== undefined) checkStated(replica, surveyed.segments)
  // A copy of a log may lack the locks of the original; epochs never fall even so.
  const epoch = Math.max(lock.generation, (newest?.header.epoch ?? 0) + 1)
  const lineage = { storage, runtime, settings, epoch, nextSpare: 1 }
  if (newest === undefined) {
    if (replica !== undefined) throw nothingToPromote()
    return yield* createLog({ ...lineage, logId: randomId(runtime) }, surveyed)
  }
  return yield* settings.buffers.lend((kernel) =>
    recover({ ...lineage, logId: newest.header.logId }, surveyed, newest, replica, kernel),
  )
}

function* createLog(lineage: Lineage, found: Survey): Procedure<OpenedLog> {
  const { segmentBytes, blockBytes } = lineage.settings
  yield* removeAll(lineage.settings, found.files.spares)
  const chain = { low: 0, high: 0 }
  const first = { index: 1, firstSequence: 1, lastTimestamp: 0, chain, cut: 0, capacity: segmentBytes }
  const born = yield* giveBirth(lineage, first)
  const active = new ActiveSegment(born.name, born.writer, new SparseIndex(segmentBytes, blockBytes), 0)
  const report = { ...emptyReport(found), created: true }
  return { lineage, active, closed: [], state: noState, standsAlone: true, report }
}

function* recover(
  lineage: Lineage,
  found: Survey,
  newest: SurveyedSegment,
  replica: Stated | undefined,
  kernel: Kernel,
): Procedure<OpenedLog> {
  const { settings, storage, runtime } = lineage
  yield* syncFile(lineage, newest)
  const believed = replica && believedEnd(replica, newest)
  const last = yield* scanLastSegment(storage, newest, kernel, runtime, believed)
  const row = decide(last, settings.tornTail)
  checkBirth(last)
  if (settings.verify === 'all') yield* checkHeaderBlock(settings, newest)
  const { segments, closed, state } = yield* closedSegments(settings, found.segments, last, kernel, replica)
  // From here on nothing is wrong with the log: an open that refuses it has changed nothing.
  const unproven = replica !== undefined || settings.verify === 'all' ? segments.slice(0, -1) : []
  for (const { name } of unproven) yield* syncFile(lineage, { name })
  yield* removeAll(settings, found.files.spares)
  const belowFloor = removable(settings.storage, found.segments, found.segments.length - segments.length)
  const report: RecoveryReport = {
    ...emptyReport(found),
    row: row.id,
    segments: segments.length,
    firstSequence: Math.max(segments[0]?.firstSequence ?? 1, state.floor),
    lastSequence: last.contents.lastSequence,
    cleanShutdown: row.id === 'last.clean-shutdown',
    discarded: discardedTail(last, row),
  }
  if (replica === undefined && report.cleanShutdown && canResume(last, settings.commitAlignment)) {
    const writer = yield* resume(storage, last, settings)
    const active = new ActiveSegment(newest.name, writer, last.contents.index, last.contents.records)
    const { removed, notes } = yield* removeReclaimed(settings, belowFloor)
    const standsAlone = toldByItself(newest, last.contents.floor) !== undefined
    return { lineage, active, closed, state, standsAlone, report: { ...report, removedSegments: removed, notes } }
  }
  const { old, born, index, cut, carriedRecords } = yield* handOver(lineage, last, state, kernel)
  if (replica !== undefined) yield* endReplica(storage, born)
  const active = new ActiveSegment(born.name, born.writer, index, carriedRecords)
  const done = { ...report, carriedRecords }
  if (storage.capabilities.names === 'eventual') {
    // The new segment may still vanish with its name, and then the old ones are the log.
    const notes = [`names are eventual: the space behind the cut of ${old.name} and below the floor was kept`]
    return { lineage, active, closed: [...closed, old], state, standsAlone: true, report: { ...done, notes } }
  }
  // Only now is the floor that allows it durable: it may have stood in the unproven part of the old segment.
  const { removed, notes } = yield* removeReclaimed(settings, belowFloor)
  const releaseNotes = yield* release(lineage, old, cut)
  const finished = { ...done, removedSegments: removed, notes: [...notes, ...releaseNotes] }
  return { lineage, active, closed: [...closed, old], state, standsAlone: true, report: finished }
}

function nothingToPromote(): VarveError {
  const message = 'nothing has come to the replica yet, so it cannot be a log; stream to it first'
  return new VarveError('NOT_FOUND', message)
}

export function* checkHeaderBlock(settings: LogSettings, segment: SurveyedSegment): Procedure<void> {
  const file = yield* io(`open ${segment.name}`, () => settings.storage.open(segment.name, 'read'))
  try {
    if (yield* headerBlockIsClean(file, segment)) return
    const { name, firstSequence } = segment
    throw damaged('header.invalid', name, fileHeaderBytes, firstSequence, undefined, 'the rest of its block')
  } finally {
    yield* io(`close ${segment.name}`, () => file.close())
  }
}

/**
 * Learns the floor from the newest segment backwards, leaves out what lies wholly below it, and checks how every
 * segment but the last one ends.
 */
function* closedSegments(
  settings: LogSettings,
  found: readonly SurveyedSegment[],
  last: LastSegment,
  kernel: Kernel,
  replica: Stated | undefined,
): Procedure<{ segments: readonly SurveyedSegment[]; closed: readonly Segment[]; state: LogState }> {
  const closed: Segment[] = []
  let { floor, checkpoints } = last.contents
  let at = found.length - 1
  for (; at > 0; at -= 1) {
    const segment = found[at - 1] as SurveyedSegment
    const next = found[at] as SurveyedSegment
    if (next.firstSequence <= (toldByItself(next, floor) ?? 0)) break
    checkNeighbours(segment, next)
    const { segment: checked, seal } = yield* checkClosed(settings, segment, next, kernel)
    closed.unshift(checked)
    // The newest word counts: what an older segment says is older.
    floor ??= seal?.floor
    checkpoints ??= seal?.checkpoints
    yield* settings.runtime.turn()
  }
  const segments = found.slice(at)
  const oldest = segments[0] as SurveyedSegment
  // What is below the place where a replica began was never in it, whether or not it has been told of a floor.
  const promised = Math.max(floor ?? 1, replica?.statement.floor ?? 1)
  const state = { floor: promised, checkpoints: checkpoints ?? new Uint8Array(0) }
  if (oldest.index > 1 && oldest.firstSequence > state.floor) {
    throw damaged('names.first-above-floor', oldest.name, 0, state.floor, oldest.firstSequence - 1)
  }
  return { segments, closed, state }
}

/**
 * The floor as `next` and what comes after it say it; undefined where only the SEAL before it can tell. A segment that
 * was born by a hand-over says everything itself, and where it says nothing there is nothing to say.
 */
export function toldByItself({ header }: SurveyedSegment, floor: number | undefined): number | undefined {
  return floor ?? (header.cut > 0 ? 1 : undefined)
}

/**
 * Names of the segments that lie wholly below the floor, the first `count`. Where names are eventual, a segment that
 * was handed over from stays: what was carried over from it may still vanish with the name of its successor.
 */
function removable(storage: LogStorage, segments: readonly SurveyedSegment[], count: number): readonly string[] {
  const isEventual = storage.capabilities.names === 'eventual'
  const kept = segments.findIndex((_, at) => at >= count || (isEventual && (segments[at + 1]?.header.cut ?? 0) > 0))
  return segments.slice(0, kept).map(({ name }) => name)
}

/** Oldest first. One that stays is a note: the next open finds it below the floor again. */
function* removeReclaimed(
  settings: LogSettings,
  names: readonly string[],
): Procedure<{ removed: readonly string[]; notes: readonly string[] }> {
  const removed: string[] = []
  for (const name of names) {
    try {
      yield* removeAll(settings, [name])
    } catch (error) {
      return { removed, notes: [`${name} could not be removed: ${String(error)}`] }
    }
    removed.push(name)
  }
  return { removed, notes: [] }
}

/** Space that cannot be given back is a note, not a failure: the log is whole. */
function* release(lineage: Lineage, old: Segment, cut: number): Procedure<readonly string[]> {
  try {
    yield* releaseRest(lineage, old, cut)
    return []
  } catch (error) {
    return [`the space behind the cut of ${old.name} could not be given back: ${String(error)}`]
  }
}

/** From now on it is a log: the new segment is durable, and no source has it. */
function* endReplica(storage: LogStorage, { writer }: Born): Procedure<void> {
  try {
    yield* io(`remove ${positionFileName}`, () => storage.remove(positionFileName))
    yield* io(`make the removal of ${positionFileName} durable`, () => storage.syncNames())
  } catch (error) {
    yield* writer.close()
    throw error
  }
}

function* removeAll(settings: LogSettings, names: readonly string[]): Procedure<void> {
  for (const name of names) yield* io(`remove ${name}`, () => settings.storage.remove(name))
}

/**
 * What was read so far may be in the cache only. Not so a segment that has a successor: none is born before everything
 * it goes on behind is durable. A copy that somebody else made of a log proves nothing by that, so who asks for every
 * byte to be verified gets every file synced.
 */
function* syncFile(lineage: Lineage, segment: { readonly name: string }): Procedure<void> {
  const { storage } = lineage
  const file = yield* io(`open ${segment.name}`, () => storage.open(segment.name, 'existing'))
  try {
    yield* io(`sync ${segment.name}`, () => file.sync())
  } finally {
    yield* io(`close ${segment.name}`, () => file.close())
  }
}

export function emptyReport(found: Survey): RecoveryReport {
  return { ...unremarkable, removedSpares: found.files.spares, foreign: found.files.foreign }
}
