import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VarveError } from '@varve/codec'
import {
  asynchronousRuntime,
  checkFileName,
  type LogStorage,
  type MaybePromise,
  type OpenMode,
  type Procedure,
  type StorageCapabilities,
  type StorageLock,
} from '@varve/storage'
import { once, settled, type Waiting } from './calls.ts'
import { blockingDevice, threadPoolDevice } from './device.ts'
import { NodeDirectory, lockPrefix } from './directory.ts'
import { brokenPromise } from './errors.ts'
import { NodeFile, type FileWorld } from './file.ts'
import { realFs, type NodeFs } from './fs.ts'
import { takeLock } from './lock.ts'
import { realSystem, type NodeSystem } from './system.ts'
import { discard } from './transfer.ts'
import { watchDirectory } from './watch.ts'

/** How a {@link nodeStorage} behaves. */
export interface NodeStorageOptions {
  /** Every method returns a plain value and stops the event loop while the disk works. Default false. */
  readonly synchronous?: boolean
  /**
   * What to assume of a lock holder whose life cannot be seen from here: one on another machine or in another
   * container. `'locked'` (default) refuses with `LOCKED`. `'dead'` takes its lock over: only where something else
   * makes sure that there is never a second writer, such as an orchestrator that runs one instance at a time.
   */
  readonly unknownHolder?: 'locked' | 'dead'
  /** The file system; a seam for tests. Default: `node:fs`. */
  readonly fs?: NodeFs
  /** The rest of the operating system; a seam for tests. Default: this process. */
  readonly system?: NodeSystem
}

/** A storage in a directory. */
export interface NodeStorage extends LogStorage {
  /** Absolute path. */
  readonly directory: string
}

/**
 * Storage in a directory of Node, Bun or Deno. Reads and cached writes are direct system calls; `sync`,
 * `writeDurable`, `reserve`, `syncNames` and `lock` wait for the disk in the thread pool.
 *
 * Does no I/O by itself. `lock` and `open(…, 'create')` create the directory with its parents where it is missing;
 * everything else fails with `NOT_FOUND` then. Names that begin with `lock-` belong to the lock: they are not listed
 * and not given out.
 *
 * @param directory - A path, or a `file:` URL. Relative paths are resolved now.
 * @throws VarveError `INVALID_ARGUMENT` for an empty path or a URL that is not of a file.
 *
 * @example
 * ```ts
 * const storage = nodeStorage('./data')
 * const lock = await storage.lock()
 * ```
 */
export function nodeStorage(directory: string | URL, options: NodeStorageOptions = {}): NodeStorage {
  return new DirectoryStorage(pathOf(directory), options)
}

function pathOf(directory: string | URL): string {
  try {
    const path = directory instanceof URL ? fileURLToPath(directory) : directory
    if (path !== '') return resolve(path)
  } catch (error) {
    throw new VarveError('INVALID_ARGUMENT', `${String(directory)} is not the URL of a directory`, {}, error)
  }
  throw new VarveError('INVALID_ARGUMENT', 'the directory is empty: pass a path or a file: URL')
}

const openFlags: Readonly<Record<OpenMode, string>> = { create: 'wx+', existing: 'r+', read: 'r' }

class DirectoryStorage implements NodeStorage, FileWorld {
  readonly directory: string
  readonly capabilities: StorageCapabilities
  readonly fs: NodeFs
  readonly platform: string
  readonly device: FileWorld['device']
  readonly runtime: FileWorld['runtime'] = asynchronousRuntime()
  readonly #system: NodeSystem
  readonly #unknownHolder: 'locked' | 'dead'
  readonly #directory: NodeDirectory
  readonly #files = new Set<NodeFile>()
  readonly #locks = new Set<StorageLock>()
  readonly #watches = new Set<() => void>()
  #closing: MaybePromise<void> | undefined
  #closed = false

