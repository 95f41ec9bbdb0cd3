// What one would write first: a file of OPFS for every file of the log. Here to show what that loses; nobody uses it.
import { VarveError } from '@varve/codec'
import type { LogFile, LogStorage } from '@varve/storage'

interface Handle {
  getSize(): number
  read(target: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number
  write(source: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}
interface FileEntry {
  createSyncAccessHandle(): Promise<Handle>
  move(name: string): Promise<void>
}
interface Directory {
  getDirectoryHandle(name: string, options: { readonly create: boolean }): Promise<Directory>
  getFileHandle(name: string, options?: { readonly create: boolean }): Promise<FileEntry>
  removeEntry(name: string): Promise<void>
  keys(): AsyncIterable<string>
}
interface Globals {
  readonly navigator: { readonly storage: { getDirectory(): Promise<Directory> } }
}

/** Every call is done as OPFS has it: create, write, flush, move, remove. It takes each of them for durable. */
export async function naiveStorage(path: string): Promise<LogStorage> {
  let directory = await (globalThis as unknown as Globals).navigator.storage.getDirectory()
  for (const part of path.split('/')) directory = await directory.getDirectoryHandle(part, { create: true })
  /** A browser gives out one handle of a file. */
  const handles = new Map<string, Promise<Handle>>()
  const opened = async (name: string): Promise<Handle> => {
    const handle = handles.get(name) ?? directory.getFileHandle(name).then((entry) => entry.createSyncAccessHandle())
    handles.set(name, handle)
    return await handle
  }
  const shut = async (name: string): Promise<void> => {
    const handle = handles.get(name)
    handles.delete(name)
    if (handle !== undefined) (await handle).close()
  }
  const list = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const name of directory.keys()) names.push(name)
    return names
  }
  return {
    capabilities: { synchronous: false, contents: 'device', names: 'device', lock: 'process' },
    list,
    async open(name, mode) {
      const isThere = (await list()).includes(name)
      if (isThere && mode === 'create') throw new VarveError('EXISTS', `${name} is there`)
      if (!isThere && mode !== 'create') throw new VarveError('NOT_FOUND', `${name} is not there`)
      if (!isThere) await directory.getFileHandle(name, { create: true })
      return fileOn(await opened(name))
    },
    async rename(from, to) {
      await shut(from)
      await shut(to)
      await (await directory.getFileHandle(from)).move(to)
    },
    async remove(name) {
      await shut(name)
      await directory.removeEntry(name)
    },
    syncNames() {},
    lock: () => ({ holder: 'this worker', generation: Math.ceil(performance.timeOrigin), release() {} }),
    async close() {
      for (const name of [...handles.keys()]) await shut(name)
    },
  }
}

function fileOn(handle: Handle): LogFile {
  return {
    size: () => handle.getSize(),
    read: (target, at) => handle.read(target, { at }),
    write: (source, at) => { handle.write(source, { at }) },
    sync: () => { handle.flush() },
    resize: (size) => { handle.truncate(size) },
    // Others may have it open; it is closed with the storage.
    close() {},
  }
}
