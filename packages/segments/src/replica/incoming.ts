import {
  controlType,
  createPortableKernel,
  createScanState,
  decodeFileHeader,
  fileHeaderBytes,
  fileKind,
  scanStop,
  VarveError,
  wordToHex,
  type FileHeader,
  type ScanState,
} from '@varve/codec'
import { decodeFloor } from '../format/floor.ts'
import { decodeSeal } from '../format/seal.ts'
import { decodeTrailer, trailerBytes } from '../format/trailer.ts'
import { describeStop, unsupportedFrame } from '../read/errors.ts'
import { startOfFile } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import { newerFormat } from '../recover/survey.ts'
import { checkDigest, checkLife, type StreamChunk } from '../stream/position.ts'

/** How much of a segment has come, and what it says. Offsets in bytes. */
export interface Progress {
  /** Verified so far; its position is where the next frame goes. */
  readonly scan: ScanState
  /** Where the SEAL stands, once it has come. */
  readonly sealOffset: number | undefined
  /** The trailer has come: nothing more does. */
  readonly isWhole: boolean
  /** The highest floor that was stated so far. */
  readonly floor: number
}

export function beginningOf(header: FileHeader, floor: number): Progress {
  return { scan: createScanState(startOfFile(header, header.capacity)), sealOffset: undefined, isWhole: false, floor }
}

/**
 * Pieces travel, and not every program that passes them on was compiled against this.
 *
 * @throws VarveError `INVALID_ARGUMENT` for what is no piece of a stream.
 */
export function checkChunk(chunk: Partial<StreamChunk> | undefined): void {
  const { from, to, bytes } = chunk ?? {}
  const isPlace = Number.isSafeInteger(from?.segment) && Number.isSafeInteger(from?.offset)
  if (isPlace && typeof to?.digest === 'string' && bytes instanceof Uint8Array && bytes.length > 0) return
  throw new VarveError('INVALID_ARGUMENT', 'a replica takes the pieces that a stream gave, as they are')
}

/** The header that a piece at the beginning of a segment holds. */
export function headerIn({ from, bytes }: StreamChunk): FileHeader {
  const result = decodeFileHeader(bytes)
  if (result.kind === 'unsupported') throw newerFormat(`segment ${from.segment}`, result)
  if (result.kind !== 'header') throw spoilt(from, 'the header does not verify')
  const { header } = result
  const isBlock = bytes.length === header.blockBytes && bytes.subarray(fileHeaderBytes).every((byte) => byte === 0)
  const isSegment = header.kind === fileKind.segment && header.segmentIndex === from.segment
  // Opening a segment again insists on the last one.
  if (isBlock && isSegment && header.bornEnd >= header.blockBytes) return header
  throw spoilt(from, 'it is not the header block of the segment that it is said to be')
}

/** What has come when this piece has: every frame of it is verified. Nothing is changed. */
export function progressWith(chunk: StreamChunk, header: FileHeader, before: Progress): Progress {
  checkLife(chunk.from, header)
  return before.sealOffset === undefined ? withFrames(chunk, header, before) : withTrailer(chunk, header, before)
}

function withFrames({ from, to, bytes }: StreamChunk, header: FileHeader, before: Progress): Progress {
  checkContinues(from, before.scan.position)
  const { chainLow: low, chainHigh: high } = before.scan
  checkDigest(from, { low, high })
  const scan = { ...before.scan }
  const kernel = createPortableKernel(bytes)
  kernel.use(header)
  const stop = kernel.scan(0, bytes.length, scan)
  if (stop === scanStop.unsupported) throw unsupportedFrame(`segment ${from.segment}`, scan.position)
  const isWhole = stop === scanStop.end && scan.position === from.offset + bytes.length
  if (!isWhole) throw spoilt(from, `at byte ${scan.position}, ${describeStop(stop)}`)
  // It belongs to the file that it was written to: here it would claim what nobody knows.
  if (scan.lastControl === controlType.mark) throw spoilt(from, 'it holds a MARK')
  const isAll = to.digest === wordToHex({ low: scan.chainLow, high: scan.chainHigh })
  if (!isAll) throw spoilt(from, 'it does not end as the source says')
  const run = { kernel, start: 0, end: bytes.length, position: from.offset }
  return { scan, isWhole: false, ...statedBy(new FrameWalker(run), before.floor) }
}

/** Reads the control records, which are the log's own. */
function statedBy(walker: FrameWalker, before: number): Pick<Progress, 'sealOffset' | 'floor'> {
  let floor = before
  let sealOffset: number | undefined
  while (walker.next()) {
    if (!walker.isControl) continue
    const { type } = walker
    if (type === controlType.floor) floor = Math.max(floor, decodeFloor(walker.payload) ?? 0)
    if (type !== controlType.seal) continue
    sealOffset = walker.position
    floor = Math.max(floor, decodeSeal(walker.payload)?.floor ?? 0)
  }
  return { floor, sealOffset }
}

function withTrailer({ from, bytes }: StreamChunk, header: FileHeader, before: Progress): Progress {
  if (before.isWhole) throw outOfOrder(from.segment, from.offset, `segment ${from.segment} is complete`)
  checkContinues(from, header.capacity - trailerBytes)
  const isTrailer = bytes.length === trailerBytes
  const trailer = isTrailer ? decodeTrailer(new Uint8Array(bytes), header.salt) : undefined
  if (trailer?.sealOffset !== before.sealOffset) throw spoilt(from, 'it is not the trailer of the segment')
  return { ...before, isWhole: true }
}

function checkContinues({ segment, offset }: StreamChunk['from'], expected: number): void {
  if (offset === expected) return
  throw outOfOrder(segment, offset, `the replica goes on at ${expected}`)
}

/** Pieces come in order, each once. */
export function outOfOrder(segment: number, offset: number, what: string): VarveError {
  const message = `a piece of segment ${segment} from byte ${offset} does not continue what is there: ${what}; stream `
  return new VarveError('INVALID_ARGUMENT', `${message}from the position of the replica; nothing was written`, {
    segment,
    offset,
  })
}

/** The bytes are not those that the source read. */
function spoilt({ segment, offset }: StreamChunk['from'], what: string): VarveError {
  return new VarveError(
    'CORRUPT',
    `a piece of segment ${segment} from byte ${offset} was changed on its way: ${what}; stream from the position of ` +
      'the replica again; nothing was written',
    { segment, offset },
  )
}
