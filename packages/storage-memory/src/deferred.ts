import type { LogFile, LogStorage, StorageLock } from '@varve/storage'

/**
 * Runs `action` after the current turn of the caller. Promise reactions run first in, first out, so operations keep
 * the order in which they were called, and what a caller does to its buffers in between is seen, as on a real disk.
 */
function later<T>(action: () => T | PromiseLike<T>): Promise<T> {
  return Promise.resolve().then(action)
}

/** The same storage, with a promise from every method and every failure a rejection. */
export function deferred(storage: LogStorage): LogStorage {
  return {
    capabilities: { ...storage.capabilities, synchronous: false },
    list: () => later(() => storage.list()),
    open: (name, mode) => later(async () => deferredFile(await storage.open(name, mode))),
    rename: (from, to) => later(() => storage.rename(from, to)),
    remove: (name) => later(() => storage.remove(name)),
    syncNames: () => later(() => storage.syncNames()),
    lock: () => later(async () => deferredLock(await storage.lock())),
    watch: (changed) => (storage.watch as NonNullable<LogStorage['watch']>)(changed),
    close: () => later(() => storage.close()),
  }
}

function deferredLock(lock: StorageLock): StorageLock {
  return { holder: lock.holder, generation: lock.generation, release: () => later(() => lock.release()) }
}

function deferredFile(file: LogFile): LogFile {
  return {
    size: () => later(() => file.size()),
    read: (target, position) => later(() => file.read(target, position)),
    write: (source, position) => later(() => file.write(source, position)),
    sync: () => later(() => file.sync()),
    resize: (size) => later(() => file.resize(size)),
    close: () => later(() => file.close()),
    writeDurable: (source, position) => later(() => file.write(source, position)),
    writeLater: (source, position) => later(() => file.write(source, position)),
    reserve: (size) => later(() => file.reserve?.(size)),
  }
}
