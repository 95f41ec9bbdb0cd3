import { isVarveError, sameWord, type VarveErrorCode, type Word64 } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import type { LogProcedures } from '@varve/segments'
import { damagedFile } from '../errors.ts'
import type { EndRecord } from '../format/file.ts'
import type { KeptCheckpoint } from '../format/list.ts'
import { beginReading, type CheckpointPlace } from './checkpoint-reader.ts'

/** A checkpoint that the log keeps and that cannot be used, and why. */
export interface UnusableCheckpoint {
  readonly sequence: number
  readonly name: string
  /** `NOT_FOUND`: the file is missing. `CORRUPT`: damaged. `RECLAIMED`: records behind it were given up. */
  readonly code: VarveErrorCode
  /** In words. */
  readonly reason: string
}

/** What is needed to read a file of a log, which need not be open. */
export type FileReading = Pick<LogProcedures, 'storage' | 'runtime'>

/** Gives the file to `use`, and closes it whatever happens. */
export function* readingFile<T>(
  { storage }: FileReading,
  name: string,
  use: (file: LogFile) => Procedure<T>,
): Procedure<T> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    return yield* use(file)
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}

/**
 * Reads a checkpoint file from beginning to end. With `digest`, it must be the one that was published.
 *
 * @throws VarveError `CORRUPT`, `NOT_FOUND`, `FOREIGN_FILE`, `UNSUPPORTED_FORMAT`, `SHORT_READ`, `IO`
 */
export function* verifyFile(log: FileReading, place: CheckpointPlace, digest?: Word64): Procedure<EndRecord> {
  return yield* readingFile(log, place.name, function* (file) {
    const reader = yield* beginReading(file, place)
    while ((yield* reader.next()) !== undefined) yield* log.runtime.turn()
    const end = reader.end as EndRecord
    if (digest === undefined || sameWord(end.digest, digest)) return end
    throw damagedFile(place.name, 0, 'other', 'it is whole, and not the one that the log keeps: their digests differ')
  })
}

/** What is no answer about the file, or an answer that must not be passed over in silence, is thrown. */
const answers: ReadonlySet<VarveErrorCode> = new Set(['CORRUPT', 'NOT_FOUND', 'SHORT_READ', 'IO'])

/** Verifies a checkpoint that the log keeps. One that is damaged, missing or cannot be read is an answer. */
export function* examine(
  log: LogProcedures,
  logId: Uint8Array<ArrayBuffer>,
  { sequence, name, digest }: KeptCheckpoint,
): Procedure<EndRecord | UnusableCheckpoint> {
  try {
    return yield* verifyFile(log, { name, sequence, logId }, digest)
  } catch (error) {
    if (!isVarveError(error) || !answers.has(error.code)) throw error
    return { sequence, name, code: error.code, reason: error.message }
  }
}

export function isUnusable(answer: EndRecord | UnusableCheckpoint): answer is UnusableCheckpoint {
  return 'code' in answer
}
