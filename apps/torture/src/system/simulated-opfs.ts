import { isVarveError } from '@varve/codec'
import type { LogFile, LogStorage } from '@varve/storage'
import type { OpfsHandle, OpfsPlatform } from '@varve/storage-opfs'

/** A browser whose files lie on a simulated disk, which must be synchronous. */
export interface SimulatedOpfs extends OpfsPlatform {
  /** Lets so much time pass, in milliseconds. */
  pass(ms: number): void
}

/**
 * The origin-private file system of one worker on `disk`. Flushing a file says nothing of its name: what becomes of
 * that is the disk's affair, and where `syncsNames` the browser syncs it by itself when it makes the file.
 */
export function simulatedOpfs(disk: LogStorage, syncsNames: boolean): SimulatedOpfs {
  let clock = 0
  return {
    openDirectory: () => ({
      list: () => disk.list(),
      openFile(name) {
        const isThere = (disk.list() as readonly string[]).includes(name)
        const file = disk.open(name, isThere ? 'existing' : 'create') as LogFile
        if (!isThere && syncsNames) void disk.syncNames()
        return handleOn(file)
      },
    }),
    removeDirectory() {},
    // The adapter takes it once in a process, and no other process is alive then.
    takeLock: () => ({ release() {}, lost: { then: () => new Promise(() => undefined) } }),
    lockHolder: () => 'this worker',
    now: () => clock,
    pass(ms) { clock += ms },
  }
}

function handleOn(file: LogFile): OpfsHandle {
  return {
    getSize: () => named(() => file.size() as number),
    read: (target, { at }) => named(() => file.read(target, at) as number),
    write: (source, { at }) => named(() => {
      void file.write(source, at)
      return source.length
    }),
    truncate: (size) => { named(() => file.resize(size)) },
    flush: () => { named(() => file.sync()) },
    close: () => { void file.close() },
  }
}

/** Says of a full disk what browsers say; whatever else fails is a failure of the device. */
function named<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!isVarveError(error, 'NO_SPACE')) throw error
    throw new DOMException('the quota is used up', 'QuotaExceededError')
  }
}
