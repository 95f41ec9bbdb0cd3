import {
  controlType,
  createFrameFields,
  decodeFileHeader,
  fileHeaderBytes,
  frameAlignment,
  frameHeaderBytes,
  readFrame,
  sameWord,
  scanStop,
  VarveError,
  viewOf,
  type FileHeader,
  type Kernel,
} from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import { encodeTrailer, trailerBytes } from '../format/trailer.ts'
import { corrupt, describeStop, unsupportedFrame } from '../read/errors.ts'
import { FrameReader, startOfFile } from '../read/frame-reader.ts'
import type { Lease } from '../read/leases.ts'
import { readBytes } from '../read/read-bytes.ts'
import type { LogView } from '../read/view.ts'
import type { Segment } from '../segment.ts'
import type { StreamChunk, StreamStart } from './position.ts'
import { behind, checkDigest, checkLife, checkLog, checkStart, diverged, positionOf } from './position.ts'

/** The file that is being streamed. */
interface Streamed {
  readonly name: string
  readonly header: FileHeader
  readonly file: LogFile
  readonly reader: FrameReader
  isHeaderSent: boolean
  /** Everything of the file was sent. */
  isDone: boolean
}

/**
 * The durable bytes of a log in order, a piece at a time, each verified. It knows frames and nothing of what they hold.
 * From its first piece until it is closed it holds the segment where it stands, and all behind it, from being removed.
 */
export class ByteSource {
  readonly #view: LogView
  #kernel: Kernel | undefined
  #start: StreamStart | undefined
  #streamed: Streamed | undefined
  #lease: Lease | undefined

  constructor(view: LogView, start?: StreamStart) {
    if (start !== undefined) checkStart(start)
    this.#view = view
    this.#start = start
  }

  /** The next piece; undefined when there is none yet. */
  *next(): Procedure<StreamChunk | undefined> {
    for (;;) {
      this.#streamed ??= yield* this.#enter()
      const streamed = this.#streamed
      if (streamed === undefined) return undefined
      const { segmentIndex } = streamed.header
      const segment = this.#view.segments.find(({ index }) => index === segmentIndex)
      if (segment === undefined) {
        // Somebody else removed it. Whether anything of it is missed shows when the place is looked for again.
        yield* this.leave()
        continue
      }
      const chunk = yield* this.#pieceOf(segment, streamed)
      if (chunk !== undefined) return chunk
      if (!streamed.isDone) return undefined
      yield* this.leave({ segment: segmentIndex + 1, offset: 0 })
    }
  }

  /** Gives the file back, to go on at `start`, or else where it stands. */
  *leave(start?: StreamStart): Procedure<void> {
    const streamed = this.#streamed
    if (streamed === undefined) return
    this.#streamed = undefined
    this.#start = start ?? placeOf(streamed)
    yield* io(`close ${streamed.name}`, () => streamed.file.close())
  }

  /** Where it stands, for whoever wants to know if it has moved. */
  get place(): string {
    const { segment, offset } = this.#streamed === undefined ? (this.#start ?? nowhere) : placeOf(this.#streamed)
    return `${segment}:${offset}`
  }

  *close(): Procedure<void> {
    try {
      yield* this.leave()
    } finally {
      if (this.#lease !== undefined) this.#view.leases.end(this.#lease)
      if (this.#kernel !== undefined) this.#view.buffers.give(this.#kernel)
      this.#kernel = undefined
    }
  }

  /** Opens the file that `#start` lies in, and verifies it up to there; undefined if it is not there yet. */
  *#enter(): Procedure<Streamed | undefined> {
    const { segments, storage, leases } = this.#view
    const oldest = segments[0]
    const start = this.#start ?? (oldest && { segment: oldest.index, offset: 0 })
    if (start === undefined) return undefined
    this.#start = start
    const segment = segments.find(({ index }) => index === start.segment)
    if (segment === undefined) {
      if (oldest !== undefined) checkLog(start, oldest.header)
      if (oldest === undefined || !isJustBefore(start, oldest)) {
        this.#checkNotYet(start)
        return undefined
      }
      this.#start = { segment: oldest.index, offset: 0 }
      return yield* this.#enter()
    }
    const { name, header, index, state } = segment
    checkLife(start, header)
    if (state === 'sealed' && start.offset === header.capacity) {
      // All of a sealed file is had: the next one says whether it is the same.
      const { logId, digest } = start
      this.#start = { segment: index + 1, offset: 0, ...(logId && { logId }), ...(digest && { digest }) }
      return yield* this.#enter()
    }
    this.#lease ??= leases.take(index)
    this.#lease.index = index
    const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
    this.#kernel ??= this.#view.buffers.take()
    const reader = new FrameReader(file, name, header, startOfFile(header, header.blockBytes), this.#kernel)
    const streamed = { name, header, file, reader, isHeaderSent: start.offset > 0, isDone: false }
    try {
      if (start.offset > 0) yield* this.#passTo(start, segment, streamed)
      // With a cut, what its owner has may go beyond what the segment goes on behind.
      else if (header.cut === 0) checkDigest(start, header.chain)
    } catch (error) {
      yield* afterFailure(() => io(`close ${name}`, () => file.close()))
      throw error
    }
    return streamed
  }

  /** Returns only if the segment is the one that comes next. */
  #checkNotYet(start: StreamStart): void {
    const { segments, firstSequence } = this.#view
    const { segment } = start
    const [oldest] = segments
    const newest = segments.at(-1)
    if (oldest !== undefined && segment < oldest.index) {
      const message = `segment ${segment} was reclaimed; begin a new copy, from segment ${oldest.index} on`
      throw new VarveError('RECLAIMED', message, { segment, oldestSegment: oldest.index, floor: firstSequence })
    }
    if (newest !== undefined && segment === newest.index + 1 && start.offset === 0) return
    throw diverged(start, 'the log has no such segment')
  }

  /** Reads up to the place that was asked for: whoever has everything before it has the same bytes. */
  *#passTo(start: StreamStart, segment: Segment, streamed: Streamed): Procedure<void> {
    const { header, state, end } = segment
    const { reader } = streamed
    const { offset } = start
    if (state === 'cut' && offset > end) {
      if (offset > header.capacity || offset % frameAlignment !== 0) throw diverged(start, 'no frame begins there')
      // What stands above a cut is void here. Whether it is the same as what replaced it, its owner has to compare.
      streamed.isDone = true
      return
    }
    const limit = state === 'active' ? this.#view.durableEnd : header.capacity - trailerBytes
    if (offset > limit) throw diverged(start, 'the log ends before')
    reader.extend(offset)
    while ((yield* reader.next()) !== undefined) yield* this.#view.runtime.turn()
    const { position, lastControl, chainLow: low, chainHigh: high } = reader.state
    if (position !== offset) {
      // Whatever frame begins at `position`, the place lies inside of it; or there can be none behind a SEAL.
      const isInside = offset - position < frameHeaderBytes || reader.stop === scanStop.limit
      if (isInside || lastControl === controlType.seal) throw diverged(start, 'no frame begins there')
      throw this.#damage(segment, reader)
    }
    checkDigest(start, { low, high })
  }

