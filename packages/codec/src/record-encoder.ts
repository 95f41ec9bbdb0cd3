import { checkInteger } from './check.ts'
import { checkPlace, checkRecord, encodeRecord } from './encode-record.ts'
import { VarveError } from './errors.ts'
import { encodeFileHeader } from './file-header.ts'
import type { Word64 } from './kernel.ts'
import {
  blockBytesMin,
  capacityBytesMax,
  type ChecksumId,
  checksumId,
  fileKind,
  frameBytes,
  sequenceMax,
} from './layout.ts'
import { randomBytes } from './platform.ts'
import { type RecordInput, recordBytesMax } from './record.ts'
import { wordFromBytes, zeroWord } from './word.ts'

/** What a {@link RecordEncoder} writes. */
export interface RecordEncoderOptions {
  /** Whether a file header comes first, so that a decoder needs to be told nothing. `true` unless given. */
  readonly header?: boolean | undefined
  /** With a header random unless given, without one zero: then the decoder must be told. */
  readonly salt?: Word64 | undefined
  /** 16 bytes for the header. Random unless given. */
  readonly logId?: Uint8Array<ArrayBuffer> | undefined
  /** XXH64 unless given. */
  readonly checksum?: ChecksumId | undefined
  /** Sequence number of the first record. 1 unless given. */
  readonly firstSequence?: number | undefined
  /** The timestamp that records repeat until one is given, and may not go below. 0 unless given. */
  readonly lastTimestamp?: number | undefined
  /** The largest payload accepted, in bytes. `recordBytesMax` unless given. */
  readonly maxRecordBytes?: number | undefined
  /** With a header: the size that the stream will not exceed, in bytes, a multiple of eight. 32 GiB unless given. */
  readonly capacity?: number | undefined
}

/**
 * Encodes a stream of frames: keeps their position, sequence and timestamp. Write `header` first.
 *
 * @example
 * const encoder = new RecordEncoder()
 * socket.write(encoder.header)
 * socket.write(encoder.encode(new Uint8Array([1, 2, 3])))
 */
export class RecordEncoder {
  /** The bytes that come first: a file header of 128 bytes or, without one, none. */
  readonly header: Uint8Array<ArrayBuffer>
  readonly #salt: Word64
  readonly #checksum: ChecksumId
  readonly #maxRecordBytes: number
  readonly #capacity: number
  #position: number
  #lastSequence: number
  #lastTimestamp: number

  /** Throws `INVALID_ARGUMENT` for options out of range, `UNSUPPORTED` where nothing random is to be had. */
  constructor(options: RecordEncoderOptions = {}) {
    const { header = true, firstSequence = 1, lastTimestamp = 0, maxRecordBytes = recordBytesMax } = options
    checkPlace(options)
    checkInteger('firstSequence', firstSequence, 1, sequenceMax)
    checkInteger('lastTimestamp', lastTimestamp, 0, sequenceMax)
    checkInteger('maxRecordBytes', maxRecordBytes, 0, recordBytesMax)
    this.#salt = options.salt ?? (header ? wordFromBytes(randomBytes(8)) : zeroWord)
    this.#checksum = options.checksum ?? checksumId.xxh64
    this.#maxRecordBytes = maxRecordBytes
    this.#capacity = header ? (options.capacity ?? capacityBytesMax) : Number.MAX_SAFE_INTEGER
    this.#lastSequence = firstSequence - 1
    this.#lastTimestamp = lastTimestamp
    this.header = header ? this.#encodeHeader(options.logId ?? randomBytes(16)) : new Uint8Array()
    this.#position = this.header.length
  }

  /** Offset of the next frame, counted from the first byte of the header, in bytes. */
  get position(): number {
    return this.#position
  }

  /** Sequence number of the last record, or of the one before the first. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  /**
   * The frame of the next record, given as bytes or with its type and timestamp. The payload is copied.
   *
   * Throws `INVALID_ARGUMENT` when a sequence is given that is not the next or a timestamp that is lower than the last,
   * `RECORD_TOO_LARGE` for a payload above the limit or a stream that would exceed its capacity. It then changes
   * nothing.
   */
  encode(input: Uint8Array | RecordInput): Uint8Array<ArrayBuffer> {
    const record = input instanceof Uint8Array ? { payload: input } : input
    checkRecord(record, this.#maxRecordBytes)
    const next = this.#lastSequence + 1
    const { sequence = next, timestamp = this.#lastTimestamp } = record
    checkInteger('sequence', sequence, next, next)
    checkInteger('timestamp', timestamp, this.#lastTimestamp, sequenceMax)
    const end = this.#position + frameBytes(record.payload.length)
    if (end > this.#capacity) {
      const context = { position: this.#position, capacity: this.#capacity }
      throw new VarveError('RECORD_TOO_LARGE', 'the stream is full, begin another one', context)
    }
    const place = { salt: this.#salt, position: this.#position, checksum: this.#checksum }
    const frame = encodeRecord({ ...record, sequence, timestamp }, place)
    this.#position = end
    this.#lastSequence = sequence
    this.#lastTimestamp = timestamp
    return frame
  }

  #encodeHeader(logId: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return encodeFileHeader({
      kind: fileKind.recordFile,
      checksum: this.#checksum,
      logId,
      salt: this.#salt,
      firstSequence: this.#lastSequence + 1,
      lastTimestamp: this.#lastTimestamp,
      segmentIndex: 0,
      blockBytes: blockBytesMin,
      capacity: this.#capacity,
      chain: zeroWord,
      epoch: 0,
      bornEnd: 0,
      cut: 0,
    })
  }
}
