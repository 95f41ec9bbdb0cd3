import { formatMajor, viewOf, wordToHex } from '@varve/codec'
import { judge, readBytes, reading } from '@varve/segments/inspect'
import type { Procedure } from '@varve/storage'
import { examine } from './examine/examine.ts'
import { sizeOf } from './examine/look.ts'
import { idOf } from './examine/segments.ts'
import { overall, type Finding, type OverallVerdict } from './finding.ts'
import type { HistoryEntry } from './history.ts'
import type { CheckpointPicture, Picture, SegmentPicture, SegmentState } from './picture.ts'
import type { Settings } from './settings.ts'

/** What a file of the directory is, by its name. */
export type FileKind =
  | 'segment'
  | 'spare'
  | 'checkpoint'
  | 'unfinished-checkpoint'
  | 'lock'
  | 'position'
  | 'quarantined'
  | 'repair'
  | 'foreign'

export interface InspectedFile {
  readonly name: string
  readonly kind: FileKind
  readonly bytes: number
}

/** One segment. Offsets and sizes in bytes; words in hexadecimal. What is absent is not known. */
export interface InspectedSegment {
  readonly name: string
  readonly index: number
  readonly state: SegmentState
  readonly firstSequence: number
  /** One less than the first without a record. */
  readonly lastSequence: number | undefined
  readonly records: number | undefined
  /** Size of the file. */
  readonly bytes: number
  readonly capacity: number | undefined
  /** Where its frames end. */
  readonly end: number | undefined
  /** How much of the capacity they take, header included: from 0 to 1. */
  readonly fill: number | undefined
  /** Major and minor version, as in `1.0`. */
  readonly format: string | undefined
  readonly checksum: 'xxh64' | 'crc32' | undefined
  readonly blockBytes: number | undefined
  readonly epoch: number | undefined
  readonly salt: string | undefined
  /** Over all frames of the log up to its end. */
  readonly chain: string | undefined
  /** Where the segment before it ends, if that has no SEAL. */
  readonly cut: number | undefined
  readonly bornEnd: number | undefined
  readonly seal: InspectedSeal | undefined
}

export interface InspectedSeal {
  readonly records: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly endOffset: number
  readonly floor: number
  readonly indexEntries: number
  /** Bytes of the list of checkpoints that it repeats. */
  readonly checkpointBytes: number
}

/** What the end of the last segment means. */
export interface InspectedTail {
  /** Row of the recovery table. */
  readonly row: string
  readonly verdict: string
  readonly evidence: string
  /** D: below this offset everything had been durable. */
  readonly durableEnd: number
  /** Bytes behind the last record that an open would discard; 0 when none. */
  readonly discards: number
}

/** What is in a directory. */
export interface LogInspection {
  /** As far as an open looks; `verifyLog` looks at every byte. */
  readonly verdict: OverallVerdict
  /** 32 hexadecimal digits; undefined without a segment whose header can be read. */
  readonly logId: string | undefined
  readonly isReplica: boolean
  readonly files: readonly InspectedFile[]
  readonly segments: readonly InspectedSegment[]
  /** Oldest first. They are listed, not read. */
  readonly checkpoints: readonly Omit<CheckpointPicture, 'stateBytes'>[]
  readonly floor: number
  /** The first record that can be read. */
  readonly firstSequence: number
  readonly lastSequence: number
  readonly tail: InspectedTail | undefined
  readonly history: readonly HistoryEntry[]
  readonly findings: readonly Finding[]
}

export function* inspect(settings: Settings): Procedure<LogInspection> {
  const picture = yield* examine(settings)
  const { names, segments, checkpoints, floor, lastSequence, history, findings } = picture
  const files: InspectedFile[] = []
  for (const name of [...names].sort()) {
    files.push({ name, kind: kindOf(name, picture), bytes: yield* sizeOf(settings, name) })
  }
  const inspected: InspectedSegment[] = []
  for (const segment of segments) inspected.push(segmentOf(segment, yield* formatOf(settings, segment)))
  const newest = segments.findLast(({ surveyed }) => surveyed !== undefined)?.surveyed
  const oldest = segments.find(({ state }) => state !== 'archived')
  return {
    verdict: overall(findings),
    logId: newest && idOf(newest),
    isReplica: picture.files.isReplica,
    files,
    segments: inspected,
    checkpoints: checkpoints.map(({ name, sequence, isListed, size }) => ({ name, sequence, isListed, size })),
    floor,
    firstSequence: Math.max(floor, oldest?.firstSequence ?? 1),
    lastSequence,
    tail: tailOf(segments.at(-1)),
    history,
    findings,
  }
}

function kindOf(name: string, { files }: Picture): FileKind {
  if (files.segments.some((segment) => segment.name === name)) return 'segment'
  if (files.spares.includes(name)) return 'spare'
  if (files.checkpoints.includes(name)) return 'checkpoint'
  if (files.quarantined.includes(name)) return 'quarantined'
  if (files.repairs.includes(name)) return 'repair'
  if (files.foreign.includes(name)) return 'foreign'
  if (name.startsWith('lock-')) return 'lock'
  return name.endsWith('.new') ? 'unfinished-checkpoint' : 'position'
}

/** The minor version is not in what is decoded of a header: nothing depends on it. */
function* formatOf({ storage }: Settings, { name, surveyed }: SegmentPicture): Procedure<string | undefined> {
  if (surveyed === undefined) return undefined
  return yield* reading(storage, name, function* (file): Procedure<string> {
    const bytes = new Uint8Array(4)
    yield* readBytes(file, name, bytes, 8)
    return `${formatMajor}.${viewOf(bytes).getUint16(2, true)}`
  })
}

function segmentOf(segment: SegmentPicture, format: string | undefined): InspectedSegment {
  const { name, index, state, firstSequence, lastSequence, size, end, chain, seal, surveyed } = segment
  const header = surveyed?.header
  return {
    name,
    index,
    state,
    firstSequence,
    lastSequence,
    records: lastSequence === undefined ? undefined : lastSequence - firstSequence + 1,
    bytes: size,
    capacity: header?.capacity,
    end,
    fill: header === undefined || end === undefined ? undefined : end / header.capacity,
    format,
    checksum: header && (header.checksum === 1 ? 'xxh64' : 'crc32'),
    blockBytes: header?.blockBytes,
    epoch: header?.epoch,
    salt: header && wordToHex(header.salt),
    chain: chain && wordToHex(chain),
    cut: header === undefined || header.cut === 0 ? undefined : header.cut,
    bornEnd: header?.bornEnd,
    seal: seal && {
      records: seal.records,
      lastSequence: seal.lastSequence,
      lastTimestamp: seal.lastTimestamp,
      endOffset: seal.endOffset,
      floor: seal.floor,
      indexEntries: seal.index.length,
      checkpointBytes: seal.checkpoints.length,
    },
  }
}

function tailOf(newest: SegmentPicture | undefined): InspectedTail | undefined {
  if (newest?.last === undefined) return undefined
  const { facts, fileEnd } = newest.last
  const { id: row, verdict, evidence } = judge(facts)
  const discards = verdict === 'torn' ? fileEnd - facts.validEnd : 0
  return { row, verdict, evidence, durableEnd: facts.durableEnd, discards }
}

