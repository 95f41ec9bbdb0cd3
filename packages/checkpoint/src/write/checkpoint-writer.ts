import {
  createKernel,
  encodeFileHeader,
  frameBytes,
  frameHeaderBytes,
  VarveError,
  type FileHeader,
  type Kernel,
  type Word64,
} from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { chunkBytes, encodeEnd, endRecordBytes, foldDigest, recordType, type EndRecord } from '../format/file.ts'

/** Writes one checkpoint file from its first byte to its last. Its memory is one chunk, whatever the state is. */
export class CheckpointWriter {
  /** Where the next frame goes: the bytes written so far. */
  position = 0
  readonly #file: LogFile
  readonly #name: string
  readonly #header: FileHeader
  readonly #kernel: Kernel = createKernel(frameBytes(chunkBytes))
  /** Bytes of state in the chunk that is being filled. */
  #filled = 0
  #bytes = 0
  #chunks = 0
  #digest: Word64

  /** `header` says where the file may end. */
  constructor(file: LogFile, name: string, header: FileHeader) {
    this.#file = file
    this.#name = name
    this.#header = header
    this.#digest = header.salt
    this.#kernel.use(header)
  }

  /** Writes the header block. */
  *begin(): Procedure<void> {
    yield* this.#write(encodeFileHeader(this.#header))
  }

  /** Takes the next piece of the state. Chunks have their size, however the state is cut. */
  *take(piece: Uint8Array): Procedure<void> {
    for (let taken = 0; taken < piece.length; ) {
      const part = piece.subarray(taken, taken + chunkBytes - this.#filled)
      this.#kernel.memory.set(part, frameHeaderBytes + this.#filled)
      this.#filled += part.length
      taken += part.length
      if (this.#filled === chunkBytes) yield* this.#endChunk()
    }
  }

  /** Writes what is left, and the end record that makes the file a checkpoint. */
  *finish(): Procedure<EndRecord> {
    if (this.#filled > 0) yield* this.#endChunk()
    const { firstSequence } = this.#header
    const end = { sequence: firstSequence - 1, bytes: this.#bytes, chunks: this.#chunks, digest: this.#digest }
    this.#kernel.memory.set(encodeEnd(end), frameHeaderBytes)
    yield* this.#frame(endRecordBytes, recordType.end)
    return end
  }

  *#endChunk(): Procedure<void> {
    const { position } = this
    const size = frameBytes(this.#filled)
    // A state that does not fit is found out before anything of it lies where the end record must go.
    if (position + size + frameBytes(endRecordBytes) > this.#header.capacity) throw this.#tooLarge()
    yield* this.#frame(this.#filled, recordType.chunk)
    this.#digest = foldDigest(this.#digest, this.#kernel.memory.subarray(0, frameHeaderBytes))
    this.#bytes += this.#filled
    this.#chunks += 1
    this.#filled = 0
  }

  /** Frames the first `payloadBytes` behind the room for a frame header, and writes them. */
  *#frame(payloadBytes: number, type: number): Procedure<void> {
    const sequence = this.#header.firstSequence + this.#chunks
    const size = this.#kernel.stage(0, payloadBytes, sequence, 0, type, 0)
    // Nothing is claimed to be durable: a checkpoint is valid as a whole or not at all.
    this.#kernel.seal(0, size, this.position, 0, { low: 0, high: 0 })
    yield* this.#write(this.#kernel.memory.subarray(0, size))
  }

  *#write(bytes: Uint8Array<ArrayBuffer>): Procedure<void> {
    const { position } = this
    yield* io(`write ${this.#name} at ${position}`, () => this.#file.write(bytes, position))
    this.position = position + bytes.length
  }

  #tooLarge(): VarveError {
    const { capacity } = this.#header
    return new VarveError(
      'RECORD_TOO_LARGE',
      `a checkpoint takes at most ${capacity} bytes, and this state does not fit; make it smaller`,
      { file: this.#name, capacity },
    )
  }
}
