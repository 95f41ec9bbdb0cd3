import { scanStop, VarveError } from '@varve/codec'
import type { ReadStop } from './frame-reader.ts'

/** Where something is wrong, and which records are at stake. */
export interface Damage {
  readonly file: string
  /** Offset in bytes. */
  readonly position: number
  /** Id of the row of the recovery table that it was judged by; `reading` when a reader met it. */
  readonly row: string
  /** What was found there, in words. */
  readonly evidence: string
  /** First record that may be lost. */
  readonly firstSequence?: number | undefined
  /** Last record that may be lost; absent when that is not known. */
  readonly lastSequence?: number | undefined
}

const advice =
  'restore the file from a copy, open with readOnly to use what is intact, or plan a repair; nothing was changed'

export function corrupt(damage: Damage): VarveError {
  const { file, position, evidence, firstSequence, lastSequence } = damage
  const range =
    firstSequence === undefined
      ? ''
      : `; records at stake: ${firstSequence} to ${lastSequence === undefined ? 'the end' : String(lastSequence)}`
  return new VarveError('CORRUPT', `${file} at byte ${position}: ${evidence}${range}; ${advice}`, { ...damage })
}

export function unsupportedFrame(file: string, position: number, row = 'reading'): VarveError {
  return new VarveError(
    'UNSUPPORTED_FORMAT',
    `${file} at byte ${position}: a record of a frame version, flag or control type that this version (frames of ` +
      'version 1) does not know; open it with the version of varve that wrote it, or a newer one',
    { file, position, row, knownFrameVersion: 1 },
  )
}

const stopTexts: Readonly<Record<ReadStop, string>> = {
  [scanStop.end]: 'the frames end here',
  [scanStop.partial]: 'a frame is cut off by the end of the file',
  [scanStop.header]: 'no frame header verifies here',
  [scanStop.payload]: 'the payload does not match its checksum',
  [scanStop.unsupported]: 'a frame of unknown version, flags or control type',
  [scanStop.order]: 'a frame that cannot follow the one before it',
  [scanStop.limit]: 'a frame that reaches beyond the limit of the file',
  'end-of-file': 'the file ends here',
}

export function describeStop(stop: ReadStop): string {
  return stopTexts[stop]
}
