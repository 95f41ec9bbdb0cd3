import { isVarveError } from '@varve/codec'
import { callOut, io, type MaybePromise, type Procedure } from '@varve/storage'
import type { LogProcedures, LogRecord } from '@varve/segments'
import { beyondLog, noneLeft, segmentsGone } from './errors.ts'
import type { KeptCheckpoint } from './format/list.ts'
import { sortCheckpointNames } from './format/names.ts'
import { beginReading } from './read/checkpoint-reader.ts'
import { ChunkSource } from './read/chunk-source.ts'
import { examine, isUnusable, readingFile, type UnusableCheckpoint } from './read/verify.ts'
import { Shelf } from './shelf.ts'
import { findFiles, removeFiles } from './unlisted.ts'

/** A checkpoint as whoever restores it sees it. */
export interface CheckpointInfo {
  /** The state is that after this record; 0 is before the first. */
  readonly sequence: number
  readonly name: string
  /** Length of the state. */
  readonly bytes: number
}

/** What a recovery found and did. */
export interface CheckpointRecovery {
  /** What was restored; undefined where there was none, and the log was replayed from its first record. */
  readonly checkpoint: CheckpointInfo | undefined
  /** Newer ones that could not be used. */
  readonly damaged: readonly UnusableCheckpoint[]
  /** Names of files that were removed: no list names them. */
  readonly orphans: readonly string[]
  /** What could not be done and does no harm. */
  readonly notes: readonly string[]
  /** Records that were applied. */
  readonly records: number
  /** The state is that after this record. */
  readonly lastSequence: number
}

/** What a state is made from. */
export interface Restoring {
  readonly restore: (state: ChunkSource, info: CheckpointInfo) => MaybePromise<unknown>
  readonly apply: (record: LogRecord) => MaybePromise<unknown>
}

type Beginning = Pick<CheckpointRecovery, 'checkpoint' | 'damaged' | 'orphans' | 'notes'>

const beginningWithNothing: Beginning = { checkpoint: undefined, damaged: [], orphans: [], notes: [] }

/**
 * Restores the newest checkpoint that can be used, and applies every record behind it. What a checkpoint says is
 * verified to its end before `restore` sees a byte of it, so `restore` is called once, or not at all.
 */
export function* recoverState(log: LogProcedures, restoring: Restoring): Procedure<CheckpointRecovery> {
  const shelf = Shelf.of(log)
  const { lastSequence } = log
  // The records need no turn: an open reader holds their segments.
  const beginning = yield* shelf.inTurn(() => begin(log, shelf, lastSequence, restoring))
  const from = (beginning.checkpoint?.sequence ?? 0) + 1
  const records = yield* replay(log, from, lastSequence, restoring)
  return { ...beginning, records, lastSequence: from - 1 + records }
}

function* begin(
  log: LogProcedures,
  shelf: Shelf,
  lastSequence: number,
  { restore }: Restoring,
): Procedure<Beginning> {
  const { kept } = shelf
  const { logId } = log
  if (logId === undefined) return yield* nothingThere(log)
  for (const { name, sequence } of kept) if (sequence > lastSequence) throw beyondLog(name, sequence, lastSequence)
  const { usable, damaged } = yield* newestUsable(log, logId, kept)
  if (usable === undefined && log.firstSequence > 1) throw noneLeft(damaged, log.firstSequence, isReadOnly(log))
  // From here on nothing is wrong: a recovery that refuses has changed nothing.
  const cleaned = isReadOnly(log) ? { orphans: [], notes: [] } : yield* removeOrphans(log, logId, kept)
  if (usable === undefined) return { checkpoint: undefined, damaged, ...cleaned }
  const { sequence, name } = usable
  yield* readingFile(log, name, function* (file) {
    const source = new ChunkSource(log.runtime, yield* beginReading(file, { name, sequence, logId }))
    try {
      yield* callOut(() => restore(source, usable))
    } finally {
      source.close()
    }
  })
  return { checkpoint: usable, damaged, ...cleaned }
}

/** A directory that was opened for reading and holds no log: nothing to recover, unless a log has been there. */
function* nothingThere({ storage }: LogProcedures): Procedure<Beginning> {
  const [checkpoint] = sortCheckpointNames(yield* io('list the checkpoints', () => storage.list())).checkpoints
  if (checkpoint !== undefined) throw segmentsGone(checkpoint.name)
  return beginningWithNothing
}

/** Goes from the newest to the oldest, and stops at the first that is whole and has all records behind it. */
function* newestUsable(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  kept: readonly KeptCheckpoint[],
): Procedure<{ readonly usable: CheckpointInfo | undefined; readonly damaged: readonly UnusableCheckpoint[] }> {
  const damaged: UnusableCheckpoint[] = []
  for (const checkpoint of kept) {
    const { name, sequence } = checkpoint
    const { firstSequence } = log
    if (sequence + 1 < firstSequence) {
      const reason = `records ${sequence + 1} to ${firstSequence - 1}, which follow it, were given up`
      damaged.push({ sequence, name, code: 'RECLAIMED', reason })
      continue
    }
    const answer = yield* examine(log, logId, checkpoint)
    if (!isUnusable(answer)) return { usable: { sequence, name, bytes: answer.bytes }, damaged }
    damaged.push(answer)
  }
  return { usable: undefined, damaged }
}

/** What cannot be removed costs space and nothing else. */
function* removeOrphans(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  kept: readonly KeptCheckpoint[],
): Procedure<Pick<Beginning, 'orphans' | 'notes'>> {
  const files = yield* findFiles(log, logId, kept)
  const orphans: string[] = []
  for (const name of [...files.orphans, ...files.unfinished]) {
    try {
      yield* removeFiles(log, [name])
    } catch (error) {
      return { orphans, notes: [`${name} could not be removed: ${String(error)}`] }
    }
    orphans.push(name)
  }
  return { orphans, notes: [] }
}

export function isReadOnly(log: LogProcedures): boolean {
  try {
    log.checkWritable()
    return false
  } catch (error) {
    return isVarveError(error, 'READ_ONLY')
  }
}

function* replay(log: LogProcedures, from: number, to: number, { apply }: Restoring): Procedure<number> {
  if (from > to) return 0
  const source = log.read({ from, to })
  let applied = 0
  try {
    for (let records = yield* source.next(); records !== undefined; records = yield* source.next()) {
      for (const record of records) {
        yield* callOut(() => apply(record))
        applied += 1
        yield* log.runtime.turn()
      }
    }
  } finally {
    yield* source.close()
  }
  return applied
}
