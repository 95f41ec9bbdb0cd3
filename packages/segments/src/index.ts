export { Log } from './api/log.ts'
export { openLog } from './api/open.ts'
export type {
  AsyncOptions,
  Durability,
  GroupOptions,
  LogOptions,
  QueueOptions,
  TypedLogOptions,
  Visibility,
} from './api/options.ts'
export type { LogStats } from './api/session.ts'
export { LogProcedures } from './api/procedures.ts'
export { Snapshot, SynchronousSnapshot, type SnapshotOptions, type SnapshotRange } from './api/snapshot.ts'
export { openLogSync } from './api/open-sync.ts'
export { SynchronousLog } from './api/synchronous-log.ts'
export type * from './observe/events.ts'
export { TypedLog } from './api/typed-log.ts'
export { TypedSynchronousLog } from './api/typed-synchronous-log.ts'
export type { TypedRecord } from './api/typed-record.ts'
export type { CommitAlignment } from './format/geometry.ts'
export type { IndexEntry } from './format/seal.ts'
export type { ReadRange } from './read/cursor.ts'
export type { Damage } from './read/errors.ts'
export type { LogRecord, RecordView } from './read/log-record.ts'
export type { TailOptions } from './read/tail-options.ts'
export type { RecordFileOptions } from './record-file/options.ts'
export {
  openReplica,
  openReplicaSync,
  promoteReplica,
  promoteReplicaSync,
  Replica,
  type ReplicaOptions,
  SynchronousReplica,
} from './api/replica.ts'
export type { ReplicaReport } from './replica/open-replica.ts'
export { openRecordFile, RecordFile } from './api/record-file.ts'
export { replayRecordFile, type RecordFileReplay } from './api/replay-record-file.ts'
export type { DiscardedTail, RecoveryReport } from './recover/report.ts'
export { recoveryTable, type RecoveryRow, type Verdict } from './recover/table.ts'
export type { Segment, SegmentInfo } from './segment.ts'
export type { Following } from './read/following.ts'
export type { CancelSignal } from './signal.ts'
export type { StreamOptions } from './stream/byte-stream.ts'
export type { StreamChunk, StreamPosition, StreamStart } from './stream/position.ts'
export type { AppendOptions, BatchEntry, RecordOptions, SequenceRange, WaitOptions } from './write/entry.ts'
export type { CommitReason, WriterStats } from './write/metrics.ts'
export type { Distribution } from './write/sample-window.ts'
export type { ReclaimReport } from './write/retention.ts'
