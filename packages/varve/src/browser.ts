import type { ConnectedLog, TypedConnectedLog } from '@varve/port'
import type { Log, TypedLog } from '@varve/segments'
import type { LogStorage } from '@varve/storage'
import type { WorkerOptions } from './in-worker.ts'
import { noStorage } from './no-storage.ts'
import type { OpenOptions, Typed } from './options.ts'
import {
  openLogSyncWith,
  openReplicaSyncWith,
  openReplicaWith,
  promoteReplicaSyncWith,
  promoteReplicaWith,
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
export type { ConnectedLog, TypedConnectedLog, WorkerLike } from '@varve/port'
export type { WorkerOptions } from './in-worker.ts'
export type { OpenLogSync, OpenReplica, OpenReplicaSync, PromoteReplica, PromoteReplicaSync } from './openers.ts'
export type {
  LocatedOptions,
  LocatedReplicaOptions,
  OpenOptions,
  OpenReplicaOptions,
  Typed,
} from './options.ts'

/** A log on a storage that is passed. */
export interface StoredOptions extends OpenOptions {
  readonly storage: LogStorage
}

/** A log in a worker, by directory. */
export interface LocatedWorkerOptions extends WorkerOptions {
  /** Name of the log in the origin-private file system. */
  readonly directory: string
}

/** Opens a log where the platform is a browser. */
export interface OpenLogInBrowser {
  <Entry>(directory: string, options: Typed<WorkerOptions, Entry>): Promise<TypedConnectedLog<Entry>>
  <Entry>(options: Typed<LocatedWorkerOptions, Entry>): Promise<TypedConnectedLog<Entry>>
  <Entry>(options: Typed<StoredOptions, Entry>): Promise<TypedLog<Entry>>
  (directory: string, options?: WorkerOptions): Promise<ConnectedLog>
  (options: LocatedWorkerOptions): Promise<ConnectedLog>
  (options: StoredOptions): Promise<Log>
}

type Opened = Log | TypedLog<unknown> | ConnectedLog | TypedConnectedLog<unknown>

/**
 * With a directory: opens the log of that name in the origin-private file system, in a worker that this starts, and
 * connects to it; where another tab has it open, through that tab. With a storage: opens the log on it, in this thread.
 *
 * @throws VarveError (as a rejection) as `openLog` of `@varve/segments`; `UNSUPPORTED` where there are no workers or no
 * such file system; `LOCKED` when another tab has it and does not share it.
 *
 * @example
 * const log = await openLog('orders')
 */
export const openLog: OpenLogInBrowser = open as OpenLogInBrowser

async function open(
  where: string | StoredOptions | LocatedWorkerOptions,
  options: WorkerOptions = {},
): Promise<Opened> {
  const located = typeof where === 'string' ? { ...options, directory: where } : where
  // A page needs one of the two, and a bundler that can leaves the other where it is.
  if ('storage' in located || !('directory' in located)) {
    const { openStored } = await import('./stored.ts')
    return await openStored(located)
  }
  const { directory, ...rest } = located
  const { openDirectory } = await import('./in-worker.ts')
  return await openDirectory(directory, rest)
}

/** Opens the log in `options.storage`; every call of the log does its work before it returns. */
export const openLogSync: OpenLogSync = /* @__PURE__ */ openLogSyncWith(noStorage)

/** Opens a replica in `options.storage`, or begins one in an empty storage. */
export const openReplica: OpenReplica = /* @__PURE__ */ openReplicaWith(noStorage)

/** As {@link openReplica}; every call of the replica does its work before it returns. */
export const openReplicaSync: OpenReplicaSync = /* @__PURE__ */ openReplicaSyncWith(noStorage)

/** Makes the replica in `options.storage` a log, and opens it. */
export const promoteReplica: PromoteReplica = /* @__PURE__ */ promoteReplicaWith(noStorage)

/** As {@link promoteReplica}; every call of the log does its work before it returns. */
export const promoteReplicaSync: PromoteReplicaSync = /* @__PURE__ */ promoteReplicaSyncWith(noStorage)
