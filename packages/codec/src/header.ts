import type { Word64 } from './kernel.ts'
import type { ChecksumId, FileKind } from './layout.ts'

/** The header of a file: who wrote it, where it belongs, and what seeds its checksums. */
export interface FileHeader {
  readonly kind: FileKind
  readonly checksum: ChecksumId
  /** 16 random bytes, the same in every file of a log. */
  readonly logId: Uint8Array<ArrayBuffer>
  /** Random for every life of the file. */
  readonly salt: Word64
  /** Sequence number of the first record that this file holds or will hold, from 1. */
  readonly firstSequence: number
  /** Timestamp of the last record before this file; 0 in the first. */
  readonly lastTimestamp: number
  /** Segment index from 1; 0 in other kinds. */
  readonly segmentIndex: number
  /** A power of two from 128 to 65,536. The header fills one block. */
  readonly blockBytes: number
  /** The size that the file will not exceed, in bytes, a multiple of eight. */
  readonly capacity: number
  /** Chain digest over all frames before this file. */
  readonly chain: Word64
  /** Generation of the lock that its writer held. */
  readonly epoch: number
  /** In bytes: everything below it was durable before the file got its name. */
  readonly bornEnd: number
  /** In bytes: where the predecessor ends when it was not sealed; 0 when it was, or when there is none. */
  readonly cut: number
}
