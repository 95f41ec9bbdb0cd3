import type { LogFile, LogStorage } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'

/** Below it, what is written is kept: a log reads its header again. */
const keptBytes = 65_536

/** A storage whose files take whatever is written and keep nothing of it: what is left is the cost of the log. */
export function discardingStorage(): LogStorage {
  const storage = memoryStorage()
  return {
    capabilities: storage.capabilities,
    list: () => storage.list(),
    open: async (name, mode) => discardingFile(await storage.open(name, mode)),
    rename: (from, to) => storage.rename(from, to),
    remove: (name) => storage.remove(name),
    syncNames: () => storage.syncNames(),
    lock: () => storage.lock(),
    close: () => storage.close(),
  }
}

function discardingFile(file: LogFile): LogFile {
  return {
    size: () => file.size(),
    read: (target, position) => file.read(target, position),
    write: (source, position) => (position < keptBytes ? file.write(source, position) : undefined),
    sync: () => undefined,
    resize: (size) => file.resize(size),
    close: () => file.close(),
  }
}
