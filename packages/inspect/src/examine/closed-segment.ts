import { fileHeaderBytes, scanStop } from '@varve/codec'
import {
  checkClosed,
  checkNeighbours,
  decodeTrailer,
  describeStop,
  endOf,
  firstNonZero,
  goesOn,
  headerBlockIsClean,
  readBytes,
  reading,
  scanClosed,
  sealCounts,
  trailerBytes,
  type ClosedScan,
  type SurveyedSegment,
} from '@varve/segments/inspect'
import { io, type LogFile, type Procedure } from '@varve/storage'
import type { FindingCode } from '../finding.ts'
import type { SegmentPicture } from '../picture.ts'
import { evidenceOf, type Look } from './look.ts'
import { codeOfStop, damagedBytes } from './stops.ts'
import { examineEnd } from './tail.ts'

/** What can be told of the end of a segment that is not the last one. */
export type ClosedEnd = Pick<SegmentPicture, 'state' | 'lastSequence' | 'end' | 'chain' | 'seal'>

export const unknownEnd: ClosedEnd = {
  state: 'unknown',
  lastSequence: undefined,
  end: undefined,
  chain: undefined,
  seal: undefined,
}

/** The segment under inspection and the one that goes on behind it. */
interface Pair {
  readonly segment: SurveyedSegment
  readonly next: SurveyedSegment
}

/** How a segment ends that has a successor, and all that is wrong with it. */
export function* examineClosed(look: Look, segment: SurveyedSegment, next: SurveyedSegment): Procedure<ClosedEnd> {
  const found = look.findings.length
  const agrees = yield* look.attempt(neighbours(segment, next))
  if (agrees !== true) {
    // Where it ends nobody says; whether its frames are damaged can be told all the same.
    if (look.settings.deep) yield* examineEnd(look, segment)
    return unknownEnd
  }
  const pair = { segment, next }
  if (!look.settings.deep) return yield* examineSeal(look, pair)
  const follow = look.following(segment.name, segment.size)
  const end = yield* reading(look.settings.storage, segment.name, function* (file): Procedure<ClosedEnd> {
    yield* noteHeaderBlock(look, file, pair)
    return next.header.cut > 0
      ? yield* examineCut(look, file, pair, follow.passed)
      : yield* examineSealed(look, file, pair, follow.passed)
  })
  follow.end()
  const isSound = look.findings.slice(found).every(({ code }) => harmlessToEnd.has(code))
  return isSound ? end : { ...end, lastSequence: undefined }
}

/** Findings that leave no doubt where the records of a segment end. */
const harmlessToEnd: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'header.block',
  'seal.missing',
  'seal.invalid',
  'seal.counts',
  'seal.zeros',
  'seal.trailer',
])

function* neighbours(segment: SurveyedSegment, next: SurveyedSegment): Procedure<true> {
  checkNeighbours(segment, next)
  return true
}

/** As far as an open looks. */
function* examineSeal(look: Look, { segment, next }: Pair): Procedure<ClosedEnd> {
  const { storage, runtime } = look.settings
  const closed = yield* look.attempt(checkClosed({ storage, runtime, verify: 'seals' }, segment, next, look.kernel))
  if (closed === undefined) return unknownEnd
  const { state, end, lastSequence } = closed.segment
  return { state: state === 'cut' ? 'cut' : 'sealed', end, lastSequence, chain: next.header.chain, seal: closed.seal }
}

function* noteHeaderBlock(look: Look, file: LogFile, { segment, next }: Pair): Procedure<void> {
  if (yield* headerBlockIsClean(file, segment)) return
  const row = next.header.cut > 0 ? 'cut.damage' : 'sealed.damage'
  yield* look.note({
    code: 'header.block',
    file: segment.name,
    position: fileHeaderBytes,
    bytes: segment.header.blockBytes - fileHeaderBytes,
    row,
    evidence: 'the rest of the header block is not zeros; it carries nothing, so no record is at stake',
  })
}

type Passed = (position: number) => void

function* examineCut(look: Look, file: LogFile, { segment, next }: Pair, passed: Passed): Procedure<ClosedEnd> {
  const { cut } = next.header
  const scan = yield* scanClosed(file, segment, cut, look.kernel, look.settings.runtime, passed)
  const { state } = scan
  const end = endOf(state)
  const { chain } = end
  const lastSequence = next.firstSequence - 1
  const result: ClosedEnd = { state: 'cut', end: cut, lastSequence, chain, seal: undefined }
  if (scan.stop === scanStop.unsupported || state.position !== cut || state.insideBatch) {
    yield* noteFrame(look, file, { segment, next }, scan, 'cut.damage')
  } else if (!goesOn(end, next)) {
    const evidence = `the frames below the cut end at record ${end.lastSequence}; ${evidenceOf('cut.chain')}`
    const place = { position: cut, bytes: 0, ...atStake(segment, next) }
    yield* look.note({ code: 'cut.chain', row: 'cut.chain', evidence, ...place })
  }
  return result
}

