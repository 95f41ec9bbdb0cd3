import { controlType, isVarveError, type Kernel } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { sortNames, type NamedFiles, type SegmentName } from '../format/names.ts'
import { unsupportedFrame, type Damage } from '../read/errors.ts'
import { reading } from '../read/reading.ts'
import type { Stated } from '../replica/position-file.ts'
import { believedEnd, checkStated, replicaFacts } from '../replica/replica-facts.ts'
import type { Segment } from '../segment.ts'
import { readContents, scanLastSegment, type Contents, type LastSegment } from './last-segment.ts'
import { checkHeaderBlock, emptyReport, toldByItself } from './open-log.ts'
import type { RecoveryReport } from './report.ts'
import { checkClosed } from './sealed.ts'
import {
  checkIndexes,
  checkLogIds,
  checkNeighbours,
  damaged,
  readSegmentHeader,
  type SurveyedSegment,
} from './survey.ts'
import { judge } from './table.ts'
import { checkBirth, corruptEnd } from './verdicts.ts'

/** A log as it lies there, with what can be read of it. */
export interface ReadOnlyLog {
  readonly report: RecoveryReport
  readonly segments: readonly Segment[]
  readonly damage: readonly Damage[]
  readonly checkpoints: Uint8Array<ArrayBuffer>
  readonly firstSequence: number
  readonly lastSequence: number
  readonly durableSequence: number
  /** Absent where there is no newest segment that can be read. */
  readonly end: ReadEnd | undefined
  /** Whether what it says of durability is said by somebody else. */
  readonly isReplica: boolean
}

/** How far the newest segment was read: the next look begins there. */
export interface ReadEnd {
  readonly surveyed: SurveyedSegment
  readonly contents: Contents
  /** What of it lies below the durable end. */
  readonly proven: Contents
  readonly durableEnd: number
}

/** A segment that a writer reclaims between two looks at it means one more try, so many times. */
const triesMax = 16

/**
 * Reads a log without a lock and without changing anything. Damage does not stop it: what is intact before and behind
 * can be read, a reader that gets to the damaged place is told, and the report lists it.
 */
export function* openReadOnly(settings: LogSettings): Procedure<ReadOnlyLog> {
  for (let tries = 1; ; tries += 1) {
    try {
      const found = yield* look(settings)
      if (tries === triesMax || !(yield* isOvertaken(settings, found.damage))) return found
    } catch (error) {
      if (!isVarveError(error, 'NOT_FOUND') || tries === triesMax) throw error
    }
  }
}

/**
 * Whether a segment that looked damaged is not there any more: its writer has recycled the file that was being read,
 * and what was met there was another life.
 */
function* isOvertaken({ storage }: LogSettings, damage: readonly Damage[]): Procedure<boolean> {
  const damagedSegments = sortNames(damage.map(({ file }) => file)).segments
  if (damagedSegments.length === 0) return false
  const names = new Set(yield* io('list the log again', () => storage.list()))
  return damagedSegments.some(({ name }) => !names.has(name))
}

function look(settings: LogSettings): Procedure<ReadOnlyLog> {
  return settings.buffers.lend((kernel) => lookThrough(settings, kernel))
}

