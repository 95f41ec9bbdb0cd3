import type { Word64 } from './kernel.ts'
import type { ChecksumId } from './layout.ts'

/** A record to be encoded. */
export interface RecordInput {
  /** Up to `recordBytesMax` bytes, opaque to varve. Copied before the call returns. */
  readonly payload: Uint8Array
  /** From 1. Records of one file count up without gaps. */
  readonly sequence?: number | undefined
  /** A safe integer from 0 that never decreases within a file; its meaning is the caller's. */
  readonly timestamp?: number | undefined
  /** The caller's own type, from 0 to 65,535. 0 unless given. */
  readonly type?: number | undefined
  /** Whether more records of the same batch follow. */
  readonly batchContinues?: boolean | undefined
}

/** A record whose header and payload verified. */
export interface DecodedRecord {
  readonly sequence: number
  readonly timestamp: number
  /** The caller's own type or, of a control record, a `controlType`. */
  readonly type: number
  /** In a buffer of its own: it stays valid for ever and may be changed. */
  readonly payload: Uint8Array<ArrayBuffer>
  /** Whether it belongs to the log itself rather than to the caller. */
  readonly control: boolean
  readonly batchContinues: boolean
  /** Offset in the file below which all was durable when this record was written; 0 claims nothing. */
  readonly durableEnd: number
}

/** What binds a frame to its place: a frame verifies only with the values that it was encoded with. */
export interface FramePlace {
  /** The salt of the file or stream. Zero unless given. */
  readonly salt?: Word64 | undefined
  /** Offset of the frame in its file or stream, a multiple of eight. 0 unless given. */
  readonly position?: number | undefined
  /** XXH64 unless given. */
  readonly checksum?: ChecksumId | undefined
}

/** A whole, valid record. The next frame begins at `position + frameBytes`. */
export interface RecordResult {
  readonly kind: 'record'
  readonly record: DecodedRecord
  readonly position: number
  readonly frameBytes: number
}

/** Nothing wrong so far, but the bytes end. */
export interface IncompleteResult {
  readonly kind: 'incomplete'
  readonly position: number
  /** How many bytes, counted from `position`, are needed to get further. Never above what the limits allow. */
  readonly needed: number
  readonly message: string
}

/** These bytes are not what was written here. */
export interface InvalidResult {
  readonly kind: 'invalid'
  readonly position: number
  /**
   * - `file-header`: the block of the file header does not verify as a whole.
   * - `header`: the frame header does not verify at this position with this salt.
   * - `payload`: the frame header verified, the payload or the zeros behind it did not.
   * - `order`: the frame verified in itself, but cannot follow the one before it.
   * - `limit`: the frame reaches beyond the capacity of its file.
   */
  readonly reason: 'file-header' | 'header' | 'payload' | 'order' | 'limit'
  readonly message: string
}

/** The bytes begin with no file header, or with one of another kind. */
export interface NotALogResult {
  readonly kind: 'not-a-log'
  readonly position: number
  readonly message: string
}

/** Intact, but with a version, flags or features that this code does not know. */
export interface UnsupportedResult {
  readonly kind: 'unsupported'
  readonly position: number
  readonly message: string
}

/** The header verified and announces a payload above the limit given. Nothing was allocated for it. */
export interface TooLargeResult {
  readonly kind: 'too-large'
  readonly position: number
  readonly payloadBytes: number
  readonly maxRecordBytes: number
  readonly message: string
}

/** Why decoding cannot go on. `message` is for people, `position` is in bytes of the file or stream. */
export type DecodeFailure = InvalidResult | NotALogResult | UnsupportedResult | TooLargeResult

/** What bytes turned out to be. Bytes are never a reason to throw. */
export type DecodeResult = RecordResult | IncompleteResult | DecodeFailure

/** The largest payload that can be encoded or decoded at once, in bytes: just below 1 GiB. */
export const recordBytesMax: number = 2 ** 30 - 64
/** The limit of `maxRecordBytes` unless another is given: 16 MiB. */
export const maxRecordBytesDefault: number = 2 ** 24
