import { formatMajor, formatMinor, VarveError, type VarveErrorCode } from '@varve/codec'

/** Ids of what can be wrong with checkpoints, as in the context of errors. */
export type CheckpointRow =
  | 'checkpoint.damaged'
  | 'checkpoint.beyond-log'
  | 'checkpoint.none-left'
  | 'checkpoint.list'
  | 'checkpoint.foreign'
  | 'checkpoint.unsupported'

/** What of a checkpoint file is damaged: `other` when the file is whole, and not the one that it should be. */
export type CheckpointPart = 'header' | 'frame' | 'chunk' | 'end' | 'digest' | 'other'

/** A checkpoint file that is not what was published. */
export function damagedFile(file: string, position: number, part: CheckpointPart, evidence: string): VarveError {
  const row: CheckpointRow = 'checkpoint.damaged'
  return new VarveError(
    'CORRUPT',
    `${file} at byte ${position}: ${evidence}; restore the file from a copy, or recover from an older checkpoint`,
    { file, position, row, part, evidence },
  )
}

export function foreignFile(file: string): VarveError {
  const row: CheckpointRow = 'checkpoint.foreign'
  return new VarveError('FOREIGN_FILE', `${file} is of another log; move it out of the directory`, { file, row })
}

/** Written by something newer: whole, and not for this version. It must never be taken for damage. */
export function unsupportedFile(file: string, position: number, found: string): VarveError {
  const row: CheckpointRow = 'checkpoint.unsupported'
  return new VarveError(
    'UNSUPPORTED_FORMAT',
    `${file} at byte ${position}: ${found}; this version reads format ${formatMajor}.${formatMinor}; upgrade`,
    { file, position, row },
  )
}

export function corruptList(evidence: string): VarveError {
  const row: CheckpointRow = 'checkpoint.list'
  return new VarveError(
    'CORRUPT',
    `the list of checkpoints that the log keeps was not written by a publisher: ${evidence}; call recordCheckpoints ` +
      'of a log only from a publisher',
    { row, evidence },
  )
}

/** A checkpoint is published behind its records; where they are gone, something durable was lost. */
export function beyondLog(file: string, sequence: number, lastSequence: number): VarveError {
  const row: CheckpointRow = 'checkpoint.beyond-log'
  return new VarveError(
    'CORRUPT',
    `${file} holds the state after record ${sequence}, and the log ends at ${lastSequence}: records ` +
      `${lastSequence + 1} to ${sequence} had been durable; restore the segments from a copy, or move the checkpoint ` +
      'out of the directory to go on without them',
    { file, row, firstSequence: lastSequence + 1, lastSequence: sequence },
  )
}

/** What a reader of a log that lost its segments must be told, rather than begin with nothing. */
export function segmentsGone(file: string): VarveError {
  return new VarveError(
    'CORRUPT',
    `${file} is there, and no segment of its log; restore the segments from a copy`,
    { file, row: 'names.segments-gone' },
  )
}

/** Everything that the records below the floor were given up for is gone as well. */
export function noneLeft(unusable: readonly Unusable[], floor: number, isReadOnly: boolean): VarveError {
  const row: CheckpointRow = 'checkpoint.none-left'
  const file = unusable.map(({ name }) => name).join(', ')
  const found = unusable.length === 0 ? 'the log lists none' : unusable.map(({ reason }) => reason).join('; ')
  return new VarveError(
    codeFor(unusable, isReadOnly),
    `no checkpoint can be used, and records 1 to ${floor - 1}, which lie below the floor, are needed without one: ` +
      `${found}; restore a checkpoint from a copy` +
      (isReadOnly ? ', or open the log again if another process publishes' : ''),
    { file, row, firstSequence: 1, lastSequence: floor - 1 },
  )
}

interface Unusable {
  readonly name: string
  readonly code: VarveErrorCode
  readonly reason: string
}

/** What could not be read may be there next time; what a living writer removed, or a caller gave up, is no damage. */
function codeFor(unusable: readonly Unusable[], isReadOnly: boolean): VarveErrorCode {
  const unread = unusable.find(({ code }) => code === 'IO' || code === 'SHORT_READ')
  if (unread !== undefined) return unread.code
  const isGivenUp = ({ code }: Unusable): boolean => code === 'RECLAIMED' || (isReadOnly && code === 'NOT_FOUND')
  return unusable.length > 0 && unusable.every(isGivenUp) ? 'RECLAIMED' : 'CORRUPT'
}
