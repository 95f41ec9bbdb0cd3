import { VarveError } from '@varve/codec'
import type { LogFile, LogStorage, OpenMode } from '../../contract.ts'
import { alter, alterFile, alterFiles, everything, type BrokenAdapter } from './forward.ts'

async function exists(storage: LogStorage, name: string): Promise<boolean> {
  return (await storage.list()).includes(name)
}

/** Gives the bytes of a removed file to the next one of its name. */
function recycle(storage: LogStorage): LogStorage {
  const removed = new Map<string, Uint8Array<ArrayBuffer>>()
  return alter(storage, {
    remove: async (name) => {
      const file = await storage.open(name, 'read')
      removed.set(name, await everything(file))
      await file.close()
      await storage.remove(name)
    },
    open: async (name, mode) => {
      const file = await storage.open(name, mode)
      const old = removed.get(name)
      return old === undefined ? file : alterFile(file, { resize: (size) => file.write(old.slice(0, size), 0) })
    },
  })
}

/** A reader sees the file as it was when the reader was opened. */
async function frozen(file: LogFile, _name: string, mode: OpenMode): Promise<Partial<LogFile>> {
  if (mode !== 'read') return {}
  const bytes = await everything(file)
  return {
    size: () => bytes.length,
    read: (target, position) => {
      const part = bytes.subarray(position, position + target.length)
      target.set(part)
      return part.length
    },
  }
}

/** One close for all handles of the storage. */
function closeTogether(storage: LogStorage): LogStorage {
  const open = new Set<LogFile>()
  return alter(storage, {
    open: async (name, mode) => {
      const file = await storage.open(name, mode)
      open.add(file)
      return alterFile(file, {
        close: async () => {
          for (const one of open) await one.close()
        },
      })
    },
  })
}

/** Loses what files held when the storage is closed. */
function forgetContents(storage: LogStorage): LogStorage {
  return alter(storage, {
    close: async () => {
      for (const name of await storage.list()) {
        const file = await storage.open(name, 'existing')
        await file.resize(0)
        await file.close()
      }
      await storage.close()
    },
  })
}

export const brokenFiles: readonly BrokenAdapter[] = [
  {
    id: 'creates files with something in them',
    breaks: ['open.create'],
    wrap: (storage) =>
      alter(storage, {
        open: async (name, mode) => {
          const file = await storage.open(name, mode)
          if (mode === 'create') await file.resize(4096)
          return file
        },
      }),
  },
  {
    id: 'creates over an existing file',
    breaks: ['open.create-exclusive'],
    wrap: (storage) =>
      alter(storage, {
        open: async (name, mode) =>
          storage.open(name, mode === 'create' && (await exists(storage, name)) ? 'existing' : mode),
      }),
  },
  {
    id: 'gives a new file the bytes of a removed one',
    breaks: ['open.create-after-remove'],
    wrap: recycle,
  },
  {
    id: 'creates what is missing',
    breaks: ['open.missing'],
    wrap: (storage) =>
      alter(storage, {
        open: async (name, mode) => storage.open(name, (await exists(storage, name)) ? mode : 'create'),
      }),
  },
  {
    id: 'throws errors of its own',
    breaks: ['open.missing'],
    wrap: (storage) =>
      alter(storage, {
        open: async (name, mode) => {
          try {
            return await storage.open(name, mode)
          } catch (error) {
            throw new Error(String(error))
          }
        },
      }),
  },
  {
    id: 'empties a file when it is opened',
    breaks: ['open.existing'],
    wrap: (storage) =>
      alter(storage, {
        open: async (name, mode) => {
          const file = await storage.open(name, mode)
          if (mode === 'existing') await file.resize(0)
          return file
        },
      }),
  },
  {
    id: 'lets readers write',
    breaks: ['open.read-only'],
    wrap: (storage) =>
      alter(storage, { open: (name, mode) => storage.open(name, mode === 'read' ? 'existing' : mode) }),
  },
  {
    id: 'shows readers a copy',
    breaks: ['handles.shared'],
    wrap: (storage) => alterFiles(storage, frozen),
  },
  {
    id: 'closes all files with one',
    breaks: ['handles.separate'],
    wrap: closeTogether,
  },
  {
    id: 'forgets contents when it is closed',
    breaks: ['persist.contents'],
    wrap: forgetContents,
  },
  {
    id: 'keeps files open after their close',
    breaks: ['closed.file'],
    wrap: (storage) => alterFiles(storage, () => ({ close: () => undefined })),
  },
  {
    id: 'fails with another code when it is closed',
    breaks: ['closed.storage'],
    wrap: (storage) => {
      let closed = false
      return alter(storage, {
        list: () => (closed ? Promise.reject(new VarveError('IO', 'bad file descriptor')) : storage.list()),
        close: async () => {
          closed = true
          await storage.close()
        },
      })
    },
  },
]
