import { noStorage } from './no-storage.ts'
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
  type PromoteReplica,
  type PromoteReplicaSync,
} from './openers.ts'

// Not in api.ts: the bundler loses stars of other packages in what two entry points share.
export * from '@varve/checkpoint'
export * from '@varve/segments'
export * from './api.ts'

// For platforms that are neither Node nor a browser. Compilers see browser.ts in its place, which has the same names.

/** Opens the log in `options.storage`: this platform has no storage of its own. */
export const openLog: OpenLog = /* @__PURE__ */ openLogWith(noStorage)

/** As {@link openLog}; every call of the log does its work before it returns. */
export const openLogSync: OpenLogSync = /* @__PURE__ */ openLogSyncWith(noStorage)

/** Opens a replica in `options.storage`, or begins one in an empty storage. */
export const openReplica: OpenReplica = /* @__PURE__ */ openReplicaWith(noStorage)

/** As {@link openReplica}; every call of the replica does its work before it returns. */
export const openReplicaSync: OpenReplicaSync = /* @__PURE__ */ openReplicaSyncWith(noStorage)

/** Makes the replica in `options.storage` a log, and opens it. */
export const promoteReplica: PromoteReplica = /* @__PURE__ */ promoteReplicaWith(noStorage)

/** As {@link promoteReplica}; every call of the log does its work before it returns. */
export const promoteReplicaSync: PromoteReplicaSync = /* @__PURE__ */ promoteReplicaSyncWith(noStorage)
