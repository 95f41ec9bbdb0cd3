import { VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { LogProcedures } from '@varve/segments'
import { beyondLog } from './errors.ts'
import { checkpointsMax, encodeCheckpointList, type KeptCheckpoint } from './format/list.ts'
import { checkpointName } from './format/names.ts'
import { tellOfPublish, type PublishReport } from './publish-report.ts'
import type { Shelf } from './shelf.ts'
import { findFiles, removeFiles } from './unlisted.ts'
import type { Pieces } from './write/pieces.ts'
import { writeCheckpoint, type WrittenCheckpoint } from './write/write-checkpoint.ts'

/** What is asked of a publish. */
export interface Publication {
  readonly sequence: number
  readonly pieces: Pieces
  /** How many checkpoints are kept. */
  readonly keep: number
}

/**
 * Publishes one checkpoint. Each step is durable before the next one begins, so that whatever a crash leaves, the log
 * has a checkpoint that it lists and every record behind it:
 *
 * records through `sequence`; the file under its temporary name; its name; the list that names it; the floor behind the
 * oldest that is listed, once there are as many as are kept; and only then removals, of segments first, of checkpoints
 * last.
 */
export function* publish(log: LogProcedures, shelf: Shelf, publication: Publication): Procedure<PublishReport> {
  const { sequence, keep } = publication
  log.checkWritable()
  const { kept } = shelf
  checkSequence(log, kept, sequence)
  const began = log.runtime.now()
  yield* log.sync()
  // Only a directory that was never written has none, and that cannot be written to.
  const logId = log.logId as Uint8Array<ArrayBuffer>
  const usable = yield* usableOf(shelf, logId, kept)
  const files = yield* findFiles(log, logId, kept)
  yield* removeFiles(log, files.unfinished)
  const isThere = usable[0]?.checkpoint.sequence === sequence && usable[0].isWhole
  const written = isThere ? undefined : yield* write(log, shelf, logId, publication)
  const all = written === undefined ? usable : [asCandidate(written), ...withoutNewest(usable, sequence)]
  const isEventual = log.storage.capabilities.names === 'eventual'
  const chosen = choose(all, keep, shelf.inherited, isEventual)
  const next = chosen.map(({ checkpoint }) => checkpoint)
  if (!isThere || next.length !== kept.length) yield* log.recordCheckpoints(encodeCheckpointList(next))
  const reclaimed = yield* log.reclaim(floorFor(chosen, keep, shelf.inherited, isEventual))
  const listed = new Set(next.map(({ name }) => name))
  const unneeded = files.checkpoints.filter((name) => !listed.has(name))
  yield* removeFiles(log, unneeded)
  const report: PublishReport = {
    sequence,
    name: checkpointName(sequence),
    created: !isThere,
    kept: next.map((each) => each.sequence),
    removed: [...files.unfinished, ...unneeded],
    reclaimed,
  }
  tellOfPublish(log, report, { bytes: written?.bytes ?? 0, ms: log.runtime.now() - began })
  return report
}

/** A checkpoint that may be kept. */
export interface Candidate {
  readonly checkpoint: KeptCheckpoint
  /** False when it could not be read, and may be whole all the same. */
  readonly isWhole: boolean
}

/** Leaves out what is damaged or missing. */
function* usableOf(
  shelf: Shelf,
  logId: Uint8Array<ArrayBuffer>,
  kept: readonly KeptCheckpoint[],
): Procedure<readonly Candidate[]> {
  const usable: Candidate[] = []
  for (const checkpoint of kept) {
    const answer = yield* shelf.check(logId, checkpoint)
    const isUnread = answer?.code === 'IO' || answer?.code === 'SHORT_READ'
    if (answer === undefined || isUnread) usable.push({ checkpoint, isWhole: !isUnread })
  }
  return usable
}

/** What was written anew takes the place of what could not be read. */
function withoutNewest(usable: readonly Candidate[], sequence: number): readonly Candidate[] {
  return usable.filter(({ checkpoint }) => checkpoint.sequence !== sequence)
}

function* write(
  log: LogProcedures,
  shelf: Shelf,
  logId: Uint8Array<ArrayBuffer>,
  { sequence, pieces }: Publication,
): Procedure<WrittenCheckpoint> {
  const checkpoint = yield* writeCheckpoint(log, logId, sequence, pieces)
  shelf.noteWritten(checkpoint)
  return checkpoint
}

function asCandidate(checkpoint: KeptCheckpoint): Candidate {
  return { checkpoint, isWhole: true }
}

/**
 * The newest so many that are whole. What could not be read stays until that many newer ones are there: nothing old is
 * given up for a failure that may pass, and nothing is kept for ever because of one that does not.
 *
 * Where names become durable only eventually, a young checkpoint may vanish, and so may the segment that lists it: the
 * newest that an earlier process had published stays as well, in the list and on the disk.
 */
export function choose(
  candidates: readonly Candidate[],
  keep: number,
  inherited: readonly KeptCheckpoint[],
  namesAreEventual: boolean,
): readonly Candidate[] {
  const last = candidates.filter(({ isWhole }) => isWhole).at(keep - 1)
  const end = last === undefined ? candidates.length : candidates.indexOf(last) + 1
  const newest = candidates.slice(0, Math.min(end, checkpointsMax))
  const settled = candidates.find((each) => each.isWhole && isAmong(inherited, each.checkpoint))
  const isMissing = namesAreEventual && settled !== undefined && !newest.includes(settled)
  return isMissing ? [...newest.slice(0, checkpointsMax - 1), settled] : newest
}

/**
 * The oldest record that is still needed; undefined where none may be given up: as long as there are fewer whole ones
 * than are kept, the records are what stands in for those that are missing.
 */
export function floorFor(
  chosen: readonly Candidate[],
  keep: number,
  inherited: readonly KeptCheckpoint[],
  namesAreEventual: boolean,
): number | undefined {
  const oldest = chosen.at(-1)
  if (oldest === undefined || chosen.filter(({ isWhole }) => isWhole).length < keep) return undefined
  if (namesAreEventual && !chosen.some(({ checkpoint }) => isAmong(inherited, checkpoint))) return undefined
  return oldest.checkpoint.sequence + 1
}

function isAmong(checkpoints: readonly KeptCheckpoint[], { sequence }: KeptCheckpoint): boolean {
  return checkpoints.some((each) => each.sequence === sequence)
}

/** @throws VarveError `INVALID_ARGUMENT`, `CORRUPT` */
function checkSequence(log: LogProcedures, kept: readonly KeptCheckpoint[], sequence: number): void {
  const [newest] = kept
  if (newest !== undefined && newest.sequence > log.lastSequence) {
    throw beyondLog(newest.name, newest.sequence, log.lastSequence)
  }
  const least = Math.max(newest?.sequence ?? 0, log.firstSequence - 1)
  const { lastSequence } = log
  if (Number.isSafeInteger(sequence) && sequence >= least && sequence <= lastSequence) return
  throw new VarveError(
    'INVALID_ARGUMENT',
    `a checkpoint of the state after record ${sequence} cannot be published: it must be from ${least}, that of the ` +
      `newest checkpoint or of the record before the floor, to ${lastSequence}, the last record; nothing was changed`,
    { sequence, least, lastSequence },
  )
}
