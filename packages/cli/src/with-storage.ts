import { openLog, type Log, type LogStorage, type OpenOptions } from 'varve'
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

/** Lends a log and closes it whatever happens. One that is only read takes no lock. */
export async function withLog<T>(
  system: System,
  directory: string,
  options: OpenOptions,
  use: (log: Log, storage: LogStorage) => Promise<T>,
): Promise<T> {
  return await withStorage(system, directory, async (storage) => {
    const { runtime } = system
    const log = await openLog({ storage, ...(runtime === undefined ? {} : { runtime }), ...options })
    try {
      return await use(log, storage)
    } finally {
      await log.close()
    }
  })
}

/** What a look at a log is told besides the storage. */
export function lookOptions({ interrupt, runtime }: System): {
  readonly signal: AbortSignal
  readonly runtime?: NonNullable<System['runtime']>
} {
  return runtime === undefined ? { signal: interrupt } : { signal: interrupt, runtime }
}
