import type { LogStorage, MaybePromise, StorageLock } from '@varve/storage'

/**
 * A directory of its own on a storage that several logs share: its files are those whose names begin with `prefix`. Its
 * lock is its own as well, and whoever comes gets it: processes of a simulation do not overlap.
 */
export function directoryOf(storage: LogStorage, prefix: string, generation: number): LogStorage {
  const own = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return {
    capabilities: storage.capabilities,
    list(): MaybePromise<readonly string[]> {
      const names = storage.list()
      return 'then' in names ? Promise.resolve(names).then(own) : own(names)
    },
    open: (name, mode) => storage.open(prefix + name, mode),
    rename: (from, to) => storage.rename(prefix + from, prefix + to),
    remove: (name) => storage.remove(prefix + name),
    syncNames: () => storage.syncNames(),
    lock: (): StorageLock => ({ holder: prefix, generation, release() {} }),
    close() {},
  }
}
