import { removeOpfsStorage, opfsStorage, type OpfsStorage } from '@varve/storage-opfs'
import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'

/** A pool that is synchronous does not grow within a check. */
const poolSizeOf = (synchronous: boolean): number => (synchronous ? 8 : 4)

/**
 * Directories that a check has left, with a pool in them: Firefox takes tens of milliseconds to make one physical file.
 * So most checks begin on a pool that others have used, as most logs do.
 */
const left: string[] = []
/** A pool that has grown so large takes long to open. */
const filesMax = 12
let directories = 0

function nextDirectory(): string {
  directories += 1
  return left.pop() ?? `conformance/${directories}`
}

for (const synchronous of [false, true]) {
  const checks = storageChecks(() => {
    const directory = nextDirectory()
    let isClean = false
    let files = 0
    return {
      open: async (): Promise<OpfsStorage> => {
        const storage = opfsStorage({ directory, synchronous, poolSize: poolSizeOf(synchronous) })
        if (synchronous) await storage.ready()
        if (!isClean) for (const name of await storage.list()) await storage.remove(name)
        isClean = true
        files = storage.stats()?.files ?? 0
        return storage
      },
      dispose: async () => {
        if (files <= filesMax) left.push(directory)
        else await removeOpfsStorage({ directory })
      },
    }
  })
  register({ describe, it }, checks, `OPFS storage, ${synchronous ? 'synchronous' : 'asynchronous'}`)
}
