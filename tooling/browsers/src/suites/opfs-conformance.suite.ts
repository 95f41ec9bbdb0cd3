import { removeOpfsStorage, opfsStorage, type OpfsStorage } from '@varve/storage-opfs'
import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'

/** Few: Firefox takes tens of milliseconds to make one. A pool that is synchronous does not grow within a check. */
const poolSizeOf = (synchronous: boolean): number => (synchronous ? 8 : 4)
let directories = 0

for (const synchronous of [false, true]) {
  const checks = storageChecks(() => {
    directories += 1
    const directory = `conformance/${directories}`
    return {
      open: async (): Promise<OpfsStorage> => {
        const storage = opfsStorage({ directory, synchronous, poolSize: poolSizeOf(synchronous) })
        if (synchronous) await storage.ready()
        return storage
      },
      dispose: () => removeOpfsStorage({ directory }),
    }
  })
  register({ describe, it }, checks, `OPFS storage, ${synchronous ? 'synchronous' : 'asynchronous'}`)
}
