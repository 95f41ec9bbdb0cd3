export { Log, openLog } from './api/log.ts'
export type {
  AsyncOptions,
  Durability,
  GroupOptions,
  LogOptions,
  QueueOptions,
  Visibility,
} from './api/options.ts'
export { LogProcedures } from './api/procedures.ts'
export { Snapshot, SynchronousSnapshot, type SnapshotOptions, type SnapshotRange } from './api/snapshot.ts'
export { openLogSync, SynchronousLog } from './api/synchronous-log.ts'
export type { CommitAlignment } from './format/geometry.ts'
export type { IndexEntry } from './format/seal.ts'
export type { ReadRange } from './read/cursor.ts'
export type { Damage } from './read/errors.ts'
export type { LogRecord, RecordView } from './read/records.ts'
export type { TailOptions, TailSignal } from './read/tail-options.ts'
export type { RecordFileOptions } from './record-file/options.ts'
export { openRecordFile, RecordFile } from './api/record-file.ts'
export { replayRecordFile, type RecordFileReplay } from './api/replay-record-file.ts'
export type { DiscardedTail, RecoveryReport } from './recover/report.ts'
export { recoveryTable, type RecoveryRow, type Verdict } from './recover/table.ts'
export type { Segment, SegmentInfo } from './segment.ts'
export type { AppendOptions, BatchEntry, SequenceRange } from './write/entry.ts'
export type { CommitReason, SyncLatency, WriterStats } from './write/metrics.ts'
export type { ReclaimReport } from './write/retention.ts'
