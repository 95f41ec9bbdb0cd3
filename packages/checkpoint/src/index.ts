export { copyCheckpoints, copyCheckpointsSync } from './api/copy.ts'
export {
  CheckpointPublisher,
  createCheckpointPublisher,
  createCheckpointPublisherSync,
  SynchronousCheckpointPublisher,
  type PublisherOptions,
  type PublishOptions,
} from './api/publisher.ts'
export { recover, recoverSync, type RecoverOptions, type RecoverSyncOptions } from './api/recover.ts'
export type { CheckpointCopy } from './copy.ts'
export { decodeCheckpointList, type KeptCheckpoint } from './format/list.ts'
export { keepBytes, keepCheckpoints, keepRecords, type PolicyOptions } from './policies.ts'
export type { CheckpointDetails, PublishReport } from './publish-report.ts'
export type { UnusableCheckpoint } from './read/verify.ts'
export type { CheckpointInfo, CheckpointRecovery } from './recover.ts'
export type { CheckpointState, SynchronousCheckpointState } from './write/pieces.ts'
