import { checkBytes, checkInteger, checkOneOf } from './check.ts'
import { ChunkBuffer } from './chunk-buffer.ts'
import { type FrameOrder, FrameReader } from './decode-frame.ts'
import { checkPlace } from './encode-record.ts'
import { VarveError } from './errors.ts'
import { incompleteHeader, readHeaderBlock } from './header-block.ts'
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
  readonly #buffer: ChunkBuffer = new ChunkBuffer(bufferBytes)
  #reader: FrameReader | undefined
  #readerMemory: Uint8Array | undefined
  #life: FileLife
  #header: FileHeader | undefined
  #state: ScanState
  /** Of the next frame; looser than asked for while nothing is known of what came before. */
  #order: FrameOrder
  #awaitsHeader: boolean
  #needed: number
  #failure: DecodeFailure | undefined
  #isFinished = false

  /** Throws `INVALID_ARGUMENT` for options out of range. */
  constructor(options: RecordDecoderOptions = {}) {
    checkOptions(options)
    const { header = true, order = 'strict', position = 0, firstSequence, salt = zeroWord } = options
    this.#options = options
    this.#life = { checksum: options.checksum ?? checksumId.xxh64, salt }
    this.#state = createScanState({
      position: header ? 0 : position,
      limit: Number.MAX_SAFE_INTEGER,
      lastSequence: (firstSequence ?? 1) - 1,
      lastTimestamp: 0,
      chain: zeroWord,
    })
    this.#order = firstSequence === undefined ? 'any' : order
    this.#awaitsHeader = header
    this.#needed = header ? fileHeaderBytes : frameHeaderBytes
  }

  /** Offset in the file or stream of the next frame, in bytes: everything before it was decoded. */
  get position(): number {
    return this.#state.position
  }

  /** The file header, as soon as it was decoded. */
  get header(): FileHeader | undefined {
    return this.#header
  }

  /** Whether the bytes so far end inside a frame or the file header. */
  get insideFrame(): boolean {
    return this.#buffer.length > 0
  }

  /** Whether the last record promised more of its batch. */
  get insideBatch(): boolean {
    return this.#state.insideBatch
  }

  /**
   * Takes the next bytes and returns the records that they complete, in order; a failure comes last and is returned by
   * every call after it. `chunk` may be used again when the call returns.
   *
   * Throws `CLOSED` after `finish` and `INVALID_ARGUMENT` unless `chunk` is bytes.
   */
  push(chunk: Uint8Array): readonly DecoderResult[] {
    checkBytes('chunk', chunk)
    if (this.#isFinished) throw new VarveError('CLOSED', 'the decoder was finished')
    const results: DecoderResult[] = []
    for (let taken = 0; taken < chunk.length && !this.#hasFailed(); ) {
      taken += this.#buffer.fill(chunk, taken, this.#needed)
      while (this.#buffer.length >= this.#needed && !this.#hasFailed()) this.#step(results)
    }
    if (this.#failure !== undefined) results.push(this.#failure)
    return results
  }

  /**
   * Says that no more bytes come. Returns `undefined` when they ended where a file may end, else what is missing or
   * why decoding had failed.
   */
  finish(): IncompleteResult | DecodeFailure | undefined {
    this.#isFinished = true
    if (this.#failure !== undefined) return this.#failure
    if (this.#awaitsHeader) return incompleteHeader(this.#needed)
    const { position } = this.#state
    const needed = this.#needed
    if (this.insideFrame) return { kind: 'incomplete', position, needed, message: 'the bytes end inside a frame' }
    if (this.insideBatch) return { kind: 'incomplete', position, needed, message: 'the bytes end inside a batch' }
    return undefined
  }

  #hasFailed(): boolean {
    return this.#failure !== undefined
  }

  #step(results: DecoderResult[]): void {
    if (this.#awaitsHeader) this.#readHeader()
    else this.#readFrame(results)
  }

  #readHeader(): void {
    const { memory, start, end } = this.#buffer
    const result = readHeaderBlock(memory.subarray(start, end), this.#options.kinds ?? [fileKind.recordFile])
    if (result.kind === 'incomplete') this.#needed = result.needed
    else if (result.kind === 'header') this.#begin(result.header)
    else this.#failure = result
  }

  #begin(header: FileHeader): void {
    const { blockBytes: position, capacity: limit, lastTimestamp, chain } = header
    this.#state = createScanState({ position, limit, lastSequence: header.firstSequence - 1, lastTimestamp, chain })
    this.#life = { checksum: header.checksum, salt: header.salt }
    this.#order = this.#options.order ?? 'strict'
    this.#header = header
    this.#buffer.start += position
    this.#needed = frameHeaderBytes
    this.#awaitsHeader = false
  }

  #readFrame(results: DecoderResult[]): void {
    const { start, end } = this.#buffer
    const result = this.#frameReader().read(start, end, this.#state, this.#order)
    if (result.kind === 'incomplete') this.#needed = result.needed
    else if (result.kind === 'record') {
      this.#buffer.start += result.frameBytes
      this.#needed = frameHeaderBytes
      this.#order = this.#options.order ?? 'strict'
      if (!result.record.control || this.#options.control === 'yield') results.push(result)
    } else this.#failure = result
  }

  /** A kernel is bound to its memory, which is another one whenever the buffer has grown. */
  #frameReader(): FrameReader {
    const { memory } = this.#buffer
    if (this.#reader !== undefined && this.#readerMemory === memory) return this.#reader
    const kernel = createPortableKernel(memory)
    kernel.use(this.#life)
    this.#readerMemory = memory
    this.#reader = new FrameReader(kernel, this.#options.maxRecordBytes ?? maxRecordBytesDefault)
    return this.#reader
  }
}

function checkOptions(options: RecordDecoderOptions): void {
  checkPlace(options)
  checkOneOf('order', options.order ?? 'strict', ['strict', 'any'])
  checkOneOf('control', options.control ?? 'skip', ['skip', 'yield'])
  checkInteger('maxRecordBytes', options.maxRecordBytes ?? 0, 0, recordBytesMax)
  checkInteger('firstSequence', options.firstSequence ?? 1, 1, sequenceMax)
}
