import { isVarveError } from '@varve/codec'
import { io, type Procedure } from '@varve/storage'
import type { LogProcedures } from '@varve/segments'
import { beyondLog } from './errors.ts'
import type { KeptCheckpoint } from './format/list.ts'
import { sortCheckpointNames, type NamedCheckpoint } from './format/names.ts'
import { verifyFile } from './read/verify.ts'

/** What lies in the directory of a log, by name, oldest first. */
export interface FoundFiles {
  /** Everything with a checkpoint's name. */
  readonly checkpoints: readonly string[]
  /** Of these, what the list does not name. */
  readonly orphans: readonly string[]
  /** Files under a temporary name: an interrupted publish left them. */
  readonly unfinished: readonly string[]
}

/**
 * Finds what the durable list does not name: what an interrupted publish left, or did not come to remove. Each such
 * checkpoint is read first, because not every one may be removed: another log's is not ours, a newer version may know
 * more, and one that is whole and lies beyond the log is the last witness of records that were durable.
 *
 * @throws VarveError `FOREIGN_FILE`, `UNSUPPORTED_FORMAT`, `CORRUPT`
 */
export function* findFiles(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  kept: readonly KeptCheckpoint[],
): Procedure<FoundFiles> {
  const names = yield* io('list the checkpoints', () => log.storage.list())
  const { checkpoints, unfinished } = sortCheckpointNames(names)
  const listed = new Set(kept.map(({ name }) => name))
  const orphans = checkpoints.filter(({ name }) => !listed.has(name))
  for (const orphan of orphans) yield* mustBeOrphan(log, logId, orphan)
  return { checkpoints: namesOf(checkpoints), orphans: namesOf(orphans), unfinished }
}

function namesOf(checkpoints: readonly NamedCheckpoint[]): readonly string[] {
  return checkpoints.map(({ name }) => name)
}

/** @throws VarveError `FOREIGN_FILE`, `UNSUPPORTED_FORMAT`, `CORRUPT`: it must not be removed. */
export function* mustBeOrphan(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  { name, sequence }: NamedCheckpoint,
): Procedure<void> {
  try {
    yield* verifyFile(log, { name, sequence, logId })
  } catch (error) {
    // Damage makes it no less an orphan.
    if (isVarveError(error, 'FOREIGN_FILE') || isVarveError(error, 'UNSUPPORTED_FORMAT')) throw error
    return
  }
  // Where names are eventual, records may have gone with the young name of their segment.
  if (sequence <= log.lastSequence || log.storage.capabilities.names === 'eventual') return
  throw beyondLog(name, sequence, log.lastSequence)
}

/** Removes the files, in this order. A log that has ended, or lost its lock, removes nothing. */
export function* removeFiles(log: LogProcedures, names: readonly string[]): Procedure<void> {
  for (const name of names) {
    log.checkWritable()
    try {
      yield* io(`remove ${name}`, () => log.storage.remove(name))
    } catch (error) {
      // An earlier removal may have failed after it was done.
      if (!isVarveError(error, 'NOT_FOUND')) throw error
    }
  }
  if (names.length > 0) yield* io('make the removal of checkpoints durable', () => log.storage.syncNames())
}