function* examineSealed(look: Look, file: LogFile, pair: Pair, passed: Passed): Procedure<ClosedEnd> {
  const { segment, next } = pair
  const { header, name } = segment
  const limit = header.capacity - trailerBytes
  const scan = yield* scanClosed(file, segment, limit, look.kernel, look.settings.runtime, passed)
  const { state, sealOffset, seal } = scan
  const end = endOf(state)
  const result: ClosedEnd = {
    state: 'sealed',
    end: sealOffset ?? state.position,
    lastSequence: next.firstSequence - 1,
    chain: end.chain,
    seal,
  }
  const isWhole = goesOn(end, next) && !state.insideBatch
  if (sealOffset === undefined) {
    if (scan.stop === scanStop.unsupported || !isWhole) {
      yield* noteFrame(look, file, pair, scan, 'sealed.damage')
      return { ...result, seal: yield* sealBehind(look, pair) }
    }
    yield* noteSeal(look, segment, 'seal.missing', state.position, 'sealed.no-seal', describeStop(scan.stop))
    return result
  }
  if (!isWhole) {
    const evidence = `${evidenceOf('sealed.chain')}: it ends at record ${end.lastSequence}`
    yield* look.note({
      code: 'seal.chain',
      row: 'sealed.chain',
      position: sealOffset,
      bytes: 0,
      evidence,
      ...atStake(segment, next),
    })
    return result
  }
  if (seal === undefined) yield* noteSeal(look, segment, 'seal.invalid', sealOffset, 'sealed.no-seal', 'its payload')
  else if (!sealCounts(scan) || !goesOn(seal, next)) {
    yield* noteSeal(look, segment, 'seal.counts', sealOffset, 'sealed.chain', 'what it says of its segment is not so')
  }
  const dirty = yield* firstNonZero(file, name, state.position, limit, look.kernel, look.settings.runtime)
  if (dirty !== undefined) {
    yield* noteSeal(look, segment, 'seal.zeros', dirty, 'sealed.damage', 'the bytes behind it are not zeros')
  }
  yield* noteTrailer(look, file, segment, sealOffset)
  return result
}

/**
 * The SEAL behind a damage, where the trailer leads to it and the next header agrees: what it says of floor and
 * checkpoints is as good as ever.
 */
function* sealBehind({ settings, kernel }: Look, { segment, next }: Pair): Procedure<ClosedEnd['seal']> {
  const { storage, runtime } = settings
  try {
    return (yield* checkClosed({ storage, runtime, verify: 'seals' }, segment, next, kernel)).seal
  } catch {
    // Whatever is wrong there, the damage before it has been noted, and this says nothing.
    return undefined
  }
}

/** A SEAL, or what stands around it: no record is at stake, since all frames and the next header agree. */
function* noteSeal(
  look: Look,
  { name, header }: SurveyedSegment,
  code: FindingCode,
  position: number,
  row: string,
  found: string,
): Procedure<void> {
  const bytes = header.capacity - position
  const evidence = `${found}; every record is there and the next header agrees, so it can be made anew`
  yield* look.note({ code, file: name, position, bytes, row, evidence })
}

function* noteTrailer(look: Look, file: LogFile, segment: SurveyedSegment, sealOffset: number): Procedure<void> {
  const { header, name } = segment
  const bytes = new Uint8Array(trailerBytes)
  const at = header.capacity - trailerBytes
  const read = yield* readBytes(file, name, bytes, at)
  const trailer = read === trailerBytes ? decodeTrailer(bytes, header.salt) : undefined
  if (trailer?.sealOffset === sealOffset) return
  yield* noteSeal(look, segment, 'seal.trailer', at, 'sealed.damage', 'the trailer does not lead to the SEAL')
}

function* noteFrame(
  look: Look,
  file: LogFile,
  { segment, next }: Pair,
  { state, stop }: ClosedScan,
  row: 'sealed.damage' | 'cut.damage',
): Procedure<void> {
  const { position } = state
  const size = yield* io(`size of ${segment.name}`, () => file.size())
  const proof = `the segment goes on to record ${next.firstSequence - 1}, as the header of ${next.name} says`
  yield* look.note({
    code: codeOfStop(stop),
    verdict: stop === scanStop.unsupported ? 'unreadable' : 'corrupt',
    position,
    bytes: yield* damagedBytes(file, segment.name, position, stop, size),
    row,
    evidence: `${describeStop(stop)}; ${proof}`,
    ...atStake(segment, next, state.lastSequence + 1),
  })
}

function atStake(
  segment: SurveyedSegment,
  next: SurveyedSegment,
  firstSequence: number = segment.firstSequence,
): { readonly file: string; readonly firstSequence: number; readonly lastSequence: number } {
  return { file: segment.name, firstSequence, lastSequence: Math.max(firstSequence, next.firstSequence - 1) }
}
