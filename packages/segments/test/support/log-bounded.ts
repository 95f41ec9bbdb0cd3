import type { LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import { intercept } from './log-intercept.ts'

/** Storage that ends what would never end, and knows how much was asked for at once. */
export interface BoundedStorage {
  readonly storage: LogStorage
  readonly memory: MemoryStorage
  /** The most that was asked for at once. */
  readonly largestReadBytes: number
}

const operationsMax = 3000

export function boundedStorage(snapshot: MemorySnapshot): BoundedStorage {
  const memory = memoryStorage({ snapshot })
  let operations = 0
  let largestReadBytes = 0
  const storage = intercept(memory, ({ kind, bytes }, perform) => {
    operations += 1
    if (operations > operationsMax) throw new Error('it does not end')
    if (kind === 'read') largestReadBytes = Math.max(largestReadBytes, bytes)
    return perform()
  })
  return {
    storage,
    memory,
    get largestReadBytes() {
      return largestReadBytes
    },
  }
}
