import type { LogFile, LogStorage, OpenMode } from '../../contract.ts'

/** A deliberately broken adapter: a good one with one fault put in front of it. */
export interface BrokenAdapter {
  /** What it does wrong. */
  readonly id: string
  /** The checks that must fail on it; others may. */
  readonly breaks: readonly string[]
  /** Puts the fault in front of a good storage. */
  wrap(storage: LogStorage): LogStorage
}

/** Replaces some methods of a storage. It calls itself asynchronous, so that a replacement may return a promise. */
export function alter(storage: LogStorage, changes: Partial<LogStorage>): LogStorage {
  const watch = storage.watch?.bind(storage)
  return {
    capabilities: { ...storage.capabilities, synchronous: false },
    list: () => storage.list(),
    open: (name, mode) => storage.open(name, mode),
    rename: (from, to) => storage.rename(from, to),
    remove: (name) => storage.remove(name),
    syncNames: () => storage.syncNames(),
    lock: () => storage.lock(),
    close: () => storage.close(),
    ...(watch === undefined ? {} : { watch }),
    ...changes,
  }
}

/** Replaces some methods of a file. */
export function alterFile(file: LogFile, changes: Partial<LogFile>): LogFile {
  const writeDurable = file.writeDurable?.bind(file)
  const writeLater = file.writeLater?.bind(file)
  const reserve = file.reserve?.bind(file)
  return {
    size: () => file.size(),
    read: (target, position) => file.read(target, position),
    write: (source, position) => file.write(source, position),
    sync: () => file.sync(),
    resize: (size) => file.resize(size),
    close: () => file.close(),
    ...(writeDurable === undefined ? {} : { writeDurable }),
    ...(writeLater === undefined ? {} : { writeLater }),
    ...(reserve === undefined ? {} : { reserve }),
    ...changes,
  }
}

/** Replaces some methods of every file of a storage. */
export function alterFiles(
  storage: LogStorage,
  changes: (file: LogFile, name: string, mode: OpenMode) => Partial<LogFile> | Promise<Partial<LogFile>>,
): LogStorage {
  return alter(storage, {
    open: async (name, mode) => {
      const file = await storage.open(name, mode)
      return alterFile(file, await changes(file, name, mode))
    },
  })
}

/** Reads a whole file. */
export async function everything(file: LogFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await file.size())
  await file.read(bytes, 0)
  return bytes
}
