/* The second half of the independent decoder: docs/FORMAT.md, section 10, for the files of a whole directory. */
import type { Buffer } from 'node:buffer'
import {
  controlTypes,
  decodeHeader,
  decodeSeal,
  decodeTrailer,
  durableEndBehind,
  Refusal,
  scan,
  type Frame,
  type Header,
  type Scan,
  type Seal,
} from './independent-decoder.ts'

export interface DecodedSegment {
  readonly name: string
  readonly header: Header
  readonly state: 'last' | 'sealed' | 'cut'
  /** Where its records end. */
  readonly end: number
  /** The digest over everything below the end but SEAL and MARK. */
  readonly chain: bigint
  readonly seal: Seal | undefined
  /** Every frame below the end, control records included. */
  readonly frames: readonly Frame[]
}

export interface DecodedLog {
  /** Oldest first, without archived ones. */
  readonly segments: readonly DecodedSegment[]
  readonly records: readonly Frame[]
  readonly floor: number
  /** The row of the table that the end was judged by. */
  readonly row: string
  readonly durableEnd: number
}

interface Found {
  readonly name: string
  readonly bytes: Buffer
  readonly header: Header
}

const namePattern = /^([0-9a-f]{8})-([0-9a-f]{16})\.varve$/

/** Reads everything that the page says is there; throws a {@link Refusal} where it says so. */
export function decodeLog(files: ReadonlyMap<string, Buffer>): DecodedLog {
  const found = [...files].filter(([name]) => namePattern.test(name)).sort().map(openNamed)
  const newest = found.at(-1)
  if (newest === undefined) return noLog(files)
  if (found.some(({ header }) => header.logId !== newest.header.logId)) throw new Refusal('FOREIGN_FILE', 'log id')
  const end = decodeEnd(newest)
  checkBlock(newest)
  const segments = [end.segment]
  let floor = floorOf(end.segment.frames)
  let at = found.length - 1
  for (; at > 0; at -= 1) {
    const [segment, next] = [found[at - 1], found[at]] as [Found, Found]
    if (next.header.firstSequence <= (floor ?? 1)) break
    checkNeighbours(segment, next)
    checkBlock(segment)
    const closed = next.header.cut > 0 ? decodeCut(segment, next.header) : decodeSealed(segment, next.header)
    floor ??= closed.seal?.floor
    segments.unshift(closed)
  }
  const oldest = segments[0]?.header
  if (oldest !== undefined && oldest.index > 1 && oldest.firstSequence > (floor ?? 1)) {
    throw new Refusal('CORRUPT', 'the first segment starts above the floor')
  }
  const records = segments
    .flatMap(({ frames }) => frames)
    .filter(({ isControl, sequence }) => !isControl && sequence >= (floor ?? 1))
  return { segments, records, floor: floor ?? 1, row: end.row, durableEnd: end.durableEnd }
}

function noLog(files: ReadonlyMap<string, Buffer>): DecodedLog {
  const remains = [...files.keys()].some((name) => /^[0-9a-f]{16}\.checkpoint$|\.quarantined$/.test(name))
  if (remains) throw new Refusal('CORRUPT', 'no segment, but checkpoints or quarantined files')
  return { segments: [], records: [], floor: 1, row: 'none', durableEnd: 0 }
}

function openNamed([name, bytes]: [string, Buffer]): Found {
  const [, index = '', firstSequence = ''] = namePattern.exec(name) ?? []
  let header: Header
  try {
    header = decodeHeader(bytes)
  } catch (error) {
    // The name proves that a header was there.
    if (!(error instanceof Refusal) || error.code !== 'NOT_A_LOG') throw error
    throw new Refusal('CORRUPT', `${name}: ${error.message}`)
  }
  const agrees =
    header.kind === 1 &&
    header.index === Number.parseInt(index, 16) &&
    header.firstSequence === Number.parseInt(firstSequence, 16) &&
    header.bornEnd >= header.blockBytes &&
    header.bornEnd <= bytes.length &&
    bytes.length <= header.capacity
  if (!agrees) throw new Refusal('CORRUPT', `${name}: the header disagrees with its file`)
  return { name, bytes, header }
}

/** Only where every byte is verified, so not in a segment that is archived. */
function checkBlock({ name, bytes, header }: Found): void {
  if (bytes.subarray(128, header.blockBytes).every((byte) => byte === 0)) return
  throw new Refusal('CORRUPT', `${name}: the rest of the header block`)
}

