/**
 * What `@varve/inspect` is made of: the survey, the scans and the table of recovery one by one, without the verdict of
 * an open over all of them, and the two ways in which a repair writes. For packages of this repository; it may change
 * in any version.
 */
export { repairName, sortNames, spareName, type NamedFiles, type SegmentName } from './format/names.ts'
export type { Seal } from './format/seal.ts'
export { decodeTrailer, trailerBytes } from './format/trailer.ts'
export { describeStop, type Damage } from './read/errors.ts'
export type { ReadStop } from './read/frame-reader.ts'
export { readBytes } from './read/read-bytes.ts'
export { ReadBuffers } from './read/read-buffers.ts'
export { reading } from './read/reading.ts'
export { endOf, goesOn, scanClosed, sealCounts, type ClosedScan, type End } from './recover/closed-scan.ts'
export { readContents, scanLastSegment, type Contents, type LastSegment } from './recover/last-segment.ts'
export { toldByItself } from './recover/open-log.ts'
export { checkNeighbours, headerBlockIsClean, readSegmentHeader, type SurveyedSegment } from './recover/survey.ts'
export { fileRows, judge, type LastSegmentRow } from './recover/table.ts'
export { firstNonZero } from './recover/tail.ts'
export { discardedTail } from './recover/verdicts.ts'
export { checkClosed } from './recover/sealed.ts'
export { canBeCut, goOnBehind, type GoingOn } from './repair/go-on-behind.ts'
export { copyBytes, renewSegment, type Renewal } from './repair/renew-segment.ts'
export { believedEnd, checkStated, replicaFacts } from './replica/replica-facts.ts'
export { isArchived } from './segment.ts'
