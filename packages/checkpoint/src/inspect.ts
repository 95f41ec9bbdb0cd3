/**
 * What `@varve/inspect` needs to look at checkpoints without an open log. For packages of this repository; it may
 * change in any version.
 */
export { encodeCheckpointList } from './format/list.ts'
export { sortCheckpointNames, type NamedCheckpoint } from './format/names.ts'
export type { EndRecord } from './format/file.ts'
export type { CheckpointPlace } from './read/checkpoint-reader.ts'
export { verifyFile, type FileReading } from './read/verify.ts'
