import { sameWord, VarveError } from '@varve/codec'
import type { LogStorage, Procedure } from '@varve/storage'
import { positionFileName, type NamedFiles } from '../format/names.ts'
import { sameBytes } from '../format/words.ts'
import { damaged, type SurveyedSegment } from '../recover/survey.ts'
import { readPositionFile, type Stated } from './position-file.ts'

/** What the directory of a replica says of itself; undefined if it is none. */
export function* replicaFacts(storage: LogStorage, files: NamedFiles): Procedure<Stated | undefined> {
  return files.isReplica ? yield* readPositionFile(storage) : undefined
}

/**
 * How much of the newest segment of a replica is proven durable: as far as it was synced here, or what it was born
 * with, where nothing is stated of it. The durable ends that its frames claim are those of the source.
 */
export function believedEnd(stated: Stated | undefined, { index, header }: SurveyedSegment): number {
  const { bornEnd } = header
  return stated?.statement.segment === index ? Math.max(stated.statement.offset, bornEnd) : bornEnd
}

/**
 * Checks that the segments are those that the statement is about. A segment is stated by the first sync behind its
 * naming, and the one of a promotion that was interrupted never is, so there may be newer ones.
 *
 * @throws VarveError `CORRUPT`
 */
export function checkStated({ header, statement }: Stated, segments: readonly SurveyedSegment[]): void {
  const stated = segments.find(({ index }) => index === statement.segment)
  // Before the first segment has its name, nothing of it was promised.
  if (segments.length === 0 && statement.offset === 0) return
  const isThere =
    stated !== undefined &&
    sameWord(stated.header.salt, statement.salt) &&
    sameBytes(stated.header.logId, header.logId)
  if (!isThere) throw damaged('replica.position', positionFileName, 0)
}

/** @throws VarveError `READ_ONLY` for a writer on a replica, `NOT_FOUND` for a promotion of something else. */
export function checkRole(facts: Stated | undefined, promotes: boolean): void {
  if (facts !== undefined && !promotes) {
    throw new VarveError(
      'READ_ONLY',
      'the directory holds a replica of another log; open it with readOnly, or promote it to write to it',
      { file: positionFileName },
    )
  }
  if (facts === undefined && promotes) {
    const message = 'the directory holds no replica, so there is nothing to promote; open it as a log'
    throw new VarveError('NOT_FOUND', message)
  }
}
