import type { CheckpointRecovery, KeptCheckpoint, PublishReport } from '@varve/checkpoint'
import type { LogRecord, LogStats, ReclaimReport, RecoveryReport, SegmentInfo, SequenceRange } from '@varve/segments'
import { ignore } from '../deferred.ts'
import { countOf, fieldsOf, listOf, shaped, type ShapeOf } from '../wire/check.ts'
import { decodeError } from '../wire/errors.ts'
import type { Decode } from '../wire/peer.ts'
import { PayloadWalk, recordsOf } from '../wire/table.ts'

/** How the answers of a server are read. Each throws `INVALID_ARGUMENT` for what is no answer. */

export const nothingOf: Decode<void> = ignore

export const sequenceOf: Decode<number> = (value) => countOf(value, 'a sequence')

export const rangeOf: Decode<SequenceRange> = (value) =>
  shaped<SequenceRange>(value, { first: 'number', last: 'number' }, 'a range')

/** The records of an answer, and whether they are the last of an iterator. */
export interface Answered {
  readonly records: readonly LogRecord[]
  readonly isLast: boolean
}

export const batchOf: Decode<Answered> = (value, bytes) => {
  const { rows, at, isLast } = fieldsOf(value, 'records')
  return { records: recordsOf(rows, bytes, countOf(at, 'records at')), isLast: isLast === true }
}

/** Undefined at the end. */
export const chunkOf: Decode<Uint8Array<ArrayBuffer> | undefined> = (value, bytes) => {
  if (value === undefined) return undefined
  const { at, length } = fieldsOf(value, 'a chunk')
  return new PayloadWalk(bytes, countOf(at, 'a chunk at')).take(length)
}

const reclaimShape: ShapeOf<ReclaimReport> = {
  floor: 'number',
  removed: 'strings',
  recycled: 'strings',
  deferred: 'strings',
  bytes: 'number',
}

export const reclaimOf: Decode<ReclaimReport> = (value) => shaped(value, reclaimShape, 'a report')

const publishShape: ShapeOf<PublishReport> = {
  sequence: 'number',
  name: 'string',
  created: 'boolean',
  kept: 'numbers',
  removed: 'strings',
  reclaimed: reclaimShape,
}

export const publishOf: Decode<PublishReport> = (value) => shaped(value, publishShape, 'a report')

const checkpointShape: ShapeOf<KeptCheckpoint> = {
  sequence: 'number',
  name: 'string',
  digest: { low: 'number', high: 'number' },
}

export const checkpointsOf: Decode<readonly KeptCheckpoint[]> = (value) =>
  listOf(value, 'checkpoints').map((each) => shaped<KeptCheckpoint>(each, checkpointShape, 'a checkpoint'))

const recoveredShape: ShapeOf<CheckpointRecovery> = {
  checkpoint: 'any',
  damaged: 'list',
  orphans: 'strings',
  notes: 'strings',
  records: 'number',
  lastSequence: 'number',
}

export const recoveredOf: Decode<CheckpointRecovery> = (value) => shaped(value, recoveredShape, 'a recovery')

const reportShape: ShapeOf<RecoveryReport> = {
  created: 'boolean',
  row: 'any',
  cleanShutdown: 'boolean',
  segments: 'number',
  firstSequence: 'number',
  lastSequence: 'number',
  carriedRecords: 'number',
  discarded: 'any',
  removedSpares: 'strings',
  removedSegments: 'strings',
  foreign: 'strings',
  damage: 'list',
  notes: 'strings',
}

/** What opening the log found. */
export function reportOf(value: unknown): RecoveryReport {
  return shaped(value, reportShape, 'a recovery report')
}

const statsShape: ShapeOf<LogStats> = {
  queuedRecords: 'number',
  queuedBytes: 'number',
  records: 'number',
  bytes: 'number',
  commits: 'number',
  commitReasons: 'object',
  batchRecords: 'object',
  syncs: 'number',
  syncLatencyMs: 'object',
  readers: 'number',
}

export const statsOf: Decode<LogStats> = (value) => {
  const stats = shaped<LogStats>(value, statsShape, 'figures')
  return { ...stats, observerFailure: decodeError(stats.observerFailure) }
}

const segmentShape: ShapeOf<SegmentInfo> = {
  name: 'string',
  index: 'number',
  firstSequence: 'number',
  lastSequence: 'number',
  header: 'object',
  state: 'string',
  end: 'number',
  bytes: 'number',
  leases: 'number',
}

export const segmentsOf: Decode<readonly SegmentInfo[]> = (value) =>
  listOf(value, 'segments').map((each) => shaped<SegmentInfo>(each, segmentShape, 'a segment'))
