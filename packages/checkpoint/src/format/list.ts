import { VarveError, viewOf, wordFromBytes, wordToBytes, type Word64 } from '@varve/codec'
import { corruptList } from '../errors.ts'
import { checkpointName } from './names.ts'
import { getNumber, putNumber } from './words.ts'

/** A checkpoint that the log keeps. */
export interface KeptCheckpoint {
  /** The state is that after this record; 0 is before the first. */
  readonly sequence: number
  readonly name: string
  /** Of its file: another file under the same name is not this checkpoint. */
  readonly digest: Word64
}

const listVersion = 1
const listHeaderBytes = 8
const entryBytes = 16

/** How many checkpoints a list has room for. */
export const checkpointsMax = 31

/** The bytes that the log keeps, newest first. */
export function encodeCheckpointList(
  checkpoints: readonly Pick<KeptCheckpoint, 'sequence' | 'digest'>[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(listHeaderBytes + checkpoints.length * entryBytes)
  bytes[0] = listVersion
  bytes[1] = checkpoints.length
  checkpoints.forEach(({ sequence, digest }, at) => {
    const entry = listHeaderBytes + at * entryBytes
    putNumber(viewOf(bytes), entry, sequence)
    bytes.set(wordToBytes(digest), entry + 8)
  })
  return bytes
}

/**
 * The checkpoints that a log keeps, newest first, from the bytes of `log.checkpointList`. None for no bytes.
 *
 * @throws VarveError `UNSUPPORTED_FORMAT` for a list of a newer version; `CORRUPT` for bytes that are no list.
 *
 * @example
 * for (const { sequence, name } of decodeCheckpointList(log.checkpointList)) console.log(sequence, name)
 */
export function decodeCheckpointList(bytes: Uint8Array): readonly KeptCheckpoint[] {
  if (bytes.length === 0) return []
  const [version, count = 0] = bytes
  if (version !== listVersion) throw unsupportedList(version)
  const size = listHeaderBytes + count * entryBytes
  if (bytes.length !== size) throw corruptList(`it has ${bytes.length} bytes for ${count} checkpoints`)
  if (count < 1 || count > checkpointsMax) throw corruptList(`it names ${count} checkpoints`)
  if (bytes.subarray(2, listHeaderBytes).some((byte) => byte !== 0)) throw corruptList('reserved bytes are not zero')
  const checkpoints: KeptCheckpoint[] = []
  let newer = Number.MAX_SAFE_INTEGER
  for (let at = listHeaderBytes; at < size; at += entryBytes) {
    const sequence = getNumber(viewOf(bytes), at)
    if (sequence >= newer) throw corruptList('it does not go from the newest to the oldest')
    checkpoints.push({ sequence, name: checkpointName(sequence), digest: wordFromBytes(bytes, at + 8) })
    newer = sequence
  }
  return checkpoints
}

function unsupportedList(version: number | undefined): VarveError {
  return new VarveError(
    'UNSUPPORTED_FORMAT',
    `the log keeps a list of checkpoints of version ${String(version)}, and this version reads version ` +
      `${listVersion}; open it with the version of varve that wrote it, or a newer one`,
    { version, knownVersion: listVersion },
  )
}
