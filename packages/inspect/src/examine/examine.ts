import { isVarveError, type Kernel } from '@varve/codec'
import { sortNames, type NamedFiles } from '@varve/segments/inspect'
import { io, type Procedure } from '@varve/storage'
import type { Finding, FindingCode } from '../finding.ts'
import { readHistory, type HistoryEntry } from '../history.ts'
import type { Picture, SegmentPicture } from '../picture.ts'
import type { Settings } from '../settings.ts'
import { examineCheckpoints } from './checkpoints.ts'
import { evidenceOf, Look, sizeOf } from './look.ts'
import { examineSegments } from './segments.ts'

/** So many looks beside a writer that keeps changing the directory. */
const looksMax = 16

/** What a writer may change under a look: it is believed when a second look finds the same. */
const volatileCodes: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'names.no-log',
  'names.segments-gone',
  'names.duplicate-index',
  'names.gap',
  'names.first-above-floor',
  'checkpoint.missing',
  'checkpoint.beyond-log',
  'replica.position',
])

/**
 * Looks at everything in a directory, without a lock and without changing anything. A living writer may append, rotate,
 * hand over and reclaim meanwhile: what was met in a file that is gone is looked at again, and so is what two looks do
 * not agree on.
 */
export function* examine(settings: Settings): Procedure<Picture> {
  let before: ReadonlySet<string> | undefined
  for (let looks = 1; ; looks += 1) {
    const picture = yield* lookOnce(settings, looks === looksMax)
    if (picture === undefined) continue
    const doubtful = yield* doubts(settings, picture.findings)
    const known = before
    if (looks === looksMax || doubtful.every((doubt) => known?.has(doubt) === true)) return picture
    before = new Set(doubtful)
  }
}

/** Undefined when a file vanished that had just been there. */
function* lookOnce(settings: Settings, isLast: boolean): Procedure<Picture | undefined> {
  try {
    return yield* settings.buffers.lend((kernel) => lookThrough(settings, kernel))
  } catch (error) {
    if (isLast || !isVarveError(error, 'NOT_FOUND')) throw error
    return undefined
  }
}

/** Findings that may be the work of a living writer, each in a word. */
function* doubts({ storage }: Settings, findings: readonly Finding[]): Procedure<readonly string[]> {
  const bad = findings.filter(({ verdict }) => verdict === 'corrupt' || verdict === 'unreadable')
  if (bad.length === 0) return []
  const names = new Set(yield* io('list the log again', () => storage.list()))
  return bad
    .filter(({ code, file }) => volatileCodes.has(code) || !names.has(file))
    .map(({ code, file }) => `${code} ${file}`)
}

function* lookThrough(settings: Settings, kernel: Kernel): Procedure<Picture> {
  const { storage } = settings
  const look = new Look(settings, kernel)
  const names = yield* io('list the log', () => storage.list())
  const files = sortNames(names)
  const history = yield* readHistory(storage, files)
  for (const name of settings.deep ? files.checkpoints : []) look.expect(yield* sizeOf(settings, name))
  if (files.segments.length === 0) yield* noteNothing(look, files)
  const log = yield* examineSegments(look, files)
  const checkpoints = yield* examineCheckpoints(look, names, log, history.length > 0)
  for (const entry of history) yield* noteUnfinished(look, entry, { names, segments: log.segments })
  return { ...log, names, files, list: log.checkpoints, checkpoints, findings: look.findings, history }
}

function* noteNothing(look: Look, files: NamedFiles): Procedure<void> {
  const witnesses = [...files.checkpoints, ...files.quarantined, ...files.repairs]
  const place = { file: witnesses.join(', '), position: 0, bytes: 0 }
  const row = 'names.segments-gone'
  if (witnesses.length > 0) yield* look.note({ code: row, row, ...place, evidence: evidenceOf(row) })
  else {
    const evidence = 'the directory holds no file of a log; a writer would begin one'
    yield* look.note({ code: 'names.no-log', verdict: 'unreadable', ...place, evidence })
  }
}

/**
 * Whether a repair was interrupted between the birth of its segment and its end. Until then every writer refuses the
 * directory; so if there is a segment of a later one, what is called like a file that was to go is another file.
 */
export function isUnfinished(entry: HistoryEntry, found: Pick<Picture, 'names' | 'segments'>): boolean {
  const { record, isDone } = entry
  if (record?.born === undefined || isDone) return false
  const isOf = (epoch: number, { surveyed }: SegmentPicture): boolean => surveyed?.header.epoch === epoch
  const isBorn = found.segments.some((each) => each.index === record.born && isOf(record.epoch, each))
  const isSuperseded = found.segments.some(({ surveyed }) => (surveyed?.header.epoch ?? 0) > record.epoch)
  return isBorn && !isSuperseded && record.removes.some((name) => found.names.includes(name))
}

function* noteUnfinished(look: Look, entry: HistoryEntry, found: Parameters<typeof isUnfinished>[1]): Procedure<void> {
  if (!isUnfinished(entry, found)) return
  const { file } = entry
  const evidence = `it has begun with ${String(entry.record?.choice)}; finish it with another repair`
  yield* look.note({ code: 'repair.unfinished', verdict: 'noted', file, position: 0, bytes: 0, evidence })
}
