import { createKernel, isVarveError, type Kernel, type VarveError } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import type { LogSettings, Visibility } from '../api/options.ts'
import { sortNames, type SegmentName } from '../format/names.ts'
import type { Damage } from '../read/errors.ts'
import type { LogView } from '../read/view.ts'
import type { Segment } from '../segment.ts'
import { readContents, scanLastSegment } from './last-segment.ts'
import { emptyReport } from './open-log.ts'
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
import { corruptEnd } from './verdicts.ts'

/** A log as it lies there, with what can be read of it. */
export interface ReadOnlyLog extends LogView {
  readonly report: RecoveryReport
  readonly durableSequence: number
}

/**
 * Reads a log without a lock and without changing anything. Damage does not stop it: what is intact before and behind
 * can be read, a reader that gets to the damaged place is told, and the report lists it.
 */
export function* openReadOnly(settings: LogSettings): Procedure<ReadOnlyLog> {
  const { storage, runtime, readBytes } = settings
  const files = sortNames(yield* io('list the log', () => storage.list()))
  const damage: Damage[] = []
  attempt(damage, () => { checkIndexes(files) })
  const surveyed: SurveyedSegment[] = []
  for (const named of files.segments) {
    const segment = yield* tolerate(damage, readSegmentHeader(storage, named))
    if (segment !== undefined) surveyed.push(segment)
  }
  checkLogIds(surveyed)
  const kernel = createKernel(readBytes, settings.kernel)
  const end = yield* readEnd(settings, surveyed.at(-1), kernel, damage)
  const closed = yield* readClosed(settings, surveyed, end.floor, kernel, damage)
  noteMissingEnd(files.segments, surveyed, damage)
  const segments = end.segment === undefined ? closed.segments : [...closed.segments, end.segment]
  const firstSequence = Math.max(segments[0]?.firstSequence ?? 1, closed.floor)
  const lastSequence = segments.at(-1)?.lastSequence ?? 0
  const { durableSequence } = end
  const report = { ...emptyReport({ files, segments: surveyed }), row: end.row, damage, firstSequence, lastSequence }
  // Beside damage, only what is proven to have been durable is shown unless the caller asks for more.
  const usual: Visibility = settings.visibility ?? (damage.length > 0 ? 'durable' : 'written')
  return {
    storage,
    runtime,
    kernel: settings.kernel,
    readBytes,
    firstSequence,
    segments,
    damage,
    durableSequence,
    report: { ...report, segments: surveyed.length, cleanShutdown: end.row === 'last.clean-shutdown' },
    visibleSequence: (visibility = usual) => (visibility === 'durable' ? durableSequence : lastSequence),
  }
}

interface End {
  readonly segment: Segment | undefined
  readonly row: string | undefined
  readonly floor: number | undefined
  readonly durableSequence: number
}

function* readEnd(
  settings: LogSettings,
  newest: SurveyedSegment | undefined,
  kernel: Kernel,
  damage: Damage[],
): Procedure<End> {
  if (newest === undefined) return { segment: undefined, row: undefined, floor: undefined, durableSequence: 0 }
  const { storage, runtime } = settings
  const last = yield* scanLastSegment(storage, newest, kernel, runtime)
  const row = judge(last.facts)
  if (row.verdict === 'corrupt') noteDamage(damage, corruptEnd(last, row))
  const { name, index, firstSequence, header } = newest
  const { end, lastSequence, floor } = last.contents
  const sparseIndex = last.contents.index.entries
  const segment: Segment = { name, index, firstSequence, header, state: 'active', end, lastSequence, sparseIndex }
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    const limit = Math.min(last.facts.durableEnd, end)
    const proven = yield* readContents(file, newest, limit, kernel, runtime)
    return { segment, row: row.id, floor, durableSequence: proven.contents.lastSequence }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

function* readClosed(
  settings: LogSettings,
  surveyed: readonly SurveyedSegment[],
  floorOfLast: number | undefined,
  kernel: Kernel,
  damage: Damage[],
): Procedure<{ segments: Segment[]; floor: number }> {
  const segments: Segment[] = []
  let floor = floorOfLast
  for (let at = surveyed.length - 1; at > 0; at -= 1) {
    const segment = surveyed[at - 1] as SurveyedSegment
    const next = surveyed[at] as SurveyedSegment
    if (next.firstSequence <= (floor ?? 1)) break
    attempt(damage, () => { checkNeighbours(segment, next) })
    const check = checkClosed(settings.storage, segment, next, kernel, settings.verify === 'all')
    const closed = yield* tolerate(damage, check)
    segments.unshift(closed?.segment ?? (yield* intactPrefix(settings, segment, kernel)))
    floor ??= closed?.seal?.floor
  }
  return { segments, floor: floor ?? 1 }
}

/** What can still be read of a segment that is damaged somewhere. */
function* intactPrefix(settings: LogSettings, segment: SurveyedSegment, kernel: Kernel): Procedure<Segment> {
  const { name, index, firstSequence, header } = segment
  const file = yield* io(`open ${name}`, () => settings.storage.open(name, 'read'))
  try {
    const { contents } = yield* readContents(file, segment, header.capacity, kernel, settings.runtime)
    const { end, lastSequence } = contents
    const sparseIndex = contents.index.entries
    return { name, index, firstSequence, header, state: 'sealed', end, lastSequence, sparseIndex }
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/** A newest segment whose header is gone takes an unknown number of records with it. */
function noteMissingEnd(
  named: readonly SegmentName[],
  surveyed: readonly SurveyedSegment[],
  damage: Damage[],
): void {
  const newest = named.at(-1)
  if (newest === undefined || newest.index === surveyed.at(-1)?.index) return
  if (damage.some(({ file }) => file === newest.name)) return
  noteDamage(damage, damaged('header.invalid', newest.name, 0, newest.firstSequence))
}

/** Runs `check`; corruption is noted, everything else is thrown. */
function attempt(damage: Damage[], check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!isVarveError(error, 'CORRUPT')) throw error
    noteDamage(damage, error)
  }
}

function* tolerate<T>(damage: Damage[], procedure: Procedure<T>): Procedure<T | undefined> {
  try {
    return yield* procedure
  } catch (error) {
    if (!isVarveError(error, 'CORRUPT')) throw error
    noteDamage(damage, error)
    return undefined
  }
}

function noteDamage(damage: Damage[], error: VarveError): void {
  damage.push(error.context as unknown as Damage)
}
