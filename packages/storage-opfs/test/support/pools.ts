import type { LogFile } from '@varve/storage'
import { opfsStorage, type OpfsStorage, type OpfsStorageOptions } from '../../src/index.ts'
import { FakeOpfs, type FakeWorker } from './fake-opfs.ts'

/** An origin whose platform returns no promise, so that a test can stop a worker at any call. */
export function plainOrigin(): FakeOpfs {
  return new FakeOpfs(false)
}

/** A storage of a worker, in `pool`. It waits for nobody. */
export function storageOf(worker: FakeWorker, options: Partial<OpfsStorageOptions> = {}): OpfsStorage {
  return opfsStorage({ directory: 'pool', platform: worker.platform, waitMs: 0, ...options })
}

/** A storage in the synchronous form, ready, on an origin whose platform returns no promise. */
export function synchronousOf(worker: FakeWorker, options: Partial<OpfsStorageOptions> = {}): OpfsStorage {
  const storage = storageOf(worker, { synchronous: true, poolSize: 4, ...options })
  void storage.ready()
  return storage
}

/** Makes a file that holds `text`, durably. */
export function put(storage: OpfsStorage, name: string, text: string): void {
  const file = storage.open(name, 'create') as LogFile
  void file.write(new TextEncoder().encode(text), 0)
  void file.sync()
  void file.close()
}

/** What every file holds, by name. */
export function everything(storage: OpfsStorage): Record<string, string> {
  const names = [...(storage.list() as readonly string[])].sort()
  return Object.fromEntries(names.map((name) => {
    const file = storage.open(name, 'read') as LogFile
    const bytes = new Uint8Array(file.size() as number)
    void file.read(bytes, 0)
    void file.close()
    return [name, new TextDecoder().decode(bytes)]
  }))
}
