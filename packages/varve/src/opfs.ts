import { opfsStorage } from '@varve/storage-opfs'
import {
  openLogWith,
  openReplicaWith,
  promoteReplicaWith,
  type OpenLog,
  type OpenReplica,
  type PlatformStorage,
  type PromoteReplica,
} from './openers.ts'

// Not in api.ts: the bundler loses stars of other packages in what two entry points share.
export * from '@varve/checkpoint'
export * from '@varve/segments'
export * from './api.ts'
export type { OpenLog, OpenReplica, PromoteReplica } from './openers.ts'
export type {
  LocatedOptions,
  LocatedReplicaOptions,
  OpenOptions,
  OpenReplicaOptions,
  Typed,
} from './options.ts'
export { opfsStorage, removeOpfsStorage, type OpfsStorage, type OpfsStorageOptions } from '@varve/storage-opfs'

const storage: PlatformStorage = (directory) => opfsStorage({ directory })

/**
 * Opens the log in a directory of the origin-private file system, in this dedicated worker, or begins one. There is no
 * synchronous form of that: await `ready()` of an `opfsStorage` with `synchronous`, and pass it to `openLogSync`.
 *
 * @throws VarveError (as a rejection) as `openLog` of `@varve/segments`; `UNSUPPORTED` outside of a dedicated worker.
 *
 * @example
 * const log = await openLog('orders')
 */
export const openLog: OpenLog = /* @__PURE__ */ openLogWith(storage)

/** Opens a replica in a directory of its own, which is not that of the log, or begins one. */
export const openReplica: OpenReplica = /* @__PURE__ */ openReplicaWith(storage)

/** Makes a replica a log, and opens it. */
export const promoteReplica: PromoteReplica = /* @__PURE__ */ promoteReplicaWith(storage)
