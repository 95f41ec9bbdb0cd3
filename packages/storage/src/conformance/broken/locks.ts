import { VarveError } from '@varve/codec'
import type { LogStorage, StorageLock } from '../../contract.ts'
import { alter, type BrokenAdapter } from './forward.ts'

/** Replaces what a lock says and does. */
function alterLocks(storage: LogStorage, changes: (lock: StorageLock) => Partial<StorageLock>): LogStorage {
  return alter(storage, {
    lock: async () => {
      const lock = await storage.lock()
      return { holder: lock.holder, generation: lock.generation, release: () => lock.release(), ...changes(lock) }
    },
  })
}

/** Gives the lock to everybody who asks. */
function share(storage: LogStorage): LogStorage {
  return alter(storage, {
    lock: async () => {
      try {
        return await storage.lock()
      } catch {
        return { holder: 'everybody', generation: Number.MAX_SAFE_INTEGER, release: () => undefined }
      }
    },
  })
}

/** Counts generations by itself, from when it was opened. */
function recount(storage: LogStorage): LogStorage {
  let generation = 0
  return alterLocks(storage, () => {
    generation += 1
    return { generation }
  })
}

/** A release gives up whatever lock there is. */
function releaseAll(storage: LogStorage): LogStorage {
  const locks: StorageLock[] = []
  return alterLocks(storage, (lock) => {
    locks.push(lock)
    return {
      release: async () => {
        for (const one of locks) await one.release()
      },
    }
  })
}

function releaseOnce(): Partial<StorageLock> {
  let released = false
  return {
    release: () => {
      if (released) throw new VarveError('CLOSED', 'the lock was released')
      released = true
    },
  }
}

export const brokenLocks: readonly BrokenAdapter[] = [
  {
    id: 'locks nobody out',
    breaks: ['lock.exclusive', 'lock.exclusive-self', 'lock.release-twice'],
    wrap: share,
  },
  {
    id: 'gives locks no generation',
    breaks: ['lock.taken'],
    wrap: (storage) => alterLocks(storage, () => ({ generation: 0 })),
  },
  {
    id: 'gives locks no holder',
    breaks: ['lock.taken'],
    wrap: (storage) => alterLocks(storage, () => ({ holder: '' })),
  },
  {
    id: 'does not say who holds the lock',
    breaks: ['lock.names-holder'],
    wrap: (storage) =>
      alter(storage, {
        lock: async () => {
          try {
            return await storage.lock()
          } catch {
            throw new VarveError('LOCKED', 'somebody has it')
          }
        },
      }),
  },
  {
    id: 'gives every lock the same generation',
    breaks: ['lock.generation'],
    wrap: (storage) => alterLocks(storage, () => ({ generation: 1 })),
  },
  {
    id: 'begins again with generation 1',
    breaks: ['lock.generation-persists'],
    wrap: recount,
  },
  {
    id: 'releases the lock of the next holder',
    breaks: ['lock.release-twice'],
    wrap: releaseAll,
  },
  {
    id: 'fails a second release',
    breaks: ['lock.release-twice'],
    wrap: (storage) => alterLocks(storage, releaseOnce),
  },
  {
    id: 'keeps the lock when it is closed',
    breaks: ['lock.close-releases'],
    wrap: (storage) => alter(storage, { close: () => undefined }),
  },
]