function* lookThrough(settings: LogSettings, kernel: Kernel): Procedure<ReadOnlyLog> {
  const { storage } = settings
  const damage: Damage[] = []
  const { files, replica } = yield* listed(settings, damage)
  attempt(damage, () => { checkIndexes(files) })
  const surveyed: SurveyedSegment[] = []
  for (const named of files.segments) {
    const segment = yield* tolerate(damage, readSegmentHeader(storage, named))
    if (segment !== undefined) surveyed.push(segment)
  }
  checkLogIds(surveyed)
  if (replica !== undefined && !isOutdated(replica, surveyed)) attempt(damage, () => { checkStated(replica, surveyed) })
  const newest = surveyed.at(-1)
  const believed = files.isReplica && newest !== undefined ? believedEnd(replica, newest) : undefined
  const end = yield* readEnd(settings, newest, kernel, damage, believed)
  const closed = yield* readClosed(settings, surveyed, end.read?.contents, kernel, damage)
  const segments = end.segment === undefined ? closed.segments : [...closed.segments, end.segment]
  const firstSequence = Math.max(closed.floor, replica?.statement.floor ?? 1)
  noteMissingBeginning(files.segments, segments, firstSequence, damage)
  const lastSequence = segments.at(-1)?.lastSequence ?? 0
  const durableSequence = end.read?.proven.lastSequence ?? 0
  const report = { ...emptyReport({ files, segments: surveyed }), row: end.row, damage, firstSequence, lastSequence }
  return {
    firstSequence,
    lastSequence,
    durableSequence,
    segments,
    damage,
    checkpoints: closed.checkpoints ?? new Uint8Array(0),
    end: end.read,
    isReplica: files.isReplica,
    report: { ...report, segments: surveyed.length, cleanShutdown: end.row === 'last.clean-shutdown' },
  }
}

interface Listed {
  readonly files: NamedFiles
  /** Absent where the directory holds no replica, or its position cannot be read. */
  readonly replica: Stated | undefined
}

/**
 * What is there. A replica's position is read before the names that count: whoever fills it goes on meanwhile, and what
 * the position speaks of has to be among them.
 */
function* listed({ storage }: LogSettings, damage: Damage[]): Procedure<Listed> {
  const files = sortNames(yield* io('list the log', () => storage.list()))
  if (!files.isReplica) return { files, replica: undefined }
  const replica = yield* tolerate(damage, replicaFacts(storage, files))
  const again = sortNames(yield* io('list the log', () => storage.list()))
  return { files: again, replica: again.isReplica ? replica : undefined }
}

/** The position is older than what is there now: its segment was reclaimed since. */
function isOutdated({ statement }: Stated, [oldest]: readonly SurveyedSegment[]): boolean {
  return oldest !== undefined && statement.segment < oldest.index
}

interface End {
  readonly segment: Segment | undefined
  readonly row: string | undefined
  readonly read: ReadEnd | undefined
}

function* readEnd(
  settings: LogSettings,
  newest: SurveyedSegment | undefined,
  kernel: Kernel,
  damage: Damage[],
  believed: number | undefined,
): Procedure<End> {
  if (newest === undefined) return { segment: undefined, row: undefined, read: undefined }
  const { storage, runtime } = settings
  const last = yield* scanUntilStable(settings, newest, kernel, believed)
  const row = judge(last.facts)
  // What is there is whole, only not for this version: a shorter log without a word would be worse than none.
  if (row.verdict === 'unsupported') throw unsupportedFrame(newest.name, last.facts.badPlace, row.id)
  if (settings.verify === 'all') yield* tolerate(damage, checkHeaderBlock(settings, newest))
  if (row.verdict === 'corrupt') noteDamage(damage, corruptEnd(last, row))
  attempt(damage, () => { checkBirth(last) })
  const { name, index, firstSequence, header } = newest
  const { end, lastSequence } = last.contents
  const sparseIndex = last.contents.index.entries
  const segment: Segment = { name, index, firstSequence, header, state: 'active', end, lastSequence, sparseIndex }
  const { durableEnd } = last.facts
  const { contents: proven } = yield* reading(storage, name, (file) =>
    readContents(file, newest, Math.min(durableEnd, end), kernel, runtime),
  )
  return { segment, row: row.id, read: { surveyed: newest, contents: last.contents, proven, durableEnd } }
}

/**
 * A writer may append between the scan of the frames and the look behind them: then records that came meanwhile lie
 * behind the end that the scan found, and look as if something before them were damaged. Damage stays where it is,
 * so it is believed when the next scan stops at the same place.
 */
