import { checkBytes, checkInteger, checkOneOf } from './check.ts'
import { ChunkBuffer } from './chunk-buffer.ts'
import { FrameReader, type FrameOrder } from './decode-frame.ts'
import { checkPlace } from './encode-record.ts'
import { VarveError } from './errors.ts'
import { type HeaderBlock, readHeaderBlock } from './header-block.ts'
import type { FileHeader } from './header.ts'
import type { FileLife, ScanState } from './kernel.ts'
import { checksumId, fileHeaderBytes, type FileKind, fileKind, frameHeaderBytes, sequenceMax } from './layout.ts'
import { createPortableKernel } from './portable-kernel.ts'
import {
  type DecodeFailure,
  type FramePlace,
  type IncompleteResult,
  maxRecordBytesDefault,
  recordBytesMax,
  type RecordResult,
} from './record.ts'
import { createScanState } from './scan-state.ts'
import { zeroWord } from './word.ts'

/** What a {@link RecordDecoder} expects. */
export interface RecordDecoderOptions extends FramePlace {
  /**
   * Whether a file header comes first, which then says salt, checksum and first sequence. `true` unless given; with
   * `false`, `salt`, `position` and `checksum` say what it would have said.
   */
  readonly header?: boolean | undefined
  /** The kinds of file accepted. Record files unless given. */
  readonly kinds?: readonly FileKind[] | undefined
  /** The largest payload accepted, in bytes. 16 MiB unless given. */
  readonly maxRecordBytes?: number | undefined
  /**
   * `strict`: sequence numbers count up without gaps, timestamps never decrease. `any`: they are taken as they come.
   * `strict` unless given.
   */
  readonly order?: FrameOrder | undefined
  /** With `strict` order and no file header: the first sequence number. Whatever comes first unless given. */
  readonly firstSequence?: number | undefined
  /** Whether control records are left out of the results (they are verified all the same). `skip` unless given. */
  readonly control?: 'skip' | 'yield' | undefined
}

/** What a decoder hands out: records until a failure, and then nothing but that. */
export type DecoderResult = RecordResult | DecodeFailure

/** Enough for several records of usual size. It grows up to one frame of `maxRecordBytes`. */
const bufferBytes = 16_384

/**
 * Decodes a stream of frames from chunks of any size. What it yields does not depend on how the bytes were cut.
 *
 * @example
 * const decoder = new RecordDecoder()
 * for (const chunk of chunks) {
 *   for (const result of decoder.push(chunk)) {
 *     if (result.kind !== 'record') throw decodeError(result)
 *     use(result.record)
 *   }
 * }
 * const end = decoder.finish()
 * if (end !== undefined) throw decodeError(end)
 */
export class RecordDecoder {
  readonly #options: RecordDecoderOptions
  readonly #maxRecordBytes: number
  readonly #buffer: ChunkBuffer = new ChunkBuffer(bufferBytes)
  #life: FileLife
  #reader: FrameReader
  #readerMemory: Uint8Array | undefined
  #header: FileHeader | undefined
  #state: ScanState
  #order: FrameOrder
  /** Bytes of the header block still to come; 0 behind it. */
  #headerNeeded: number
  #needed = frameHeaderBytes
  #failure: DecodeFailure | undefined
  #finished = false

  /** Throws `INVALID_ARGUMENT` for options out of range. */
  constructor(options: RecordDecoderOptions = {}) {
    void options
    throw new VarveError('UNSUPPORTED', 'draft')
  }
}
