import type { LogFile, LogStorage } from '@varve/storage'
import type { Lie } from './messages.ts'

/**
 * How early a writer acknowledges that does so early. Between a message and a write lie microseconds on some runtimes:
 * forty kills there found none.
 */
export const earlyMs = 2

/** The storage as it is, or one that lies about it. A scenario that does not notice is worth nothing. */
export function lyingStorage(storage: LogStorage, lie: Lie): LogStorage {
  if (lie === 'syncs-nothing') return changed(storage, { syncNames: () => {} }, syncsNothing)
  if (lie === 'hides-errors') return changed(storage, { syncNames: () => hide(() => storage.syncNames()) }, hidesErrors)
  return storage
}

function changed(storage: LogStorage, changes: Partial<LogStorage>, wrap: (file: LogFile) => LogFile): LogStorage {
  const forwarded: LogStorage = {
    capabilities: storage.capabilities,
    list: () => storage.list(),
    open: (name, mode) => {
      const file = storage.open(name, mode)
      return 'then' in file ? file.then(wrap) : wrap(file)
    },
    rename: (from, to) => storage.rename(from, to),
    remove: (name) => storage.remove(name),
    syncNames: () => storage.syncNames(),
    lock: () => storage.lock(),
    close: () => storage.close(),
  }
  return { ...forwarded, ...changes }
}

function syncsNothing(file: LogFile): LogFile {
  return {
    size: () => file.size(),
    read: (target, position) => file.read(target, position),
    write: (source, position) => file.write(source, position),
    sync: () => {},
    resize: (size) => file.resize(size),
    close: () => file.close(),
    writeDurable: (source, position) => file.write(source, position),
  }
}

function hidesErrors(file: LogFile): LogFile {
  return {
    ...syncsNothing(file),
    write: (source, position) => hide(() => file.write(source, position)),
    sync: () => hide(() => file.sync()),
    writeDurable: (source, position) => hide(() => file.write(source, position)),
  }
}

async function hide(call: () => void | PromiseLike<void>): Promise<void> {
  try {
    await call()
  } catch {
    // This is the lie.
  }
}
