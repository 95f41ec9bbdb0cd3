import { dirname, join } from 'node:path'
import { checkFileName, type Procedure } from '@varve/storage'
import { once, settledOnce } from './calls.ts'
import type { Device } from './device.ts'
import { errnoOf, systemFailure } from './errors.ts'
import type { NodeFs } from './fs.ts'
import { discard } from './transfer.ts'

/** What begins with this belongs to the lock and is no file of the storage. */
export const lockPrefix = 'lock-'

/** The directory of a storage: its names, and what makes them durable. */
export class NodeDirectory {
  readonly path: string
  readonly #fs: NodeFs
  readonly #platform: string
  readonly #device: Device
  #parentsSynced = false

  constructor(path: string, fs: NodeFs, platform: string, device: Device) {
    this.path = path
    this.#fs = fs
    this.#platform = platform
    this.#device = device
  }

  /** Creates the directory and its parents where they are missing. Durable after {@link syncNames}. */
  ensure(): void {
    once({ operation: 'create', file: this.path }, () => this.#fs.mkdirSync(this.path, { recursive: true }))
  }

  resolve(name: string): string {
    return join(this.path, name)
  }

  /** The files of the storage. */
  list(): readonly string[] {
    return this.#names().filter((name) => !name.startsWith(lockPrefix))
  }

  /** The files of the lock, in any order. */
  lockFiles(): readonly string[] {
    return this.#names().filter((name) => name.startsWith(lockPrefix))
  }

  rename(from: string, to: string): void {
    once({ operation: 'rename', file: from }, () => {
      this.#fs.renameSync(this.resolve(from), this.resolve(to))
    })
  }

  remove(name: string): void {
    once({ operation: 'remove', file: name }, () => {
      this.#fs.unlinkSync(this.resolve(name))
    })
  }

  /**
   * Makes the names in the directory durable. The first time, also its own name and those of its parents up to the
   * root of the file system: an earlier process may have created them and died before it could.
   */
  *syncNames(): Procedure<void> {
    yield* this.#sync(this.path)
    if (this.#parentsSynced) return
    for (const parent of this.#parents()) yield* this.#sync(parent)
    this.#parentsSynced = true
  }

  #names(): readonly string[] {
    const entries = once({ operation: 'list', file: this.path }, () =>
      this.#fs.readdirSync(this.path, { withFileTypes: true }),
    )
    return entries
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && isPlain(entry.name))
      .map((entry) => entry.name)
  }

  /** The directories above, nearest first, as far as they lie on the same device. */
  #parents(): readonly string[] {
    const device = (path: string): number => once({ operation: 'look', file: path }, () => this.#fs.statSync(path).dev)
    const parents: string[] = []
    let path = this.path
    for (let parent = dirname(path); parent !== path && device(parent) === device(path); parent = dirname(path)) {
      parents.push(parent)
      path = parent
    }
    return parents
  }

  *#sync(path: string): Procedure<void> {
    const place = { operation: 'sync', file: path }
    let fd: number
    try {
      fd = this.#fs.openSync(path, 'r')
    } catch (error) {
      if (this.#cannotSync(path, error)) return
      throw systemFailure(place, error)
    }
    try {
      yield* settledOnce(place, () => this.#device.syncAll(fd))
    } catch (error) {
      if (!this.#cannotSync(path, (error as Error).cause)) throw error
    } finally {
      discard(this.#fs, fd)
    }
  }

  /**
   * Whether the failure means that this directory cannot be synced at all, rather than that a sync failed. A parent
   * that this process may not open was not created by it or its like.
   */
  #cannotSync(path: string, error: unknown): boolean {
    const errno = errnoOf(error)
    if (unsupported.has(errno)) return true
    const refused = refusals.has(errno)
    return refused && (this.#platform === 'win32' || path !== this.path)
  }
}

/** Said by file systems that have no such operation. */
const unsupported: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Said by Windows, which opens no directories, and where rights are missing. */
const refusals: ReadonlySet<string> = new Set(['EISDIR', 'EPERM', 'EACCES'])

function isPlain(name: string): boolean {
  try {
    checkFileName(name)
    return true
  } catch {
    return false
  }
}
