import { VarveError } from '@varve/codec'
import type { LogOptions, ReplicaOptions, TypedLogOptions } from '@varve/segments'
import type { LogStorage } from '@varve/storage'

/** What a log may be told besides where it lies. */
export type OpenOptions = Omit<LogOptions, 'storage' | 'ownsStorage'>

/** Options that may leave the storage to the platform, by naming a directory. */
export interface LocatedOptions extends OpenOptions {
  readonly storage?: LogStorage
  /** Directory of the log, for the platform's own storage. */
  readonly directory?: string
}

/** What a replica may be told besides where it lies. */
export type OpenReplicaOptions = Omit<ReplicaOptions, 'storage' | 'ownsStorage'>

/** As {@link LocatedOptions}, of a replica. */
export type LocatedReplicaOptions = OpenReplicaOptions & Pick<LocatedOptions, 'storage' | 'directory'>

/** The options of a log whose records are entries, which a codec turns into payloads and back. */
export type Typed<Options, Entry> = Options & Pick<TypedLogOptions<Entry>, 'entry'>

/** Fills in the storage: the one that was given, or the platform's for the directory. */
export function locate(
  where: string | LocatedOptions,
  options: OpenOptions | undefined,
  platform: (directory: string) => LogStorage,
): LogOptions {
  const located: LocatedOptions = typeof where === 'string' ? { ...options, directory: where } : where
  const { directory, storage, ...rest } = located
  if (storage !== undefined && directory === undefined) return { ...rest, storage }
  if (storage === undefined && directory !== undefined) {
    return { ...rest, storage: platform(directory), ownsStorage: true }
  }
  throw new VarveError('INVALID_ARGUMENT', 'a log or replica needs either a directory or a storage, and not both')
}
