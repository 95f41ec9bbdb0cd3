import type { ChecksumId } from './layout.ts'

/** 64 bits as two unsigned 32-bit halves: salts, checksums and chain digests never become a BigInt. */
export interface Word64 {
  readonly low: number
  readonly high: number
}

/** What binds frames to one life of one file. */
export interface FileLife {
  readonly checksum: ChecksumId
  readonly salt: Word64
}

/** Why a scan stopped. */
export const scanStop = {
  /** All bytes given were whole, valid frames. */
  end: 0,
  /** The last frame continues beyond the bytes given; its header verified, or is not whole yet. */
  partial: 1,
  /** The header checksum does not match. Zeros look like this as well. */
  header: 2,
  /** The header verified, the payload checksum or the zeros behind the payload did not. */
  payload: 3,
  /** The header verified and carries a version, flags or control type that this code does not know. */
  unsupported: 4,
  /** The header verified, but the frame cannot follow the one before it: sequence, timestamp, batch or durable end. */
  order: 5,
  /** The header verified, but the frame would reach beyond the limit of the file. */
  limit: 6,
} as const
export type ScanStop = (typeof scanStop)[keyof typeof scanStop]

/**
 * The state of a scan, read and advanced by {@link Kernel.scan}. One object serves a whole file: the caller sets it
 * up once and feeds consecutive bytes.
 */
export interface ScanState {
  /** Offset in the file of the next frame. */
  position: number
  /** Offset in the file where a next frame may go: behind the last whole batch or single frame, in front of a MARK. */
  unitPosition: number
  /** Frames must end at or before this offset of the file. */
  limit: number
  /** Sequence number of the last record; the next one must follow it. */
  lastSequence: number
  /** Timestamp of the last frame; the next one must not be lower. */
  lastTimestamp: number
  /** Whether the last frame promised more of its batch. */
  insideBatch: boolean
  /** Type of the last frame if it was a control record, else 0. Nothing may follow a SEAL or a MARK. */
  lastControl: number
  /** Records and frames verified so far. */
  records: number
  frames: number
  /** The highest durable end that a verified frame header claimed, in bytes of the file. */
  durableEnd: number
  /** Chain digest over all frames so far but SEAL and MARK. */
  chainLow: number
  chainHigh: number
  /** On `partial`: the bytes that the frame at `position` needs in all; 0 while its header is not whole. */
  needed: number
}

/**
 * The inner loops, over one block of memory. Offsets are in that memory unless they are called positions, which are
 * in the file. A kernel is not shared between a writer and readers, and holds no state between calls but its life.
 *
 * The portable implementation is the reference; every other one must agree with it on every input.
 */
export interface Kernel {
  readonly name: 'portable' | 'webassembly'
  /** Fixed for the life of the kernel: it never grows, moves or is replaced. */
  readonly memory: Uint8Array<ArrayBuffer>
  /** Chooses the checksum and salt for all that follows. */
  use(life: FileLife): void
  /**
   * Writes the raw fields of a frame header at `offset`, with no checksums and no durable end, and the zeros behind
   * the payload, which stands (or will stand, before `seal`) at `offset + 40`. Returns the size of the frame.
   */
  stage(
    offset: number,
    payloadBytes: number,
    sequence: number,
    timestamp: number,
    type: number,
    flags: number,
  ): number
  /**
   * Completes all staged frames in `[offset, end)`: durable end, payload checksum, header checksum, chain digest.
   * The first of them will stand at `position` of the file. `durableEnd` is in bytes, a multiple of eight.
   * `chain` is read and advanced. Returns the number of frames.
   */
  seal(offset: number, end: number, position: number, durableEnd: number, chain: MutableWord64): number
  /**
   * Verifies consecutive frames in `[offset, end)`, the first of which stands at `state.position`, and advances
   * `state` frame by frame. The bytes that were verified are `state.position` afterwards minus before.
   */
  scan(offset: number, end: number, state: ScanState): ScanStop
  /**
   * Looks at every eighth byte of `[offset, end)` for a frame header that verifies at its place, whose version, flags
   * and control type are known, and whose durable end is at or before its own position. `position` is that of
   * `offset` in the file. Returns the offset of the first one found, or -1. A header that is cut off by `end` is not
   * looked at.
   */
  probe(offset: number, end: number, position: number): number
}

/** A {@link Word64} that is advanced in place. */
export interface MutableWord64 {
  low: number
  high: number
}