function checkNeighbours(before: Found, { name, header }: Found): void {
  const earlier = before.header
  const agrees =
    header.index === earlier.index + 1 &&
    header.firstSequence >= earlier.firstSequence &&
    header.lastTimestamp >= earlier.lastTimestamp &&
    header.epoch >= earlier.epoch &&
    (header.cut === 0 || (header.cut >= earlier.bornEnd && header.cut <= before.bytes.length))
  if (!agrees) throw new Refusal('CORRUPT', `${name}: the header disagrees with the segment before`)
}

function decodeSealed({ name, bytes, header }: Found, next: Header): DecodedSegment {
  const limit = header.capacity - 64
  const scanned = scan(bytes, header, limit)
  const frame = scanned.frames.at(-1)
  if (frame?.isControl !== true || frame.type !== controlTypes.seal) throw new Refusal('CORRUPT', `${name}: no SEAL`)
  const seal = decodeSeal(frame.payload)
  const frames = scanned.frames.slice(0, -1)
  const agrees =
    seal.endOffset === frame.offset &&
    seal.records === frames.filter(({ isControl }) => !isControl).length &&
    seal.chain === scanned.chain &&
    seal.chain === next.chain &&
    seal.lastSequence === next.firstSequence - 1 &&
    seal.lastTimestamp === next.lastTimestamp
  if (!agrees) throw new Refusal('CORRUPT', `${name}: SEAL, content and successor do not agree`)
  if (decodeTrailer(bytes, header) !== frame.offset) throw new Refusal('CORRUPT', `${name}: the trailer`)
  if (bytes.subarray(frame.offset + frame.size, limit).some((byte) => byte !== 0)) {
    throw new Refusal('CORRUPT', `${name}: the bytes between SEAL and trailer`)
  }
  return { name, header, state: 'sealed', end: frame.offset, chain: scanned.chain, seal, frames }
}

function decodeCut({ name, bytes, header }: Found, next: Header): DecodedSegment {
  const { frames, badPlace: end, insideBatch, chain, lastSequence, lastTimestamp } = scan(bytes, header, next.cut)
  const agrees =
    end === next.cut &&
    !insideBatch &&
    chain === next.chain &&
    lastSequence === next.firstSequence - 1 &&
    lastTimestamp === next.lastTimestamp
  if (!agrees) throw new Refusal('CORRUPT', `${name}: the frames below the cut`)
  return { name, header, state: 'cut', end, chain, seal: undefined, frames }
}

function decodeEnd({ name, bytes, header }: Found): { segment: DecodedSegment; row: string; durableEnd: number } {
  const scanned = scan(bytes, header, header.capacity)
  const claims = scanned.frames.map((frame) => frame.durableEnd)
  const durableEnd = Math.max(header.bornEnd, durableEndBehind(bytes, header, scanned.badPlace), ...claims)
  const row = rowOf(scanned, bytes, durableEnd)
  if (row === 'last.unsupported-frame') throw new Refusal('UNSUPPORTED_FORMAT', row)
  if (row === 'last.below-durable-end') throw new Refusal('CORRUPT', row)
  const born = scan(bytes, header, header.bornEnd)
  if (born.validEnd !== header.bornEnd) throw new Refusal('CORRUPT', `${name}: its born end lies inside a unit`)
  const { chain } = scan(bytes, header, scanned.validEnd)
  const frames = scanned.frames.filter(({ offset }) => offset < scanned.validEnd)
  const end = scanned.validEnd
  return { segment: { name, header, state: 'last', end, chain, seal: undefined, frames }, row, durableEnd }
}

/** The table of section 10, row by row. */
function rowOf(scanned: Scan, bytes: Buffer, durableEnd: number): string {
  const last = scanned.frames.at(-1)
  const lastControl = last?.isControl === true ? last.type : 0
  const onlyZeros = bytes.subarray(scanned.badPlace).every((byte) => byte === 0)
  if (scanned.stop === 'unsupported') return 'last.unsupported-frame'
  if (scanned.validEnd < durableEnd) return 'last.below-durable-end'
  if (lastControl === controlTypes.seal) return 'last.interrupted-rotation'
  if (lastControl === controlTypes.close && durableEnd === last?.offset && onlyZeros) return 'last.clean-shutdown'
  if (scanned.insideBatch) return 'last.torn-batch'
  return onlyZeros ? 'last.clean-end' : 'last.torn-tail'
}

function floorOf(frames: readonly Frame[]): number | undefined {
  const floors = frames.filter(({ isControl, type }) => isControl && type === controlTypes.floor)
  const payload = floors.at(-1)?.payload
  return payload?.length === 8 ? Number(payload.readBigUInt64LE(0)) : undefined
}