  *#pieceOf(segment: Segment, streamed: Streamed): Procedure<StreamChunk | undefined> {
    if (streamed.isDone) return undefined
    if (!streamed.isHeaderSent) return yield* this.#header(segment, streamed)
    const { reader } = streamed
    const isActive = segment.state === 'active'
    const end = isActive ? this.#view.durableEnd : segment.end
    if (reader.state.position < end) return yield* this.#frames(segment, streamed, end)
    if (isActive) return undefined
    if (segment.state === 'sealed' && reader.state.lastControl !== controlType.seal) {
      return yield* this.#frames(segment, streamed, segment.header.capacity - trailerBytes)
    }
    const trailer = segment.state === 'sealed' ? yield* this.#trailer(segment, streamed) : undefined
    streamed.isDone = true
    return trailer
  }

  *#header({ name, header }: Segment, streamed: Streamed): Procedure<StreamChunk> {
    const bytes = new Uint8Array(header.blockBytes)
    yield* readBytes(streamed.file, name, bytes, 0)
    const result = decodeFileHeader(bytes)
    const isHeader = result.kind === 'header' && sameWord(result.header.salt, header.salt)
    if (!isHeader || bytes.subarray(fileHeaderBytes).some((byte) => byte !== 0)) {
      const position = isHeader ? fileHeaderBytes : 0
      const evidence = isHeader ? 'the rest of the header block is not zeros' : 'the header does not verify any more'
      throw corrupt({ file: name, position, row: 'reading', evidence, firstSequence: header.firstSequence })
    }
    streamed.isHeaderSent = true
    return { from: positionOf(header, 0, header.chain), to: positionOf(header, bytes.length, header.chain), bytes }
  }

  *#frames(segment: Segment, { reader }: Streamed, end: number): Procedure<StreamChunk> {
    const { header } = segment
    if (reader.stop !== undefined || reader.state.limit !== end) reader.extend(end)
    const { position, chainLow: low, chainHigh: high } = reader.state
    const run = yield* reader.next()
    if (run === undefined) throw this.#damage(segment, reader)
    const { state } = reader
    return {
      from: positionOf(header, position, { low, high }),
      to: positionOf(header, state.position, { low: state.chainLow, high: state.chainHigh }),
      bytes: run.kernel.memory.slice(run.start, run.end),
    }
  }

  /**
   * The last bytes of a sealed segment; what stands between them and the SEAL is zeros. They follow from the SEAL, so
   * that one which was damaged, and harmed nobody, is whole in the copy.
   */
  *#trailer({ name, header, end: sealOffset }: Segment, { file, reader }: Streamed): Procedure<StreamChunk> {
    const seal = new Uint8Array(frameHeaderBytes)
    yield* readBytes(file, name, seal, sealOffset)
    const { payloadBytes: sealPayloadBytes } = readFrame(viewOf(seal), 0, createFrameFields())
    const bytes = encodeTrailer({ sealOffset, sealPayloadBytes }, header.salt)
    const { chainLow: low, chainHigh: high } = reader.state
    const digest = { low, high }
    return { from: positionOf(header, header.capacity - trailerBytes, digest), to: behind(header, digest), bytes }
  }

  #damage({ name, lastSequence }: Segment, { state, stop }: FrameReader): VarveError {
    const { position } = state
    if (stop === scanStop.unsupported) return unsupportedFrame(name, position)
    const evidence = describeStop(stop ?? scanStop.header)
    return corrupt({
      file: name,
      position,
      row: 'reading',
      evidence,
      firstSequence: state.lastSequence + 1,
      lastSequence,
    })
  }
}

/**
 * Whether everything was had of the segment before, which was reclaimed: the oldest one that is left says where it was
 * cut. Whether what stood above the cut is the same as what replaced it, its owner has to compare.
 */
function isJustBefore(start: StreamStart, { index, header }: Segment): boolean {
  return start.segment === index - 1 && header.cut > 0 && start.offset >= header.cut
}

const nowhere: StreamStart = { segment: 0, offset: 0 }

/** Where it stands. */
function placeOf({ header, reader, isHeaderSent, isDone }: Streamed): StreamStart {
  const { position, chainLow: low, chainHigh: high } = reader.state
  const offset = isHeaderSent ? position : 0
  return positionOf(header, isDone ? header.capacity : offset, { low, high })
}