function* scanUntilStable(
  settings: LogSettings,
  newest: SurveyedSegment,
  kernel: Kernel,
  believed: number | undefined,
): Procedure<LastSegment> {
  const { storage, runtime } = settings
  let last = yield* scanLastSegment(storage, newest, kernel, runtime, believed)
  while (judge(last.facts).verdict === 'corrupt') {
    const again = yield* scanLastSegment(storage, newest, kernel, runtime, believed)
    if (again.facts.badPlace === last.facts.badPlace) return again
    last = again
  }
  return last
}

function* readClosed(
  settings: LogSettings,
  surveyed: readonly SurveyedSegment[],
  last: Contents | undefined,
  kernel: Kernel,
  damage: Damage[],
): Procedure<{ segments: Segment[]; floor: number; checkpoints: Uint8Array<ArrayBuffer> | undefined }> {
  const segments: Segment[] = []
  let { floor, checkpoints }: Partial<Contents> = last ?? {}
  for (let at = surveyed.length - 1; at > 0; at -= 1) {
    const segment = surveyed[at - 1] as SurveyedSegment
    const next = surveyed[at] as SurveyedSegment
    if (next.firstSequence <= (toldByItself(next, floor) ?? 0)) break
    attempt(damage, () => { checkNeighbours(segment, next) })
    // A cut inside the header block, which was noted as well, says nothing of where the frames end.
    const isPlace = next.header.cut === 0 || next.header.cut >= segment.header.blockBytes
    const isComplete = next.index === segment.index + 1 && isPlace
    const closed = isComplete ? yield* tolerate(damage, checkClosed(settings, segment, next, kernel)) : undefined
    const limit = isComplete ? next.header.cut : 0
    segments.unshift(closed?.segment ?? (yield* intactPrefix(settings, segment, kernel, limit)))
    floor ??= closed?.seal?.floor
    checkpoints ??= closed?.seal?.checkpoints
  }
  return { segments, floor: floor ?? 1, checkpoints }
}

/**
 * What can still be read of a segment that is damaged somewhere, or whose successor is missing: with it the word on
 * where the segment ends, so that only a SEAL, or what proves itself, tells records from a tail that was discarded.
 */
function* intactPrefix(
  settings: LogSettings,
  segment: SurveyedSegment,
  kernel: Kernel,
  cut: number,
): Procedure<Segment> {
  const { name, index, firstSequence, header } = segment
  const { storage, runtime } = settings
  const { facts } = yield* scanLastSegment(storage, segment, kernel, runtime)
  const isSealed = facts.lastControl === controlType.seal
  const end = isSealed || settings.visibility === 'written' ? header.capacity : facts.durableEnd
  const limit = cut > 0 ? cut : end
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    const { contents } = yield* readContents(file, segment, limit, kernel, runtime)
    const state = cut > 0 ? 'cut' : 'sealed'
    const { end: validEnd, lastSequence } = contents
    const sparseIndex = contents.index.entries
    return { name, index, firstSequence, header, state, end: validEnd, lastSequence, sparseIndex }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/** What should be there from the floor on; a first file that is there and damaged was noted before. */
function noteMissingBeginning(
  named: readonly SegmentName[],
  segments: readonly Segment[],
  floor: number,
  damage: Damage[],
): void {
  const [oldest] = segments
  if (oldest === undefined || oldest.firstSequence <= floor || named[0]?.name !== oldest.name) return
  noteDamage(damage, damaged('names.first-above-floor', oldest.name, 0, floor, oldest.firstSequence - 1))
}

/** Runs `check`; see {@link tolerate}. */
function attempt(damage: Damage[], check: () => void): void {
  try {
    check()
  } catch (error) {
    noteDamage(damage, error)
  }
}

/** Corruption is noted, everything else is thrown. */
function* tolerate<T>(damage: Damage[], procedure: Procedure<T>): Procedure<T | undefined> {
  try {
    return yield* procedure
  } catch (error) {
    noteDamage(damage, error)
    return undefined
  }
}

function noteDamage(damage: Damage[], error: unknown): void {
  if (!isVarveError(error, 'CORRUPT')) throw error
  damage.push(error.context as unknown as Damage)
}
