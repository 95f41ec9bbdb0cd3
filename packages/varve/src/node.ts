import { nodeStorage } from '@varve/storage-node'
import {
  openLogSyncWith,
  openLogWith,
  openReplicaSyncWith,
  openReplicaWith,
  promoteReplicaSyncWith,
  promoteReplicaWith,
  type OpenLog,
  type OpenLogSync,
  type OpenReplica,
  type OpenReplicaSync,
  type PlatformStorage,
  type PromoteReplica,
  type PromoteReplicaSync,
} from './openers.ts'

// Not in api.ts: the bundler loses stars of other packages in what two entry points share.
export * from '@varve/checkpoint'
export * from '@varve/segments'
export * from './api.ts'
export { nodeStorage } from '@varve/storage-node'
export type {
  OpenLog,
  OpenLogSync,
  OpenReplica,
  OpenReplicaSync,
  PromoteReplica,
  PromoteReplicaSync,
} from './openers.ts'
export type {
  LocatedOptions,
  LocatedReplicaOptions,
  OpenOptions,
  OpenReplicaOptions,
  Typed,
} from './options.ts'

const asynchronous: PlatformStorage = (directory) => nodeStorage(directory)
const synchronous: PlatformStorage = (directory) => nodeStorage(directory, { synchronous: true })

/**
 * Opens the log in a directory, or begins one. Recovery runs first; `log.recovery` says what it found.
 *
 * @example
 * const log = await openLog('./data')
 */
export const openLog: OpenLog = /* @__PURE__ */ openLogWith(asynchronous)

/** As {@link openLog}; every call of the log does its work before it returns. */
export const openLogSync: OpenLogSync = /* @__PURE__ */ openLogSyncWith(synchronous)

/**
 * Opens a replica in a directory of its own, which is not that of the log, or begins one in an empty directory.
 *
 * @throws VarveError (as a rejection) `EXISTS` when the directory holds a log of its own; `LOCKED`, `CORRUPT`,
 * `INVALID_ARGUMENT`, `IO`, and `UNSUPPORTED` where names are not durable when the storage says so, as on Windows.
 *
 * @example
 * const replica = await openReplica('./copy')
 * await replica.receive(log.stream({ from: replica.position }))
 */
export const openReplica: OpenReplica = /* @__PURE__ */ openReplicaWith(asynchronous)

/** As {@link openReplica}; every call of the replica does its work before it returns. */
export const openReplicaSync: OpenReplicaSync = /* @__PURE__ */ openReplicaSyncWith(synchronous)

/**
 * Makes a replica a log, and opens it. From then on its old primary can add nothing to a copy of it.
 *
 * @throws VarveError (as a rejection) as `openLog`; `NOT_FOUND` when the directory is no replica, or nothing has come.
 *
 * @example
 * const log = await promoteReplica('./copy')
 */
export const promoteReplica: PromoteReplica = /* @__PURE__ */ promoteReplicaWith(asynchronous)

/** As {@link promoteReplica}; every call of the log does its work before it returns. */
export const promoteReplicaSync: PromoteReplicaSync = /* @__PURE__ */ promoteReplicaSyncWith(synchronous)
