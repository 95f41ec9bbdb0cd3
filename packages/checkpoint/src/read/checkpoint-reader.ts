import {
  createFrameFields,
  createKernel,
  createScanState,
  decodeFileHeader,
  fileHeaderBytes,
  fileKind,
  frameBytes,
  frameHeaderBytes,
  readFrame,
  sameWord,
  scanStop,
  viewOf,
  type FileHeader,
  type FrameFields,
  type Kernel,
  type ScanState,
  type ScanStop,
  type Word64,
} from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { damagedFile, foreignFile, unsupportedFile, type CheckpointPart } from '../errors.ts'
import { checkpointHeader, chunkBytes, decodeEnd, foldDigest, recordType, type EndRecord } from '../format/file.ts'
import { readFully } from './read-fully.ts'

/** Which checkpoint is read. */
export interface CheckpointPlace {
  readonly name: string
  readonly sequence: number
  /** The 16 bytes that all files of the log share. */
  readonly logId: Uint8Array<ArrayBuffer>
}

const stopTexts: Readonly<Record<ScanStop, string>> = {
  [scanStop.end]: 'there is nothing behind the last chunk',
  [scanStop.partial]: 'a frame is cut off by the end of the file',
  [scanStop.header]: 'no frame header verifies here',
  [scanStop.payload]: 'the payload does not match its checksum',
  [scanStop.unsupported]: 'a frame of unknown version, flags or control type',
  [scanStop.order]: 'a frame that cannot follow the one before it',
  [scanStop.limit]: 'a frame that reaches beyond the limit of the file',
}

/** Reads the chunks of one checkpoint file, each of which has verified when it is handed out. One buffer is enough. */
export class CheckpointReader {
  /** Set behind the last chunk: the file is whole. */
  end: EndRecord | undefined
  readonly #file: LogFile
  readonly #place: CheckpointPlace
  readonly #size: number
  readonly #kernel: Kernel = createKernel(frameBytes(chunkBytes))
  readonly #fields: FrameFields = createFrameFields()
  readonly #state: ScanState
  #bytes = 0
  #chunks = 0
  #digest: Word64
  /** No chunk may follow a shorter one: the same state is cut in one way only. */
  #isLast = false

  constructor(file: LogFile, place: CheckpointPlace, size: number, header: FileHeader) {
    this.#file = file
    this.#place = place
    this.#size = size
    const { blockBytes: position, capacity: limit, firstSequence, lastTimestamp, chain, salt } = header
    this.#state = createScanState({ position, limit, lastSequence: firstSequence - 1, lastTimestamp, chain })
    this.#digest = salt
    this.#kernel.use(header)
  }

  /**
   * The next chunk, valid until the next call; undefined at the end, and only there is it certain that all of them
   * were whole. Then it is not asked again.
   *
   * @throws VarveError `CORRUPT`, `UNSUPPORTED_FORMAT`, `SHORT_READ`, `IO`
   */
  *next(): Procedure<Uint8Array<ArrayBuffer> | undefined> {
    const { position } = this.#state
    const payload = yield* this.#frame(position)
    const { type, flags } = this.#fields
    if (flags !== 0 || (type !== recordType.chunk && type !== recordType.end)) {
      throw unsupportedFile(this.#place.name, position, `a record of type ${type} with flags ${flags}`)
    }
    if (type === recordType.chunk) return this.#chunk(payload, position)
    this.end = this.#checkedEnd(payload, position)
    return undefined
  }

  /** Reads and verifies the frame at `position`; the payload stands in the memory of the kernel. */
  *#frame(position: number): Procedure<Uint8Array<ArrayBuffer>> {
    const { memory } = this.#kernel
    const there = Math.max(0, Math.min(frameBytes(chunkBytes), this.#size - position))
    yield* readFully(this.#file, this.#place.name, memory.subarray(0, there), position)
    if (there === 0) throw this.#damaged(position, 'frame', stopTexts[scanStop.end])
    if (there < frameHeaderBytes) throw this.#damaged(position, 'frame', stopTexts[scanStop.partial])
    const { payloadBytes } = readFrame(viewOf(memory), 0, this.#fields)
    // What lies behind this frame is the next one's affair.
    const stop = this.#kernel.scan(0, Math.min(there, frameBytes(payloadBytes)), this.#state)
    if (stop === scanStop.unsupported) throw unsupportedFile(this.#place.name, position, stopTexts[stop])
    if (stop !== scanStop.end) throw this.#damaged(position, 'frame', stopTexts[stop])
    return memory.subarray(frameHeaderBytes, frameHeaderBytes + payloadBytes)
  }

  #chunk(payload: Uint8Array<ArrayBuffer>, position: number): Uint8Array<ArrayBuffer> {
    const { length } = payload
    if (this.#isLast || length === 0) {
      throw this.#damaged(position, 'chunk', 'a chunk of another size than it should have')
    }
    this.#isLast = length < chunkBytes
    this.#digest = foldDigest(this.#digest, this.#kernel.memory.subarray(0, frameHeaderBytes))
    this.#bytes += length
    this.#chunks += 1
    return payload
  }

  #checkedEnd(payload: Uint8Array, position: number): EndRecord {
    const end = decodeEnd(payload)
    if (end === undefined) throw this.#damaged(position, 'end', 'an end record of another size')
    const { sequence, bytes, chunks, digest } = end
    if (sequence !== this.#place.sequence || bytes !== this.#bytes || chunks !== this.#chunks) {
      throw this.#damaged(position, 'end', 'the end record speaks of another state')
    }
    if (!sameWord(digest, this.#digest)) {
      throw this.#damaged(position, 'digest', 'the digest of the state does not match')
    }
    if (this.#state.position !== this.#size) {
      throw this.#damaged(this.#state.position, 'end', 'something stands behind the end record')
    }
    return end
  }

  #damaged(position: number, part: CheckpointPart, evidence: string): Error {
    return damagedFile(this.#place.name, position, part, evidence)
  }
}

/**
 * Begins to read a checkpoint file: reads its header, and whether it belongs to this log and this record.
 *
 * @throws VarveError `CORRUPT`, `FOREIGN_FILE`, `UNSUPPORTED_FORMAT`, `SHORT_READ`, `IO`
 */
export function* beginReading(file: LogFile, place: CheckpointPlace): Procedure<CheckpointReader> {
  const { name, sequence, logId } = place
  const size = yield* io(`size of ${name}`, () => file.size())
  const bytes = new Uint8Array(Math.min(size, fileHeaderBytes))
  yield* readFully(file, name, bytes, 0)
  const result = decodeFileHeader(bytes)
  if (result.kind === 'unsupported') {
    const { major, minor, requiredFeatures } = result
    throw unsupportedFile(name, 0, `format ${major}.${minor} with required features ${requiredFeatures}`)
  }
  if (result.kind === 'short') throw damagedFile(name, size, 'header', 'the file ends inside its header')
  if (result.kind === 'not-a-header') throw damagedFile(name, 0, 'header', result.reason)
  const { header } = result
  if (header.logId.some((byte, at) => byte !== logId[at])) throw foreignFile(name)
  const due = checkpointHeader(logId, sequence)
  const isDue = header.kind === fileKind.checkpoint && header.firstSequence === due.firstSequence
  if (!isDue || !sameWord(header.salt, due.salt)) {
    throw damagedFile(name, 0, 'header', 'the header is that of another file')
  }
  return new CheckpointReader(file, place, size, header)
}