  constructor(path: string, options: NodeStorageOptions) {
    const { fs = realFs, system = realSystem, synchronous = false } = options
    this.directory = path
    this.fs = fs
    this.#system = system
    this.platform = system.platform
    this.#unknownHolder = options.unknownHolder ?? 'locked'
    this.device = synchronous ? blockingDevice(fs, system.platform) : threadPoolDevice(fs, system.platform)
    this.#directory = new NodeDirectory(path, fs, system.platform, this.device)
    this.capabilities = {
      synchronous,
      contents: 'device',
      // Windows cannot sync a directory; NTFS journals names and gets to it by itself.
      names: system.platform === 'win32' ? 'eventual' : 'device',
      lock: 'advisory',
    }
  }

  list(): readonly string[] {
    this.#mustBeOpen()
    return this.#directory.list()
  }

  open(name: string, mode: OpenMode): NodeFile {
    this.#mustBeOpen()
    checkName(name)
    if (mode === 'create') this.#directory.ensure()
    const path = this.#directory.resolve(name)
    const place = { operation: 'open', file: name }
    const fd = once(place, () => this.fs.openSync(path, openFlags[mode]))
    try {
      const isFile = once(place, () => this.fs.fstatSync(fd).isFile())
      if (!isFile) throw brokenPromise(place, 'failed: there is a directory or a device of that name')
    } catch (error) {
      discard(this.fs, fd)
      throw error
    }
    const file = new NodeFile(this, path, { fd, file: name }, mode !== 'read')
    this.#files.add(file)
    return file
  }

  released(file: NodeFile): void {
    this.#files.delete(file)
  }

  rename(from: string, to: string): void {
    this.#mustBeOpen()
    checkName(from)
    checkName(to)
    this.#directory.rename(from, to)
  }

  remove(name: string): void {
    this.#mustBeOpen()
    checkName(name)
    this.#directory.remove(name)
  }

  syncNames(): MaybePromise<void> {
    this.#mustBeOpen()
    return this.runtime.run(this.#directory.syncNames())
  }

  lock(): MaybePromise<StorageLock> {
    this.#mustBeOpen()
    return this.runtime.run(this.#lock())
  }

  watch(changed: () => void): () => void {
    this.#mustBeOpen()
    const stop = watchDirectory(this.fs, this.directory, changed)
    this.#watches.add(stop)
    return () => {
      this.#watches.delete(stop)
      stop()
    }
  }

  /** Closes files that were left open, waits for what they do, and gives the lock back. */
  close(): MaybePromise<void> {
    if (this.#closed) return this.#closing
    this.#closed = true
    this.#closing = this.runtime.run(this.#close())
    return this.#closing
  }

  *#lock(): Procedure<StorageLock> {
    const lock = yield* takeLock({
      fs: this.fs,
      device: this.device,
      directory: this.#directory,
      system: this.#system,
      unknownHolder: this.#unknownHolder,
    })
    this.#locks.add(lock)
    if (!this.#closed) return lock
    void lock.release()
    throw this.#closedError()
  }

  *#close(): Procedure<void> {
    for (const stop of this.#watches) stop()
    // A writer that lost its lock while it still writes would be a second one: files first.
    const failures: unknown[] = []
    for (const held of [...this.#files, ...this.#locks]) {
      try {
        yield* settled((held instanceof NodeFile ? held.close() : held.release()) as Waiting<void>)
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  #mustBeOpen(): void {
    if (this.#closed) throw this.#closedError()
  }

  #closedError(): VarveError {
    const message = `the storage in ${this.directory} was closed: make another one`
    return new VarveError('CLOSED', message, { directory: this.directory })
  }
}

function checkName(name: string): void {
  checkFileName(name)
  if (!name.toLowerCase().startsWith(lockPrefix)) return
  const message = `${name} is reserved for the lock: use a name that does not begin with ${lockPrefix}`
  throw new VarveError('INVALID_ARGUMENT', message, { file: name })
}
