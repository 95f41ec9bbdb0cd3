import type { LogFile, LogStorage, MaybePromise, StorageLock } from '@varve/storage'

export type OperationKind = Exclude<keyof LogStorage, 'capabilities' | 'watch'> | keyof LogFile | 'release'

/** One call of a storage, before it is made. What does not apply is empty or zero. */
export interface Operation {
  readonly kind: OperationKind
  /** The file; of a rename the old name. */
  readonly name: string
  /** The new name of a rename, the mode of an open. */
  readonly detail: string
  /** Where a read or write begins, or the size for `resize` and `reserve`; in bytes. */
  readonly position: number
  /** The bytes of a read or write. */
  readonly bytes: number
  /** Tells the handles of one file apart, in the order of opening from 1; 0 for calls of the storage itself. */
  readonly handle: number
  /** What a write hands over; not copied. */
  readonly source?: Uint8Array<ArrayBuffer>
}

/** Stands between the log and its storage: may look, wait, refuse, or do something else. */
export type Around = <T>(operation: Operation, perform: () => MaybePromise<T>) => MaybePromise<T>

/** The optional methods of a file, for storages that lack them. */
export type OptionalMethod = 'writeDurable' | 'reserve'

export interface InterceptOptions {
  readonly without?: readonly OptionalMethod[]
  /** Resolves when the lock is to be lost. */
  readonly lost?: PromiseLike<unknown>
}

type Call = <T>(kind: OperationKind, perform: () => MaybePromise<T>, facts?: Partial<Operation>) => MaybePromise<T>

const nothing = { name: '', detail: '', position: 0, bytes: 0, handle: 0 }

/** The same storage, with every call going through `around`. */
export function intercept(storage: LogStorage, around: Around, options: InterceptOptions = {}): LogStorage {
  const { without = [], lost } = options
  let handles = 0
  const call: Call = (kind, perform, facts = {}) => around({ ...nothing, ...facts, kind }, perform)
  return {
    capabilities: storage.capabilities,
    list: () => call('list', () => storage.list()),
    open(name, mode) {
      handles += 1
      const handle = handles
      const wrap = (file: LogFile): LogFile => interceptFile(file, name, handle, around, without)
      return call('open', () => then(storage.open(name, mode), wrap), { name, detail: mode, handle })
    },
    rename: (from, to) => call('rename', () => storage.rename(from, to), { name: from, detail: to }),
    remove: (name) => call('remove', () => storage.remove(name), { name }),
    syncNames: () => call('syncNames', () => storage.syncNames()),
    lock() {
      const wrap = (lock: StorageLock): StorageLock => {
        const release = (): MaybePromise<void> => call('release', () => lock.release())
        return { ...lock, release, ...(lost === undefined ? {} : { lost }) }
      }
      return call('lock', () => then(storage.lock(), wrap))
    },
    close: () => call('close', () => storage.close()),
  }
}

function interceptFile(
  file: LogFile,
  name: string,
  handle: number,
  around: Around,
  without: readonly OptionalMethod[],
): LogFile {
  const call: Call = (kind, perform, facts = {}) => around({ ...nothing, ...facts, kind, name, handle }, perform)
  const writeDurable = file.writeDurable?.bind(file)
  const reserve = file.reserve?.bind(file)
  return {
    size: () => call('size', () => file.size()),
    read: (target, position) => call('read', () => file.read(target, position), { position, bytes: target.length }),
    write: (source, position) =>
      call('write', () => file.write(source, position), { position, bytes: source.length, source }),
    sync: () => call('sync', () => file.sync()),
    resize: (size) => call('resize', () => file.resize(size), { position: size }),
    close: () => call('close', () => file.close()),
    ...(writeDurable === undefined || without.includes('writeDurable')
      ? {}
      : {
          writeDurable: (source, position) =>
            call('writeDurable', () => writeDurable(source, position), {
              position,
              bytes: source.length,
              source,
            }),
        }),
    ...(reserve === undefined || without.includes('reserve')
      ? {}
      : { reserve: (size) => call('reserve', () => reserve(size), { position: size }) }),
  }
}

/** Whether the call puts bytes into a file. */
export function isWriteCall({ kind }: Operation): boolean {
  return kind === 'write' || kind === 'writeDurable'
}

/** Whether the call makes bytes durable. */
export function isDurableCall({ kind }: Operation): boolean {
  return kind === 'sync' || kind === 'writeDurable'
}

export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value
}

function then<T, U>(value: MaybePromise<T>, next: (value: T) => U): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value)
}
