import type { LogStorage } from '@varve/storage'
import { opfsStorage } from '@varve/storage-opfs'
import { naiveStorage } from './naive-storage.ts'

/** Where a log lies. */
export interface Place {
  readonly directory: string
  /** `naive` is there to be compared with. */
  readonly adapter: 'pool' | 'naive'
  /** Of a pool. */
  readonly poolSize: number
  /** How long to wait for whoever had it and is dying still. Milliseconds. */
  readonly waitMs: number
}

export async function storageAt({ directory, adapter, poolSize, waitMs }: Place): Promise<LogStorage> {
  return adapter === 'naive' ? await naiveStorage(directory) : opfsStorage({ directory, poolSize, waitMs })
}
