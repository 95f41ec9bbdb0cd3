import { decodeCheckpointList, type KeptCheckpoint } from '@varve/checkpoint'
import { sortCheckpointNames, verifyFile } from '@varve/checkpoint/inspect'
import { isVarveError, type VarveError, type Word64 } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { Finding, FindingCode } from '../finding.ts'
import type { CheckpointPicture } from '../picture.ts'
import { sizeOf, type Look } from './look.ts'
import type { SegmentsPicture } from './segments.ts'

interface Known {
  readonly name: string
  readonly sequence: number
  readonly digest: Word64 | undefined
}

/** The checkpoints that are kept and those that are there, oldest first. Only a deep look reads them. */
export function* examineCheckpoints(
  look: Look,
  names: readonly string[],
  log: SegmentsPicture,
  wasRepaired: boolean,
): Procedure<readonly CheckpointPicture[]> {
  const kept = yield* decodeList(look, log.checkpoints)
  const there = new Set(names)
  const listed = kept.map(({ name, sequence, digest }): Known => ({ name, sequence, digest }))
  const orphans = sortCheckpointNames(names)
    .checkpoints.filter(({ name }) => kept.every((each) => each.name !== name))
    .map(({ name, sequence }): Known => ({ name, sequence, digest: undefined }))
  const pictures: CheckpointPicture[] = []
  for (const known of [...listed, ...orphans].sort((one, other) => one.sequence - other.sequence)) {
    const { name, sequence } = known
    const isListed = listed.includes(known)
    const size = there.has(name) ? yield* sizeOf(look.settings, name) : undefined
    if (size === undefined) yield* noteMissing(look, known, names, wasRepaired)
    const stateBytes = size !== undefined && look.settings.deep ? yield* read(look, known, size, log) : undefined
    pictures.push({ name, sequence, isListed, size, stateBytes })
  }
  return pictures
}

function* decodeList(look: Look, list: Uint8Array): Procedure<readonly KeptCheckpoint[]> {
  try {
    return decodeCheckpointList(list)
  } catch (error) {
    // It does no more than to look at these bytes.
    const { code, message } = error as VarveError
    const verdict = code === 'UNSUPPORTED_FORMAT' ? 'unreadable' : 'corrupt'
    const row = 'checkpoint.list'
    const evidence = `${message} (in hexadecimal: ${hex(list)})`
    yield* look.note({ code: row, verdict, file: '', position: 0, bytes: list.length, row, evidence })
    return []
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/**
 * A repair sets aside what is damaged, or goes back to an older list; the list goes on naming what is gone until the
 * next checkpoint is published.
 */
function* noteMissing(
  look: Look,
  { name: file }: Known,
  names: readonly string[],
  wasRepaired: boolean,
): Procedure<void> {
  const copy = names.find((other) => other.startsWith(`${file}.`) && other.endsWith('.quarantined'))
  const place = { file, position: 0, bytes: 0 }
  if (copy !== undefined || wasRepaired) {
    const evidence = copy === undefined ? 'a repair went back to a list that still names it' : `it lies in ${copy}`
    yield* look.note({ code: 'checkpoint.set-aside', verdict: 'noted', ...place, evidence })
    return
  }
  const evidence = 'the log keeps it, and it was durable before the log said so'
  yield* look.note({ code: 'checkpoint.missing', ...place, row: 'checkpoint.damaged', evidence })
}

/** Reads one to its end. Returns the length of its state, if it is whole. */
function* read(
  look: Look,
  { name, sequence, digest }: Known,
  size: number,
  { logId, lastSequence, segments }: SegmentsPicture,
): Procedure<number | undefined> {
  const follow = look.following(name, size)
  // Without an id nothing can be told of it, and why there is none was noted before.
  if (logId === undefined) return undefined
  const isEndKnown = segments.at(-1)?.lastSequence !== undefined
  try {
    const end = yield* verifyFile(look.settings, { name, sequence, logId }, digest)
    follow.end()
    if (isEndKnown && sequence > lastSequence) yield* noteBeyond(look, name, sequence, lastSequence)
    return end.bytes
  } catch (error) {
    const code = isVarveError(error) ? codeOf(error) : undefined
    if (!isVarveError(error) || code === undefined) throw error
    follow.end()
    const verdict = error.code === 'CORRUPT' ? 'corrupt' : 'unreadable'
    yield* look.note({ code, file: name, ...damageOf(error), verdict })
    return undefined
  }
}

/** A checkpoint is published behind its records. */
function* noteBeyond(look: Look, file: string, sequence: number, lastSequence: number): Procedure<void> {
  const row = 'checkpoint.beyond-log'
  // Where names are eventual, records may have gone with the young name of their segment.
  const verdict = look.settings.storage.capabilities.names === 'eventual' ? 'noted' : 'corrupt'
  yield* look.note({
    code: row,
    verdict,
    file,
    position: 0,
    bytes: 0,
    row,
    evidence: `it holds the state after record ${sequence}, and the log ends at ${lastSequence}`,
    firstSequence: lastSequence + 1,
    lastSequence: sequence,
  })
}

/** Undefined for what is no answer about the file. */
function codeOf({ code, context }: VarveError): FindingCode | undefined {
  if (code === 'CORRUPT') return `checkpoint.${String(context.part)}` as FindingCode
  if (code === 'FOREIGN_FILE') return 'checkpoint.foreign'
  return code === 'UNSUPPORTED_FORMAT' ? 'checkpoint.unsupported' : undefined
}

function damageOf({ context, message }: VarveError): Pick<Finding, 'position' | 'bytes' | 'row' | 'evidence'> {
  const { position, row, evidence } = context
  return {
    position: typeof position === 'number' ? position : 0,
    bytes: 0,
    row: typeof row === 'string' ? row : undefined,
    evidence: typeof evidence === 'string' ? evidence : message,
  }
}
