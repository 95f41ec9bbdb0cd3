import { VarveError } from '@varve/codec'
import type { LogStorage, MaybePromise } from '../../contract.ts'
import { alter, everything, type BrokenAdapter } from './forward.ts'

/** Does nothing instead of failing. */
async function silently(operation: () => MaybePromise<void>): Promise<void> {
  try {
    await operation()
  } catch {
    // The fault.
  }
}

function tidy(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.*/, 'x').slice(0, 200)
}

function forgetNames(storage: LogStorage): LogStorage {
  const removed = new Map<string, Uint8Array<ArrayBuffer>>()
  return alter(storage, {
    remove: async (name) => {
      const file = await storage.open(name, 'read')
      removed.set(name, await everything(file))
      await file.close()
      await storage.remove(name)
    },
    close: async () => {
      for (const [name, bytes] of removed) {
        const file = await storage.open(name, 'create')
        await file.write(bytes, 0)
        await file.close()
      }
      await storage.close()
    },
  })
}

async function copy(storage: LogStorage, from: string, to: string): Promise<void> {
  const source = await storage.open(from, 'read')
  const bytes = await everything(source)
  await source.close()
  const target = await storage.open(to, 'create')
  await target.write(bytes, 0)
  await target.close()
}

export const brokenNames: readonly BrokenAdapter[] = [
  {
    id: 'opens any name',
    breaks: ['names.refused'],
    wrap: (storage) => alter(storage, { open: (name, mode) => storage.open(tidy(name), mode) }),
  },
  {
    id: 'removes any name',
    breaks: ['names.refused'],
    wrap: (storage) => alter(storage, { remove: (name) => storage.remove(tidy(name)) }),
  },
  {
    id: 'renames to any name',
    breaks: ['names.refused'],
    wrap: (storage) => alter(storage, { rename: (from, to) => storage.rename(from, tidy(to)) }),
  },
  {
    id: 'refuses long names',
    breaks: ['names.plain'],
    wrap: (storage) =>
      alter(storage, {
        open: (name, mode) =>
          name.length > 64 ? Promise.reject(new VarveError('INVALID_ARGUMENT', 'too long')) : storage.open(name, mode),
      }),
  },
  {
    id: 'lists all files but one',
    breaks: ['list.names'],
    wrap: (storage) => alter(storage, { list: async () => (await storage.list()).slice(1) }),
  },
  {
    id: 'cannot sync names',
    breaks: ['names.sync'],
    wrap: (storage) =>
      alter(storage, { syncNames: () => Promise.reject(new VarveError('UNSUPPORTED', 'no such call')) }),
  },
  {
    id: 'renames by copying',
    breaks: ['rename.moves'],
    wrap: (storage) => alter(storage, { rename: (from, to) => copy(storage, from, to) }),
  },
  {
    id: 'renames only to free names',
    breaks: ['rename.replaces'],
    wrap: (storage) =>
      alter(storage, {
        rename: async (from, to) => {
          const isFree = !(await storage.list()).includes(to)
          return isFree ? storage.rename(from, to) : Promise.reject(new VarveError('EXISTS', `there is ${to}`))
        },
      }),
  },
  {
    id: 'renames a missing file in silence',
    breaks: ['rename.missing'],
    wrap: (storage) =>
      alter(storage, { rename: (from, to) => silently(() => storage.rename(from, to)) }),
  },
  {
    id: 'does not remove',
    breaks: ['remove.removes'],
    wrap: (storage) => alter(storage, { remove: () => Promise.resolve() }),
  },
  {
    id: 'removes a missing file in silence',
    breaks: ['remove.missing'],
    wrap: (storage) => alter(storage, { remove: (name) => silently(() => storage.remove(name)) }),
  },
  {
    id: 'forgets removes when it is closed',
    breaks: ['persist.names'],
    wrap: forgetNames,
  },
]
