import {
  blockBytesMax,
  decodeFileHeader,
  fileHeaderBytes,
  fileKind,
  formatMajor,
  formatMinor,
  VarveError,
  type FileHeader,
  type HeaderResult,
} from '@varve/codec'
import { io, type LogFile, type LogStorage, type Procedure } from '@varve/storage'
import { sortNames, type NamedFiles, type SegmentName } from '../format/names.ts'
import { sameBytes } from '../format/words.ts'
import { corrupt } from '../read/errors.ts'
import type { FramedFile } from '../read/frame-reader.ts'
import { readBytes } from '../read/read-bytes.ts'
import { fileRows, type FileRowId } from './table.ts'

/** A segment that is there and has a header that verifies and fits its name. */
export interface SurveyedSegment extends SegmentName, FramedFile {
  /** Size of the file in bytes. */
  readonly size: number
}

/** What a directory holds, before anything is believed about its records. */
export interface Survey {
  readonly files: NamedFiles
  /** By index. At least one, unless the directory has never held a log. */
  readonly segments: readonly SurveyedSegment[]
}

/** Lists the directory and reads every segment's header. Neighbours are compared later, when the floor is known. */
export function* survey(storage: LogStorage): Procedure<Survey> {
  const files = sortNames(yield* io('list the log', () => storage.list()))
  checkIndexes(files)
  const segments: SurveyedSegment[] = []
  for (const named of files.segments) segments.push(yield* readSegmentHeader(storage, named))
  checkLogIds(segments)
  return { files, segments }
}

export function checkIndexes(files: NamedFiles): void {
  const { segments } = files
  const witnesses = [...files.checkpoints, ...files.quarantined, ...files.repairs]
  if (segments.length === 0 && witnesses.length > 0) {
    throw damaged('names.segments-gone', witnesses.join(', '), 0)
  }
  segments.forEach((segment, at) => {
    const before = segments[at - 1]
    if (before?.index === segment.index) throw damaged('names.duplicate-index', segment.name, 0)
  })
}

export function* readSegmentHeader(storage: LogStorage, named: SegmentName): Procedure<SurveyedSegment> {
  const file = yield* io(`open ${named.name}`, () => storage.open(named.name, 'read'))
  try {
    const size = yield* io(`size of ${named.name}`, () => file.size())
    const header = yield* readHeader(file, named)
    if (header.segmentIndex !== named.index || header.firstSequence !== named.firstSequence) {
      throw damaged('header.disagrees', named.name, 0, named.firstSequence)
    }
    if (header.kind !== fileKind.segment || size > header.capacity || !holdsItsBirth(header, size)) {
      throw damaged('header.disagrees', named.name, 0, named.firstSequence)
    }
    return { ...named, header, size }
  } finally {
    yield* io(`close ${named.name}`, () => file.close())
  }
}

/** What a segment was born with was durable before it had its name, so it is there. */
function holdsItsBirth(header: FileHeader, size: number): boolean {
  return header.bornEnd >= header.blockBytes && header.bornEnd <= size
}

function* readHeader(file: LogFile, named: SegmentName): Procedure<FileHeader> {
  const bytes = new Uint8Array(fileHeaderBytes)
  yield* readBytes(file, named.name, bytes, 0)
  const result = decodeFileHeader(bytes)
  switch (result.kind) {
    case 'header':
      return result.header
    case 'unsupported':
      throw newerFormat(named.name, result)
    default:
      throw damaged('header.invalid', named.name, 0, named.firstSequence)
  }
}

/** The error of a file that a newer version wrote. */
export function newerFormat(
  file: string,
  { major, minor, requiredFeatures }: Extract<HeaderResult, { kind: 'unsupported' }>,
): VarveError {
  return new VarveError(
    'UNSUPPORTED_FORMAT',
    `${file} has format ${major}.${minor} with required features ${requiredFeatures}; this version reads format ` +
      `${formatMajor}.${formatMinor} with none; upgrade`,
    { file, row: 'header.unsupported', major, minor },
  )
}

export function checkLogIds(segments: readonly SurveyedSegment[]): void {
  const [first] = segments
  for (const segment of segments) {
    if (first !== undefined && !sameBytes(first.header.logId, segment.header.logId)) {
      throw new VarveError(
        'FOREIGN_FILE',
        `${segment.name} belongs to another log than ${first.name}; move it out of the directory`,
        { file: segment.name, row: 'header.foreign' },
      )
    }
  }
}

/**
 * Compares a segment with the one before it: index and sequence go on without a gap, the epoch never falls, a cut lies
 * within the predecessor.
 */
export function checkNeighbours(before: SurveyedSegment, segment: SurveyedSegment): void {
  const lastLost = segment.firstSequence - 1
  if (segment.index !== before.index + 1) {
    throw damaged('names.gap', segment.name, 0, before.firstSequence, lastLost)
  }
  const { header } = segment
  const agrees =
    header.firstSequence >= before.firstSequence &&
    header.lastTimestamp >= before.header.lastTimestamp &&
    header.epoch >= before.header.epoch &&
    (header.cut === 0 || header.cut >= before.header.bornEnd) &&
    header.cut <= before.header.capacity
  if (!agrees) throw damaged('header.disagrees', segment.name, 0, before.firstSequence, lastLost)
  if (header.cut > before.size) {
    throw damaged('cut.too-short', before.name, before.size, before.firstSequence, lastLost)
  }
}

/** The error of one row of the table; `found` adds what exactly was met there. */
export function damaged(
  row: FileRowId,
  file: string,
  position: number,
  firstSequence?: number,
  lastSequence?: number,
  found?: string,
): VarveError {
  const { evidence } = fileRows[row]
  return corrupt({
    file,
    position,
    row,
    evidence: found === undefined ? evidence : `${evidence} (${found})`,
    firstSequence,
    lastSequence,
  })
}

/** Whether the rest of a header block, which carries nothing, is zeros as it was written. */
export function* headerBlockIsClean(file: LogFile, segment: SurveyedSegment): Procedure<boolean> {
  const rest = new Uint8Array(Math.min(segment.header.blockBytes, blockBytesMax) - fileHeaderBytes)
  const read = yield* readBytes(file, segment.name, rest, fileHeaderBytes)
  return read === rest.length && rest.every((byte) => byte === 0)
}
