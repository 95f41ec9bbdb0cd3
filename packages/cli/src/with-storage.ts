import { openLog, VarveError, type Log, type LogStorage, type OpenOptions } from 'varve'
import type { System } from './system.ts'

/** Lends the storage of a directory, and closes it whatever happens. */
export async function withStorage<T>(
  system: System,
  directory: string,
  use: (storage: LogStorage) => Promise<T>,
): Promise<T> {
  const storage = system.storage(directory)
  try {
    return await use(storage)
  } finally {
    await storage.close()
  }
}

export interface LendOptions extends OpenOptions {
  /** Whether a log is begun where there is none. */
  readonly create?: boolean
}

/**
 * Lends a log and closes it whatever happens. One that is only read takes no lock.
 *
 * @throws VarveError `NOT_FOUND` where there is no log, unless it may be created.
 */
export async function withLog<T>(
  system: System,
  directory: string,
  { create = false, ...options }: LendOptions,
  use: (log: Log, storage: LogStorage) => Promise<T>,
): Promise<T> {
  return await withStorage(system, directory, async (storage) => {
    if (!create) await mustHoldLog(storage, directory)
    const { runtime } = system
    const log = await openLog({ storage, ...(runtime === undefined ? {} : { runtime }), ...options })
    try {
      return await use(log, storage)
    } finally {
      await log.close()
    }
  })
}

/** A log, or something that only stands beside one, which an open has something to say about. */
const fileOfLog = /^(?!spare-).*\.(varve|checkpoint|quarantined|repair)$/

async function mustHoldLog(storage: LogStorage, directory: string): Promise<void> {
  const names = await storage.list()
  if (names.some((name) => fileOfLog.test(name))) return
  throw new VarveError('NOT_FOUND', `there is no log in ${directory}`, { directory })
}

/** What a look at a log is told besides the storage. */
export function lookOptions({ interrupt, runtime }: System): {
  readonly signal: AbortSignal
  readonly runtime?: NonNullable<System['runtime']>
} {
  return runtime === undefined ? { signal: interrupt } : { signal: interrupt, runtime }
}
