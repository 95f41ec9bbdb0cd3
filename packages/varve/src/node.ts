import {
  openLog as openOn,
  openLogSync as openSyncOn,
  openReplica as openReplicaOn,
  openReplicaSync as openReplicaSyncOn,
  promoteReplica as promoteOn,
  promoteReplicaSync as promoteSyncOn,
} from '@varve/segments'
import type {
  Log,
  Replica,
  SynchronousLog,
  SynchronousReplica,
  TypedLog,
  TypedSynchronousLog,
} from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import {
  locate,
  type LocatedOptions,
  type LocatedReplicaOptions,
  type OpenOptions,
  type OpenReplicaOptions,
  type Typed,
} from './options.ts'

// Not in api.ts: the bundler loses stars of other packages in what two entry points share.
export * from '@varve/checkpoint'
export * from '@varve/segments'
export * from './api.ts'
export { nodeStorage } from '@varve/storage-node'
export type {
  LocatedOptions,
  LocatedReplicaOptions,
  OpenOptions,
  OpenReplicaOptions,
  Typed,
} from './options.ts'

/**
 * Opens the log in a directory, or begins one. Recovery runs first; `log.recovery` says what it found.
 *
 * @example
 * const log = await openLog('./data')
 */
export function openLog<Entry>(directory: string, options: Typed<OpenOptions, Entry>): Promise<TypedLog<Entry>>
export function openLog<Entry>(options: Typed<LocatedOptions, Entry>): Promise<TypedLog<Entry>>
export function openLog(directory: string, options?: OpenOptions): Promise<Log>
export function openLog(options: LocatedOptions): Promise<Log>
export async function openLog(where: string | LocatedOptions, options?: OpenOptions): Promise<Log | TypedLog<unknown>> {
  return await openOn(locate(where, options, (directory) => nodeStorage(directory)))
}

/** As {@link openLog}; every call of the log does its work before it returns. */
export function openLogSync<Entry>(directory: string, options: Typed<OpenOptions, Entry>): TypedSynchronousLog<Entry>
export function openLogSync<Entry>(options: Typed<LocatedOptions, Entry>): TypedSynchronousLog<Entry>
export function openLogSync(directory: string, options?: OpenOptions): SynchronousLog
export function openLogSync(options: LocatedOptions): SynchronousLog
export function openLogSync(
  where: string | LocatedOptions,
  options?: OpenOptions,
): SynchronousLog | TypedSynchronousLog<unknown> {
  return openSyncOn(locate(where, options, (directory) => nodeStorage(directory, { synchronous: true })))
}

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
export function openReplica(directory: string, options?: OpenReplicaOptions): Promise<Replica>
export function openReplica(options: LocatedReplicaOptions): Promise<Replica>
export async function openReplica(
  where: string | LocatedReplicaOptions,
  options?: OpenReplicaOptions,
): Promise<Replica> {
  return await openReplicaOn(locate(where, options, (directory) => nodeStorage(directory)))
}

/** As {@link openReplica}; every call of the replica does its work before it returns. */
export function openReplicaSync(directory: string, options?: OpenReplicaOptions): SynchronousReplica
export function openReplicaSync(options: LocatedReplicaOptions): SynchronousReplica
export function openReplicaSync(
  where: string | LocatedReplicaOptions,
  options?: OpenReplicaOptions,
): SynchronousReplica {
  return openReplicaSyncOn(locate(where, options, (directory) => nodeStorage(directory, { synchronous: true })))
}

/**
 * Makes a replica a log, and opens it. From then on its old primary can add nothing to a copy of it.
 *
 * @throws VarveError (as a rejection) as `openLog`; `NOT_FOUND` when the directory is no replica, or nothing has come.
 *
 * @example
 * const log = await promoteReplica('./copy')
 */
export function promoteReplica(directory: string, options?: OpenOptions): Promise<Log>
export function promoteReplica(options: LocatedOptions): Promise<Log>
export async function promoteReplica(where: string | LocatedOptions, options?: OpenOptions): Promise<Log> {
  return await promoteOn(locate(where, options, (directory) => nodeStorage(directory)))
}

/** As {@link promoteReplica}; every call of the log does its work before it returns. */
export function promoteReplicaSync(directory: string, options?: OpenOptions): SynchronousLog
export function promoteReplicaSync(options: LocatedOptions): SynchronousLog
export function promoteReplicaSync(where: string | LocatedOptions, options?: OpenOptions): SynchronousLog {
  return promoteSyncOn(locate(where, options, (directory) => nodeStorage(directory, { synchronous: true })))
}
