import { VarveError } from '@varve/codec'
import { openLog as openOn, openLogSync as openSyncOn } from '@varve/segments'
import type { Log, SynchronousLog, TypedLog, TypedSynchronousLog } from '@varve/segments'
import type { LogStorage } from '@varve/storage'
import { locate, type LocatedOptions, type OpenOptions, type Typed } from './options.ts'

export * from './api.ts'
export type { LocatedOptions, OpenOptions, Typed } from './options.ts'

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

function noStorage(directory: string): LogStorage {
  throw new VarveError(
    'UNSUPPORTED',
    `varve has no storage for directories on this platform ('${directory}'); pass a storage in the options`,
  )
}
