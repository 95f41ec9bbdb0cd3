import { openLog as openOn, openLogSync as openSyncOn } from '@varve/segments'
import type { Log, SynchronousLog, TypedLog, TypedSynchronousLog } from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import { locate, type LocatedOptions, type OpenOptions, type Typed } from './options.ts'

export * from './api.ts'
export { nodeStorage } from '@varve/storage-node'
export type { LocatedOptions, OpenOptions, Typed } from './options.ts'

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
