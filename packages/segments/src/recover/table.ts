import { controlType, frameHeaderBytes, scanStop } from '@varve/codec'
import type { ReadStop } from '../read/frame-reader.ts'

/** What recovery makes of a place that looks wrong. Each row has a test named after its id. */

export type Verdict =
  /** Bytes that had been durable are damaged or gone: an error that names the place. */
  | 'corrupt'
  /** Written by something that this code does not know: refused. */
  | 'unsupported'
  /** Not a log of this format, or not of this log: refused. */
  | 'refused'
  /** An unacknowledged tail: discarded and reported, or refused on request. */
  | 'torn'
  /** Nothing is wrong. */
  | 'clean'

/** What recovery makes of one kind of place. */
export interface RecoveryRow {
  /** As in `RecoveryReport.row`, and in the context of errors. */
  readonly id: string
  readonly where: string
  readonly evidence: string
  readonly verdict: Verdict
}

type FileRow = Omit<RecoveryRow, 'id'>

export type FileRowId =
  | 'names.duplicate-index'
  | 'names.gap'
  | 'names.first-above-floor'
  | 'names.segments-gone'
  | 'header.invalid'
  | 'header.disagrees'
  | 'header.foreign'
  | 'header.unsupported'
  | 'sealed.no-seal'
  | 'sealed.chain'
  | 'sealed.damage'
  | 'cut.too-short'
  | 'cut.damage'
  | 'cut.chain'
  | 'replica.position'

/** Rows that need no more than names, headers and neighbours. */
export const fileRows: Readonly<Record<FileRowId, FileRow>> = {
  'names.duplicate-index': corruptRow('a name', 'two segments have the same index'),
  'names.gap': corruptRow('a name', 'a segment between two others is missing'),
  'names.first-above-floor': corruptRow('a name', 'the first segment starts above the floor'),
  'names.segments-gone': corruptRow('a name', 'no segment, but something else of a log is there'),
  'header.invalid': corruptRow("a segment's header", 'it does not verify'),
  'header.disagrees': corruptRow("a segment's header", 'it disagrees with its name, its file or its neighbour'),
  'header.foreign': { where: "a segment's header", evidence: "another log's id", verdict: 'refused' },
  'header.unsupported': {
    where: "a segment's header",
    evidence: 'a newer major version or an unknown required feature',
    verdict: 'unsupported',
  },
  'sealed.no-seal': corruptRow('a sealed segment', 'no SEAL where the frames end'),
  'sealed.chain': corruptRow('a sealed segment', 'its SEAL and the next header do not agree'),
  'sealed.damage': corruptRow('a sealed segment', 'a frame, its padding, the zeros or the trailer are damaged'),
  'cut.too-short': corruptRow('a cut segment', 'the file ends below the cut'),
  'cut.damage': corruptRow('a cut segment', 'a frame below the cut is damaged'),
  'cut.chain': corruptRow('a cut segment', 'its chain and the next header do not agree'),
  'replica.position': corruptRow('a replica', 'its position is damaged, or does not fit the segments that are there'),
}

/** What is known of the last segment after it was scanned. Offsets in bytes. */
export interface LastSegmentFacts {
  readonly stop: ReadStop
  /** Where verification stopped. */
  readonly badPlace: number
  /** The end of the last whole batch or single frame. */
  readonly validEnd: number
  /** D: the highest offset that a verified frame header, or the file header, proves to have been durable. */
  readonly durableEnd: number
  readonly insideBatch: boolean
  /** Type of the last verified frame if it was a control record, else 0. */
  readonly lastControl: number
  /** Whether all bytes from the bad place to the end of the file are zeros. */
  readonly zerosToEnd: boolean
}

export interface LastSegmentRow extends RecoveryRow {
  readonly holds: (facts: LastSegmentFacts) => boolean
}

const last = 'the last segment'

/** The first row that holds decides. */
export const lastSegmentRows: readonly LastSegmentRow[] = [
  {
    id: 'last.unsupported-frame',
    where: last,
    evidence: 'a frame header verifies, with a version, flags or control type that is not known',
    verdict: 'unsupported',
    holds: (facts) => facts.stop === scanStop.unsupported,
  },
  {
    id: 'last.below-durable-end',
    where: last,
    evidence: 'the bad place lies below D: it had been durable',
    verdict: 'corrupt',
    holds: (facts) => facts.validEnd < facts.durableEnd,
  },
  {
    id: 'last.interrupted-rotation',
    where: last,
    evidence: 'it ends in a SEAL and has no successor; nothing proves that the SEAL was durable',
    verdict: 'clean',
    holds: (facts) => facts.lastControl === controlType.seal,
  },
  {
    id: 'last.clean-shutdown',
    where: last,
    evidence: 'it ends in a CLOSE whose durable end is its own offset, with nothing after it',
    verdict: 'clean',
    holds: (facts) =>
      facts.zerosToEnd &&
      facts.lastControl === controlType.close &&
      facts.durableEnd === facts.validEnd - frameHeaderBytes,
  },
  {
    id: 'last.torn-batch',
    where: last,
    evidence: 'a batch without its end',
    verdict: 'torn',
    holds: (facts) => facts.insideBatch,
  },
  {
    id: 'last.clean-end',
    where: last,
    evidence: 'zeros from the bad place to the end',
    verdict: 'clean',
    holds: (facts) => facts.zerosToEnd,
  },
  {
    id: 'last.torn-tail',
    where: last,
    evidence: 'something stands above the bad place, and nothing proves that it was ever durable',
    verdict: 'torn',
    holds: () => true,
  },
]

/** Every row of the recovery table: what a place that looks wrong is taken for. `RecoveryReport.row` names one. */
export const recoveryTable: readonly RecoveryRow[] = [
  ...Object.entries(fileRows).map(([id, row]) => ({ id, ...row })),
  ...lastSegmentRows.map(({ id, where, evidence, verdict }) => ({ id, where, evidence, verdict })),
]

export function judge(facts: LastSegmentFacts): LastSegmentRow {
  return lastSegmentRows.find((row) => row.holds(facts)) as LastSegmentRow
}

function corruptRow(where: string, evidence: string): FileRow {
  return { where, evidence, verdict: 'corrupt' }
}
