import {
  blockBytesMin,
  capacityBytesMax,
  checksumId,
  fileKind,
  viewOf,
  wordFromBytes,
  wordToBytes,
  xxh64,
  type FileHeader,
  type Word64,
} from '@varve/codec'
import { getNumber, putNumber } from './words.ts'

/** What a checkpoint file consists of: a header, chunks of state, one end record. `docs/FORMAT.md` has the bytes. */

/** Bytes of state in every chunk but the last, which has 1 to so many. */
export const chunkBytes = 65_536

/** Types of the records of a checkpoint file. */
export const recordType = { chunk: 0, end: 1 } as const

/**
 * The header is the same for every state at that record of that log, the salt included: equal states make equal files,
 * which can be compared and copied without being read.
 */
export function checkpointHeader(logId: Uint8Array<ArrayBuffer>, sequence: number): FileHeader {
  return {
    kind: fileKind.checkpoint,
    checksum: checksumId.xxh64,
    logId,
    salt: saltOf(logId, sequence),
    // The log goes on with this record behind the checkpoint.
    firstSequence: sequence + 1,
    lastTimestamp: 0,
    segmentIndex: 0,
    blockBytes: blockBytesMin,
    capacity: capacityBytesMax,
    chain: { low: 0, high: 0 },
    epoch: 0,
    bornEnd: 0,
    cut: 0,
  }
}

function saltOf(logId: Uint8Array, sequence: number): Word64 {
  const bytes = new Uint8Array(24)
  bytes.set(logId)
  putNumber(viewOf(bytes), 16, sequence)
  return xxh64(bytes)
}

/** Advances the digest of a state by one chunk, of which `frameHeader` has the 40 bytes: it holds the checksum. */
export function foldDigest(digest: Word64, frameHeader: Uint8Array): Word64 {
  return xxh64(frameHeader, digest)
}

/** What the end record says: without it a checkpoint is none. */
export interface EndRecord {
  readonly sequence: number
  /** Length of the state. */
  readonly bytes: number
  readonly chunks: number
  readonly digest: Word64
}

export const endRecordBytes = 32

export function encodeEnd(end: EndRecord): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(endRecordBytes)
  const view = viewOf(bytes)
  putNumber(view, 0, end.sequence)
  putNumber(view, 8, end.bytes)
  putNumber(view, 16, end.chunks)
  bytes.set(wordToBytes(end.digest), 24)
  return bytes
}

/** Undefined when it does not have the size of one. What it says is for the reader to compare. */
export function decodeEnd(bytes: Uint8Array): EndRecord | undefined {
  if (bytes.length !== endRecordBytes) return undefined
  const view = viewOf(bytes)
  const [sequence, length, chunks] = [getNumber(view, 0), getNumber(view, 8), getNumber(view, 16)]
  return { sequence, bytes: length, chunks, digest: wordFromBytes(bytes, 24) }
}
