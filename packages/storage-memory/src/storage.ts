import { VarveError } from '@varve/codec'
import {
  checkFileName,
  type LogStorage,
  type OpenMode,
  type StorageCapabilities,
  type StorageLock,
} from '@varve/storage'
import { MemoryContent } from './content.ts'
import { deferred } from './deferred.ts'
import { SharedDisk, type MemoryDisk, type MemorySnapshot } from './disk.ts'
import { MemoryFile, type MemoryFileOwner } from './file.ts'

/** How a {@link memoryStorage} is made. */
export interface MemoryStorageOptions {
  /** The disk to work on, shared with other storages. Default: one of its own. Not together with `snapshot`. */
  readonly disk?: MemoryDisk
  /** Begins with what {@link MemoryStorage.snapshot} returned, on a disk of its own, the lock free. */
  readonly snapshot?: MemorySnapshot
  /** Every method returns a promise and acts a little later, in call order. Default false: plain values. */
  readonly asynchronous?: boolean
}

/** A storage in memory, with access to what lies on its disk. */
export interface MemoryStorage extends LogStorage {
  /** The disk, for further storages on it. */
  readonly disk: MemoryDisk
  /** Copies everything on the disk as it is now, as a crash of the process would leave it on a real one. */
  snapshot(): MemorySnapshot
}

/**
 * Storage in memory, for tests and for logs that need not outlive the process. It keeps every promise of the contract
 * but durability (`capabilities.contents` and `names` are `'volatile'`) and refuses what some platforms cannot do:
 * renaming or removing a file that this storage has open is `INVALID_ARGUMENT`.
 *
 * @throws VarveError `INVALID_ARGUMENT` when both `disk` and `snapshot` are given, or the disk is not one of
 * `memoryDisk()`.
 *
 * @example
 * ```ts
 * const storage = memoryStorage()
 * const log = await openLog({ storage })
 * const copy = memoryStorage({ snapshot: storage.snapshot() })
 * ```
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const disk = options.disk ?? new SharedDisk(options.snapshot)
  if (!(disk instanceof SharedDisk) || (options.disk !== undefined && options.snapshot !== undefined)) {
    throw new VarveError('INVALID_ARGUMENT', 'pass either a disk made by memoryDisk() or a snapshot')
  }
  const storage = new SynchronousMemoryStorage(disk)
  const surface = options.asynchronous === true ? deferred(storage) : storage
  return Object.assign(surface, { disk, snapshot: () => disk.snapshot() })
}

class SynchronousMemoryStorage implements LogStorage, MemoryFileOwner {
  readonly capabilities: StorageCapabilities = {
    synchronous: true,
    contents: 'volatile',
    names: 'volatile',
    lock: 'process',
  }
  readonly #disk: SharedDisk
  readonly #holder: string
  readonly #open = new Set<MemoryFile>()
  readonly #watchers = new Set<() => void>()
  #lock: StorageLock | undefined
  #closed = false

  constructor(disk: SharedDisk) {
    this.#disk = disk
    disk.storages += 1
    this.#holder = `memory storage ${disk.storages} of this process`
  }

  get closed(): boolean {
    return this.#closed
  }

  changed(): void {
    this.#disk.announce()
  }

  released(file: MemoryFile): void {
    this.#open.delete(file)
  }

  list(): readonly string[] {
    this.#mustBeOpen()
    return [...this.#disk.files.keys()]
  }

  open(name: string, mode: OpenMode): MemoryFile {
    this.#mustBeOpen()
    checkFileName(name)
    if (mode === 'create') {
      if (this.#disk.files.has(name)) throw new VarveError('EXISTS', `there is a file ${name} already`, { file: name })
      this.#disk.files.set(name, new MemoryContent())
      this.changed()
    }
    const file = new MemoryFile(name, this.#disk.content(name), mode !== 'read', this)
    this.#open.add(file)
    return file
  }

  rename(from: string, to: string): void {
    this.#mustBeClosedFile('rename', from)
    this.#mustBeClosedFile('rename', to)
    const content = this.#disk.content(from)
    this.#disk.files.delete(from)
    this.#disk.files.set(to, content)
    this.changed()
  }

  remove(name: string): void {
    this.#mustBeClosedFile('remove', name)
    this.#disk.content(name)
    this.#disk.files.delete(name)
    this.changed()
  }

  syncNames(): void {
    this.#mustBeOpen()
  }

  lock(): StorageLock {
    this.#mustBeOpen()
    const other = this.#disk.writer
    if (other !== undefined) {
      const message = `${other.holder} writes to this disk: close it first, or open for reading`
      throw new VarveError('LOCKED', message, { holder: other.holder })
    }
    const writer = { holder: this.#holder }
    this.#disk.writer = writer
    this.#disk.generation += 1
    this.#lock = {
      holder: writer.holder,
      generation: this.#disk.generation,
      // Only the present writer's lock is given back: a second release must not free the lock of the next one.
      release: () => {
        if (this.#disk.writer === writer) this.#disk.writer = undefined
      },
    }
    return this.#lock
  }

  watch(changed: () => void): () => void {
    this.#mustBeOpen()
    // Wrapped, so that watching twice with one function gives two watches with a stop each.
    const watcher = (): void => {
      changed()
    }
    const stop = (): void => {
      this.#watchers.delete(stop)
      this.#disk.watchers.delete(watcher)
    }
    this.#watchers.add(stop)
    this.#disk.watchers.add(watcher)
    return stop
  }

  close(): void {
    this.#closed = true
    this.#open.clear()
    this.#watchers.forEach((stop) => {
      stop()
    })
    void this.#lock?.release()
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new VarveError('CLOSED', 'the memory storage was closed: make another one on its disk')
  }

  #mustBeClosedFile(operation: string, name: string): void {
    this.#mustBeOpen()
    checkFileName(name)
    for (const file of this.#open) {
      if (file.name !== name) continue
      throw new VarveError('INVALID_ARGUMENT', `cannot ${operation} ${name} while it is open: close it first`, {
        operation,
        file: name,
      })
    }
  }
}
