import {
  openLog as openOn,
  openLogSync as openSyncOn,
  openReplica as openReplicaOn,
  openReplicaSync as openReplicaSyncOn,
  promoteReplica as promoteOn,
  promoteReplicaSync as promoteSyncOn,
  type Log,
  type Replica,
  type SynchronousLog,
  type SynchronousReplica,
  type TypedLog,
  type TypedSynchronousLog,
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

/** Makes the platform's own storage for a directory. */
export type PlatformStorage = (directory: string) => LogStorage

/** Opens a log, or begins one. With `entry`, a typed one. */
export interface OpenLog {
  <Entry>(directory: string, options: Typed<OpenOptions, Entry>): Promise<TypedLog<Entry>>
  <Entry>(options: Typed<LocatedOptions, Entry>): Promise<TypedLog<Entry>>
  (directory: string, options?: OpenOptions): Promise<Log>
  (options: LocatedOptions): Promise<Log>
}

/** As {@link OpenLog}; every call of the log does its work before it returns. */
export interface OpenLogSync {
  <Entry>(directory: string, options: Typed<OpenOptions, Entry>): TypedSynchronousLog<Entry>
  <Entry>(options: Typed<LocatedOptions, Entry>): TypedSynchronousLog<Entry>
  (directory: string, options?: OpenOptions): SynchronousLog
  (options: LocatedOptions): SynchronousLog
}

/** Opens a replica, or begins one. */
export interface OpenReplica {
  (directory: string, options?: OpenReplicaOptions): Promise<Replica>
  (options: LocatedReplicaOptions): Promise<Replica>
}

/** As {@link OpenReplica}; every call of the replica does its work before it returns. */
export interface OpenReplicaSync {
  (directory: string, options?: OpenReplicaOptions): SynchronousReplica
  (options: LocatedReplicaOptions): SynchronousReplica
}

/** Makes a replica a log, and opens it. */
export interface PromoteReplica {
  (directory: string, options?: OpenOptions): Promise<Log>
  (options: LocatedOptions): Promise<Log>
}

/** As {@link PromoteReplica}; every call of the log does its work before it returns. */
export interface PromoteReplicaSync {
  (directory: string, options?: OpenOptions): SynchronousLog
  (options: LocatedOptions): SynchronousLog
}

// One maker for each, so that a bundle has those alone that it uses.

/** `openLog` where `platform` makes the storage of a directory. */
export function openLogWith(platform: PlatformStorage): OpenLog {
  const open = async (where: string | LocatedOptions, options?: OpenOptions): Promise<Log> =>
    await openOn(locate(where, options, platform))
  // What is told apart by the options is told apart by their types.
  return open as OpenLog
}

/** `openLogSync`, likewise. */
export function openLogSyncWith(platform: PlatformStorage): OpenLogSync {
  const open = (where: string | LocatedOptions, options?: OpenOptions): SynchronousLog =>
    openSyncOn(locate(where, options, platform))
  return open as OpenLogSync
}

/** `openReplica`, likewise. */
export function openReplicaWith(platform: PlatformStorage): OpenReplica {
  return async (where: string | LocatedReplicaOptions, options?: OpenReplicaOptions) =>
    await openReplicaOn(locate(where, options, platform))
}

/** `openReplicaSync`, likewise. */
export function openReplicaSyncWith(platform: PlatformStorage): OpenReplicaSync {
  return (where: string | LocatedReplicaOptions, options?: OpenReplicaOptions) =>
    openReplicaSyncOn(locate(where, options, platform))
}

/** `promoteReplica`, likewise. */
export function promoteReplicaWith(platform: PlatformStorage): PromoteReplica {
  return async (where: string | LocatedOptions, options?: OpenOptions) =>
    await promoteOn(locate(where, options, platform))
}

/** `promoteReplicaSync`, likewise. */
export function promoteReplicaSyncWith(platform: PlatformStorage): PromoteReplicaSync {
  return (where: string | LocatedOptions, options?: OpenOptions) => promoteSyncOn(locate(where, options, platform))
}
