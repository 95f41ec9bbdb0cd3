import type { LogFile, LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import type { Files } from './archive.ts'
import { Violation } from './target.ts'

/** A memory storage that counts what it is asked for. */
export interface BoundedStorage {
  readonly storage: LogStorage
  snapshot(): MemorySnapshot
  /** Throws when more was asked for than an image of this size can need, also where that was swallowed. */
  check(): void
}

/**
 * Storage with `files` on it. Every operation counts: a loop that never ends shows as too many. A read tells how much
 * memory was made for it; a write or a reservation, how large a file becomes.
 */
export function boundedStorage(files: Files): BoundedStorage {
  const inner = memoryStorage({ snapshot: { files, generation: 0 } })
  const imageBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const limits = { operations: 3000 + imageBytes / 8, read: 65_536 + imageBytes * 2, size: 262_144 + imageBytes * 4 }
  let operations = 0
  let violation: Violation | undefined
  const fail = (law: string): never => {
    violation ??= new Violation(law)
    throw violation
  }
  const count = (): void => {
    operations += 1
    if (operations > limits.operations) fail('something does not end: too many operations')
  }
  const countBytes = (bytes: number, limit: number, what: string): void => {
    count()
    if (bytes > limit) fail(`${what}, far above what is there`)
  }
  const file = (name: string, opened: LogFile): LogFile => ({
    size: () => (count(), opened.size()),
    read: (target, position) => {
      countBytes(target.buffer.byteLength, limits.read, 'a buffer was made')
      return opened.read(target, position)
    },
    write: (source, position) => {
      countBytes(position + source.length, limits.size, 'a file was written')
      return opened.write(source, position)
    },
    writeDurable: (source, position) => {
      countBytes(position + source.length, limits.size, 'a file was written')
      return opened.writeDurable?.(source, position)
    },
    sync: () => (count(), opened.sync()),
    resize: (size) => {
      countBytes(size, limits.size, 'a file was resized')
      return opened.resize(size)
    },
    reserve: (size) => {
      countBytes(size, limits.size, 'room was reserved')
      return opened.reserve?.(size)
    },
    close: () => opened.close(),
  })
  const storage = wrapped(inner, count, file)
  return {
    storage,
    snapshot: () => inner.snapshot(),
    check: () => {
      if (violation !== undefined) throw violation
    },
  }
}

function wrapped(
  inner: MemoryStorage,
  count: () => void,
  file: (name: string, opened: LogFile) => LogFile,
): LogStorage {
  return {
    capabilities: inner.capabilities,
    list: () => (count(), inner.list()),
    open: (name, mode) => {
      count()
      return file(name, inner.open(name, mode) as LogFile)
    },
    rename: (from, to) => (count(), inner.rename(from, to)),
    remove: (name) => (count(), inner.remove(name)),
    syncNames: () => (count(), inner.syncNames()),
    lock: () => inner.lock(),
    close: () => inner.close(),
  }
}

/** Whether two directories hold the same. */
export function sameFiles(one: Files, other: Files): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([name, bytes]) => {
    const there = other.get(name)
    return there !== undefined && Buffer.compare(bytes, there) === 0
  })
}
