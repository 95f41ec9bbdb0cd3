import { io, type LogFile, type Procedure } from '@varve/storage'
import type { LogProcedures } from '@varve/segments'
import { checkpointHeader, type EndRecord } from '../format/file.ts'
import type { KeptCheckpoint } from '../format/list.ts'
import { checkpointName, unfinishedName } from '../format/names.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import type { Pieces } from './pieces.ts'

/** A checkpoint that is durable under its name. */
export interface WrittenCheckpoint extends KeptCheckpoint {
  /** Length of the state. */
  readonly bytes: number
}

/** So much of a piece is taken before others get a turn, and before it is asked whether the log has ended. */
const stretchBytes = 1_048_576

/**
 * Writes the state after record `sequence`, makes it durable, and only then gives it its name. If power goes before
 * that name is durable, a file is left that no list names; if a call fails, none, unless the log has ended: then the
 * next publish removes it.
 */
export function* writeCheckpoint(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  sequence: number,
  pieces: Pieces,
): Procedure<WrittenCheckpoint> {
  const { storage } = log
  const name = checkpointName(sequence)
  const unfinished = unfinishedName(sequence)
  log.checkWritable()
  const file = yield* io(`create ${unfinished}`, () => storage.open(unfinished, 'create'))
  try {
    const writer = new CheckpointWriter(file, unfinished, checkpointHeader(logId, sequence))
    const end = yield* fill(log, file, unfinished, writer, pieces)
    // A log that has ended meanwhile may have another writer by now.
    log.checkWritable()
    yield* io(`rename ${unfinished} to ${name}`, () => storage.rename(unfinished, name))
    yield* io(`make the name ${name} durable`, () => storage.syncNames())
    return { sequence, name, digest: end.digest, bytes: end.bytes }
  } catch (error) {
    yield* removeOwn(log, unfinished)
    throw error
  }
}

/** Writes all of it and syncs. The file is closed whatever happens. */
function* fill(
  log: LogProcedures,
  file: LogFile,
  name: string,
  writer: CheckpointWriter,
  pieces: Pieces,
): Procedure<EndRecord> {
  try {
    yield* writer.begin()
    for (let piece = yield* pieces.next(); piece !== undefined; piece = yield* pieces.next()) {
      let at = 0
      do {
        log.checkWritable()
        yield* writer.take(piece.subarray(at, at + stretchBytes))
        yield* log.runtime.turn()
        at += stretchBytes
      } while (at < piece.length)
    }
    const end = yield* writer.finish()
    yield* io(`sync ${name}`, () => file.sync())
    return end
  } catch (error) {
    yield* pieces.giveUp()
    throw error
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/** When the log has ended, another one may be writing a file of this name. */
function* removeOwn(log: LogProcedures, name: string): Procedure<void> {
  try {
    log.checkWritable()
  } catch {
    // It is the next publish' to remove.
    return
  }
  yield* removeUnfinished(log, name)
}

/** The failure that brought us here is what the caller must hear of. What is left is removed by the next publish. */
export function* removeUnfinished({ storage }: Pick<LogProcedures, 'storage'>, name: string): Procedure<void> {
  try {
    yield* io(`remove ${name}`, () => storage.remove(name))
  } catch {
    // It has its name already, or the storage has gone.
  }
}
