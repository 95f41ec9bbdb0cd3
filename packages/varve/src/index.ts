import { VarveError } from '@varve/codec'
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
import type { LogStorage } from '@varve/storage'
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
export type {
  LocatedOptions,
  LocatedReplicaOptions,
  OpenOptions,
  OpenReplicaOptions,
  Typed,
} from './options.ts'

/** Opens the log in `options.storage`: this platform has no storage of its own. */
export function openLog<Entry>(directory: string, options: Typed<OpenOptions, Entry>): Promise<TypedLog<Entry>>
export function openLog<Entry>(options: Typed<LocatedOptions, Entry>): Promise<TypedLog<Entry>>
export function openLog(directory: string, options?: OpenOptions): Promise<Log>
export function openLog(options: LocatedOptions): Promise<Log>
export async function openLog(where: string | LocatedOptions, options?: OpenOptions): Promise<Log | TypedLog<unknown>> {
  return await openOn(locate(where, options, noStorage))
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
  return openSyncOn(locate(where, options, noStorage))
}

/** Opens a replica in `options.storage`, or begins one in an empty storage. */
export function openReplica(directory: string, options?: OpenReplicaOptions): Promise<Replica>
export function openReplica(options: LocatedReplicaOptions): Promise<Replica>
export async function openReplica(
  where: string | LocatedReplicaOptions,
  options?: OpenReplicaOptions,
): Promise<Replica> {
  return await openReplicaOn(locate(where, options, noStorage))
}

/** As {@link openReplica}; every call of the replica does its work before it returns. */
export function openReplicaSync(directory: string, options?: OpenReplicaOptions): SynchronousReplica
export function openReplicaSync(options: LocatedReplicaOptions): SynchronousReplica
export function openReplicaSync(
  where: string | LocatedReplicaOptions,
  options?: OpenReplicaOptions,
): SynchronousReplica {
  return openReplicaSyncOn(locate(where, options, noStorage))
}

/** Makes the replica in `options.storage` a log, and opens it. */
export function promoteReplica(directory: string, options?: OpenOptions): Promise<Log>
export function promoteReplica(options: LocatedOptions): Promise<Log>
export async function promoteReplica(where: string | LocatedOptions, options?: OpenOptions): Promise<Log> {
  return await promoteOn(locate(where, options, noStorage))
}

/** As {@link promoteReplica}; every call of the log does its work before it returns. */
export function promoteReplicaSync(directory: string, options?: OpenOptions): SynchronousLog
export function promoteReplicaSync(options: LocatedOptions): SynchronousLog
export function promoteReplicaSync(where: string | LocatedOptions, options?: OpenOptions): SynchronousLog {
  return promoteSyncOn(locate(where, options, noStorage))
}

function noStorage(directory: string): LogStorage {
  throw new VarveError(
    'UNSUPPORTED',
    `varve has no storage for directories on this platform ('${directory}'); pass a storage in the options`,
  )
}
