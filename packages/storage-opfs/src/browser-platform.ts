import { isVarveError, VarveError } from '@varve/codec'
import { nameOf, thrown, type Place } from './errors.ts'
import type { OpfsDirectory, OpfsHandle, OpfsHold, OpfsPlatform } from './platform.ts'

/** The parts of a dedicated worker's globals that this adapter uses. */
interface Globals {
  readonly navigator?: {
    readonly storage?: { getDirectory?(): Promise<DirectoryHandle> }
    readonly locks?: LockManager
  }
  readonly performance: { now(): number }
}

interface DirectoryHandle {
  getDirectoryHandle(name: string, options: { readonly create: boolean }): Promise<DirectoryHandle>
  getFileHandle(name: string, options: { readonly create: boolean }): Promise<FileHandle>
  removeEntry(name: string, options: { readonly recursive: boolean }): Promise<void>
  keys(): AsyncIterable<string>
}

interface FileHandle {
  /** There in dedicated workers alone. */
  createSyncAccessHandle?(): Promise<OpfsHandle>
}

interface LockManager {
  request(
    name: string,
    options: { readonly ifAvailable: boolean },
    granted: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>
  query(): Promise<{ readonly held?: readonly { readonly name?: string; readonly clientId?: string }[] }>
}

const globals = globalThis as unknown as Globals

/** The browser that this runs in. */
export const browserPlatform: OpfsPlatform = {
  openDirectory: (path) => told({ operation: 'open', file: path.join('/') }, async () => {
    let directory = await root()
    for (const part of path) directory = await directory.getDirectoryHandle(part, { create: true })
    return inDirectory(directory)
  }),
  removeDirectory: (path) => told({ operation: 'remove', file: path.join('/') }, async () => {
    try {
      let parent = await root()
      for (const part of path.slice(0, -1)) parent = await parent.getDirectoryHandle(part, { create: false })
      await parent.removeEntry(path.at(-1) ?? '', { recursive: true })
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw error
    }
  }),
  takeLock: (name) => taken(lockManager(), name),
  lockHolder: (name) => told({ operation: 'query', file: name }, async () => {
    const { held = [] } = await lockManager().query()
    const holder = held.find((lock) => lock.name === name)
    return holder && `client ${holder.clientId ?? 'of this site'}`
  }),
  now: () => globals.performance.now(),
}

/** Runs `action`; what the browser throws becomes an error with a code and advice. */
async function told<T>(place: Place, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw isVarveError(error) ? error : thrown(place, error)
  }
}

async function root(): Promise<DirectoryHandle> {
  const storage = globals.navigator?.storage
  if (storage?.getDirectory === undefined) {
    throw unsupported('there is no origin-private file system here: it needs a browser and a secure context (https)')
  }
  return await storage.getDirectory()
}

function inDirectory(directory: DirectoryHandle): OpfsDirectory {
  return {
    list: () => told({ operation: 'list', file: 'the directory' }, async () => {
      const names: string[] = []
      for await (const name of directory.keys()) names.push(name)
      return names
    }),
    openFile: (name) => told({ operation: 'open', file: name }, async () => {
      const file = await directory.getFileHandle(name, { create: true })
      if (file.createSyncAccessHandle === undefined) {
        throw unsupported('OPFS is durable in dedicated workers only, and this is another thread: see @varve/port')
      }
      return await file.createSyncAccessHandle()
    }),
  }
}

function lockManager(): LockManager {
  const locks = globals.navigator?.locks
  if (locks === undefined) throw unsupported('there are no Web Locks here, which keep a second tab from writing')
  return locks
}

/** The lock is held until the promise that the callback returns resolves. */
function taken(locks: LockManager, name: string): Promise<OpfsHold | undefined> {
  return new Promise((resolve, reject) => {
    let lose: (reason: unknown) => void
    const lost = new Promise<unknown>((tell) => { lose = tell })
    const granted = (lock: unknown): Promise<void> | undefined => {
      if (lock !== null) return new Promise<void>((release) => { resolve({ release, lost }) })
      resolve(undefined)
      return undefined
    }
    locks.request(name, { ifAvailable: true }, granted).catch((error: unknown) => {
      lose(error)
      reject(thrown({ operation: 'lock', file: name }, error))
    })
  })
}

function unsupported(why: string): VarveError {
  return new VarveError('UNSUPPORTED', `${why}; or pass another storage`)
}
