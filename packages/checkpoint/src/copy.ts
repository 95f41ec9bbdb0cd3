import { isVarveError, sameWord, VarveError } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import type { LogProcedures } from '@varve/segments'
import { decodeCheckpointList, type KeptCheckpoint } from './format/list.ts'
import { sortCheckpointNames, unfinishedName } from './format/names.ts'
import { readFully } from './read/read-fully.ts'
import { examine, isUnusable, readingFile, type UnusableCheckpoint } from './read/verify.ts'
import { isReadOnly } from './recover.ts'
import { mustBeOrphan } from './unlisted.ts'
import { removeUnfinished } from './write/write-checkpoint.ts'

/** What copying the checkpoints of a log did; names, newest first. */
export interface CheckpointCopy {
  /** What was copied now. */
  readonly copied: readonly string[]
  /** What is there now, whole and durable, `copied` included. */
  readonly present: readonly string[]
  /** What has to wait until the records that it holds the state of are in the copy. */
  readonly pending: readonly string[]
  /** What the log lists and cannot be had: damaged or missing there. */
  readonly unusable: readonly UnusableCheckpoint[]
  /** What is older than all that the copy lists, and what an interrupted call left. */
  readonly removed: readonly string[]
}

/**
 * Copies the checkpoints that `log` lists to where `copy` lies, a copy of it that was opened for reading. A checkpoint
 * gets its name when it is whole and durable, and only when the copy has the records before it: one beyond the log it
 * lies beside would be taken for the last witness of records that were lost.
 */
export function* copyListed(log: LogProcedures, copy: LogProcedures): Procedure<CheckpointCopy> {
  if (!isReadOnly(copy)) throw writable()
  const { logId } = copy
  // Nothing has come yet: whatever is put there now keeps a replica from being begun.
  if (logId === undefined) return nothingCopied
  checkSameLog(log, logId)
  const listed = decodeCheckpointList(log.checkpointList)
  const inCopy = decodeCheckpointList(copy.checkpointList)
  checkNoFork(listed, inCopy)
  const names = yield* io('list the copy', () => copy.storage.list())
  const { checkpoints, unfinished } = sortCheckpointNames(names)
  const oldest = inCopy.at(-1)?.sequence ?? 0
  // What is newer than its list may be named by the one that comes next.
  const unneeded = checkpoints.filter(({ sequence }) => sequence < oldest)
  for (const each of unneeded) yield* mustBeOrphan(copy, logId, each)
  yield* remove(copy, unfinished)

  const [copied, present, unusable]: [string[], string[], UnusableCheckpoint[]] = [[], [], []]
  const wanted = listed.filter(({ sequence }) => sequence >= oldest)
  const possible = wanted.filter(({ sequence }) => sequence <= copy.durableSequence)
  for (const checkpoint of possible) {
    const { name } = checkpoint
    const isThere = !isUnusable(yield* examine(copy, logId, checkpoint))
    const reason = isThere ? undefined : yield* copyOne(log, copy, logId, checkpoint)
    if (reason !== undefined) unusable.push(reason)
    else present.push(name)
    if (!isThere && reason === undefined) copied.push(name)
  }
  const old = unneeded.map(({ name }) => name)
  yield* remove(copy, old)
  const pending = wanted.filter((each) => !possible.includes(each)).map(({ name }) => name)
  return { copied, present, pending, unusable, removed: [...unfinished, ...old] }
}

const nothingCopied: CheckpointCopy = { copied: [], present: [], pending: [], unusable: [], removed: [] }

/** Why it cannot be copied; undefined when it was. What fails in the copy's storage is thrown. */
function* copyOne(
  log: LogProcedures,
  copy: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  checkpoint: KeptCheckpoint,
): Procedure<UnusableCheckpoint | undefined> {
  const { storage } = copy
  const { name, sequence } = checkpoint
  const unfinished = unfinishedName(sequence)
  try {
    yield* readingFile(log, name, (source) => fill(log, copy, { source, name, unfinished }))
    // What was written is what is verified: the source may be damaged, and so may what came of it.
    const answer = yield* examine(copy, logId, { ...checkpoint, name: unfinished })
    if (isUnusable(answer)) {
      yield* removeUnfinished(copy, unfinished)
      return { ...answer, name }
    }
    yield* io(`rename ${unfinished} to ${name}`, () => storage.rename(unfinished, name))
    yield* io(`make the name ${name} durable`, () => storage.syncNames())
    return undefined
  } catch (error) {
    yield* removeUnfinished(copy, unfinished)
    if (!isVarveError(error, 'NOT_FOUND')) throw error
    return { sequence, name, code: error.code, reason: error.message }
  }
}

interface CopiedFile {
  readonly source: LogFile
  readonly name: string
  /** What it is called in the copy until it is whole. */
  readonly unfinished: string
}

/** Copies all bytes, and syncs them. The file is closed whatever happens. */
function* fill(log: LogProcedures, copy: LogProcedures, { source, name, unfinished }: CopiedFile): Procedure<void> {
  const file = yield* io(`create ${unfinished}`, () => copy.storage.open(unfinished, 'create'))
  try {
    const size = yield* io(`size of ${name}`, () => source.size())
    const buffer = new Uint8Array(Math.min(size, log.readBytes))
    for (let position = 0; position < size; ) {
      const at = position
      const part = buffer.subarray(0, Math.min(buffer.length, size - at))
      yield* readFully(source, name, part, at)
      yield* io(`write ${unfinished} at ${at}`, () => file.write(part, at))
      position += part.length
      yield* log.runtime.turn()
    }
    yield* io(`sync ${unfinished}`, () => file.sync())
  } finally {
    yield* io(`close ${unfinished}`, () => file.close())
  }
}

function* remove({ storage }: LogProcedures, names: readonly string[]): Procedure<void> {
  for (const name of names) yield* io(`remove ${name}`, () => storage.remove(name))
  if (names.length > 0) yield* io('make the removal of checkpoints durable', () => storage.syncNames())
}

function writable(): VarveError {
  const message = 'checkpoints are copied to a replica, opened with readOnly; a log that is written publishes its own'
  return new VarveError('INVALID_ARGUMENT', message)
}

function checkSameLog(log: LogProcedures, logId: Uint8Array): void {
  if (log.logId?.every((byte, at) => byte === logId[at]) === true) return
  throw new VarveError('FOREIGN_FILE', 'this is a copy of another log; pass a replica of this one')
}

/** A copy that went its own way may have published another state after the same record. */
function checkNoFork(listed: readonly KeptCheckpoint[], inCopy: readonly KeptCheckpoint[]): void {
  for (const { sequence, digest, name } of inCopy) {
    const own = listed.find((each) => each.sequence === sequence)
    if (own === undefined || sameWord(own.digest, digest)) continue
    const message = `the copy lists another ${name} than the log: it was promoted; publish to it in its own right`
    throw new VarveError('FOREIGN_FILE', message, { file: name })
  }
}
