/** What can be found, each by a stable id. */
export const findingCodes = {
  'names.no-log': 'no file of a log is there',
  'names.segments-gone': 'no segment, and something that only stands beside segments',
  'names.duplicate-index': 'two segments have the same index',
  'names.gap': 'a segment between two others is missing',
  'names.first-above-floor': 'the first segment starts above the floor: what was before it is missing',
  'header.invalid': 'a header does not verify',
  'header.disagrees': 'a header disagrees with the name, the file or the segment before',
  'header.foreign': "another log's id",
  'header.unsupported': 'a newer major version, or a feature that is not known',
  'header.block': 'the rest of a header block, which carries nothing, is not zeros',
  'frame.header': 'no frame header verifies where one must',
  'frame.payload': 'a payload, or the zeros behind it, does not match its checksum',
  'frame.order': 'a frame that cannot follow the one before it',
  'frame.limit': 'a frame that reaches beyond the limit of its file',
  'frame.cut-off': 'a frame that is cut off by the end of the file',
  'frame.missing': 'the file ends where there must be frames',
  'frame.damaged': 'a frame is damaged; look deep to know how',
  'frame.unsupported': 'a frame of a version, flag or control type that is not known',
  'seal.missing': 'all records are there, and no SEAL behind them',
  'seal.invalid': 'a SEAL that verifies and was not written by this format',
  'seal.counts': 'a SEAL that says of its segment what is not so',
  'seal.chain': 'a segment and the next one do not belong together',
  'seal.zeros': 'something stands between a SEAL and its trailer',
  'seal.trailer': 'the trailer, a hint, does not lead to the SEAL',
  'cut.too-short': 'a file ends below its cut',
  'cut.chain': 'a segment is not what the next one was born behind',
  'tail.torn-batch': 'a batch without its end, that nothing proves durable',
  'tail.torn': 'something behind the last record, that nothing proves durable',
  'checkpoint.header': 'the header of a checkpoint is damaged, or that of another file',
  'checkpoint.frame': 'a frame of a checkpoint is damaged or missing',
  'checkpoint.chunk': 'a chunk of a checkpoint has another size than it should have',
  'checkpoint.end': 'the end record of a checkpoint is damaged, or not its end',
  'checkpoint.digest': 'the chunks of a checkpoint are not those of its end record',
  'checkpoint.other': 'a checkpoint is whole, and not the one that the log keeps',
  'checkpoint.missing': 'a checkpoint that the log keeps is not there',
  'checkpoint.set-aside': 'a checkpoint that the log keeps was set aside by a repair',
  'checkpoint.beyond-log': 'a checkpoint lies beyond the last record: records that had been durable are missing',
  'checkpoint.foreign': 'a checkpoint of another log',
  'checkpoint.unsupported': 'a checkpoint of a newer version',
  'checkpoint.list': 'the list of checkpoints that the log keeps cannot be read',
  'replica.position': 'the position of a replica is damaged, or does not fit its segments',
  'repair.unfinished': 'a repair was interrupted when it had begun to change the log',
} as const

export type FindingCode = keyof typeof findingCodes

/**
 * How bad a finding is. `noted`: nothing is lost by it. `torn`: an end that was never acknowledged as durable, which an
 * open discards. `corrupt`: something that had been durable is damaged or missing. `unreadable`: not for this version,
 * or not of this log.
 */
export type FindingVerdict = 'noted' | 'torn' | 'corrupt' | 'unreadable'

/** What is wrong in one place. */
export interface Finding {
  readonly code: FindingCode
  readonly verdict: FindingVerdict
  readonly file: string
  /** Offset in bytes. */
  readonly position: number
  /** Length of the stretch concerned, as far as it is known; 0 where it is a place and no stretch. */
  readonly bytes: number
  /** Row of the recovery table that applies. */
  readonly row?: string | undefined
  /** Why it is taken for what `verdict` says, in words. */
  readonly evidence: string
  /** First record at stake; absent where none is. */
  readonly firstSequence?: number | undefined
  /** Last record at stake; absent where that is not known. */
  readonly lastSequence?: number | undefined
  /** What stands around the place. */
  readonly context?: FindingContext | undefined
}

/** A few bytes of a file, for a person to look at. */
export interface FindingContext {
  /** Offset in the file of the first one, a multiple of 16. */
  readonly position: number
  /** At most 96. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What somebody who wants to know if a log is well is told. */
export type OverallVerdict = 'intact' | 'torn' | 'corrupt' | 'unreadable'

const order: readonly FindingVerdict[] = ['noted', 'torn', 'corrupt', 'unreadable']

/** The worst of all. */
export function overall(findings: readonly Pick<Finding, 'verdict'>[]): OverallVerdict {
  const worst = findings.reduce((most, { verdict }) => Math.max(most, order.indexOf(verdict)), 0)
  const verdict = order[worst] as FindingVerdict
  return verdict === 'noted' ? 'intact' : verdict
}

/** Whether something that had been durable is wrong. */
export function isDamage({ verdict }: Finding): boolean {
  return verdict === 'corrupt' || verdict === 'unreadable'
}
