import { controlType, fileHeaderBytes, scanStop, type Kernel, type VarveError } from '@varve/codec'
import { io, type LogFile, type Procedure, type Runtime } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import { decodeSeal, type Seal } from '../format/seal.ts'
import { decodeTrailer, trailerBytes } from '../format/trailer.ts'
import { FrameReader } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'
import { describeStop, unsupportedFrame } from '../read/errors.ts'
import { readBytes } from '../read/read-bytes.ts'
import type { Segment } from '../segment.ts'
import { endOf, goesOn, scanClosed, sealCounts } from './closed-scan.ts'
import { damaged, headerBlockIsClean, type SurveyedSegment } from './survey.ts'
import type { FileRowId } from './table.ts'
import { firstNonZero } from './tail.ts'

/** What is true of every segment but the last: where it ends, and that the next one goes on exactly there. */
export interface Closed {
  readonly segment: Segment
  /** Absent when a successor's cut, not a SEAL, ends it. */
  readonly seal: Seal | undefined
}

/**
 * Checks how a segment that has a successor ends. A cut is a fact of the successor's header; a SEAL is found through
 * the trailer, or by a scan when the trailer is of no use, and must agree with the successor. `verifyAll` reads
 * every byte.
 */
export function* checkClosed(
  { storage, runtime, verify }: Pick<LogSettings, 'storage' | 'runtime' | 'verify'>,
  segment: SurveyedSegment,
  next: SurveyedSegment,
  kernel: Kernel,
): Procedure<Closed> {
  const verifyAll = verify === 'all'
  const file = yield* io(`open ${segment.name}`, () => storage.open(segment.name, 'read'))
  try {
    if (next.header.cut > 0) {
      if (verifyAll) yield* verifyCut(file, segment, next, kernel, runtime)
      return { segment: closedSegment(segment, next, 'cut', next.header.cut), seal: undefined }
    }
    const hinted = verifyAll ? undefined : yield* sealByTrailer(file, segment, next, kernel)
    const seal = hinted ?? (yield* sealByScan(file, segment, next, kernel, runtime, verifyAll))
    if (!goesOn(seal, next)) throw atStake(segment, next, 'sealed.chain', seal.endOffset)
    return { segment: closedSegment(segment, next, 'sealed', seal.endOffset), seal }
  } finally {
    yield* io(`close ${segment.name}`, () => file.close())
  }
}

function closedSegment(
  segment: SurveyedSegment,
  next: SurveyedSegment,
  state: 'sealed' | 'cut',
  end: number,
): Segment {
  const { name, index, firstSequence, header } = segment
  const lastSequence = next.firstSequence - 1
  return { name, index, firstSequence, header, state, end, lastSequence, sparseIndex: undefined }
}

/** Undefined when the trailer does not lead to a SEAL: then only a scan can tell. */
function* sealByTrailer(
  file: LogFile,
  segment: SurveyedSegment,
  next: SurveyedSegment,
  kernel: Kernel,
): Procedure<Seal | undefined> {
  const { header, name } = segment
  const bytes = new Uint8Array(trailerBytes)
  const at = header.capacity - trailerBytes
  const read = yield* readBytes(file, name, bytes, at)
  const trailer = read === trailerBytes ? decodeTrailer(bytes, header.salt) : undefined
  if (trailer === undefined || !isFramePlace(trailer.sealOffset, header.blockBytes, at)) return undefined
  const start = {
    position: trailer.sealOffset,
    limit: at,
    lastSequence: next.firstSequence - 1,
    lastTimestamp: 0,
    chain: header.chain,
  }
  const run = yield* new FrameReader(file, name, header, start, kernel).next()
  if (run === undefined) return undefined
  const walker = new FrameWalker(run)
  walker.next()
  const isSeal = walker.isControl && walker.type === controlType.seal
  const seal = isSeal ? decodeSeal(walker.payload) : undefined
  return seal?.endOffset === trailer.sealOffset ? seal : undefined
}

function isFramePlace(offset: number, from: number, to: number): boolean {
  return offset % 8 === 0 && offset >= from && offset < to
}

/** Reads the whole segment; with `verifyAll` also what lies behind the SEAL and the rest of the header block. */
function* sealByScan(
  file: LogFile,
  segment: SurveyedSegment,
  next: SurveyedSegment,
  kernel: Kernel,
  runtime: Runtime,
  verifyAll: boolean,
): Procedure<Seal> {
  const { header, name } = segment
  if (verifyAll && !(yield* headerBlockIsClean(file, segment))) {
    throw atStake(segment, next, 'sealed.damage', fileHeaderBytes)
  }
  const scan = yield* scanClosed(file, segment, header.capacity - trailerBytes, kernel, runtime)
  const { state, stop, seal } = scan
  if (stop === scanStop.unsupported) throw unsupportedFrame(name, state.position)
  if (seal === undefined) {
    const row = stop === scanStop.header || stop === 'end-of-file' ? 'sealed.no-seal' : 'sealed.damage'
    throw atStake(segment, next, row, state.position, describeStop(stop))
  }
  if (!sealCounts(scan)) throw atStake(segment, next, 'sealed.chain', seal.endOffset)
  if (verifyAll) yield* verifySealedTail(file, segment, next, seal, state.position, kernel, runtime)
  return seal
}

/** Behind a SEAL stand zeros, then a trailer that points at it. */
function* verifySealedTail(
  file: LogFile,
  segment: SurveyedSegment,
  next: SurveyedSegment,
  seal: Seal,
  from: number,
  kernel: Kernel,
  runtime: Runtime,
): Procedure<void> {
  const { header, name } = segment
  const at = header.capacity - trailerBytes
  const dirty = yield* firstNonZero(file, name, from, at, kernel, runtime)
  if (dirty !== undefined) throw atStake(segment, next, 'sealed.damage', dirty, 'the zeros behind the SEAL')
  const bytes = new Uint8Array(trailerBytes)
  const read = yield* readBytes(file, name, bytes, at)
  const trailer = read === trailerBytes ? decodeTrailer(bytes, header.salt) : undefined
  if (trailer?.sealOffset !== seal.endOffset) throw atStake(segment, next, 'sealed.damage', at, 'the trailer')
}

function* verifyCut(
  file: LogFile,
  segment: SurveyedSegment,
  next: SurveyedSegment,
  kernel: Kernel,
  runtime: Runtime,
): Procedure<void> {
  const { name } = segment
  if (!(yield* headerBlockIsClean(file, segment))) throw atStake(segment, next, 'cut.damage', fileHeaderBytes)
  const { state, stop } = yield* scanClosed(file, segment, next.header.cut, kernel, runtime)
  if (stop === scanStop.unsupported) throw unsupportedFrame(name, state.position)
  if (state.position !== next.header.cut || state.insideBatch) {
    throw atStake(segment, next, 'cut.damage', state.position, describeStop(stop))
  }
  if (!goesOn(endOf(state), next)) throw atStake(segment, next, 'cut.chain', next.header.cut)
}

function atStake(
  segment: SurveyedSegment,
  next: SurveyedSegment,
  row: FileRowId,
  position: number,
  found?: string,
): VarveError {
  const last = Math.max(segment.firstSequence, next.firstSequence - 1)
  return damaged(row, segment.name, position, segment.firstSequence, last, found)
}
