import { removeOpfsStorage, opfsStorage, type OpfsStorage } from '@varve/storage-opfs'
import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'

let directories = 0

for (const synchronous of [false, true]) {
  const checks = storageChecks(() => {
    directories += 1
    const directory = `conformance/${directories}`
    return {
      open: async (): Promise<OpfsStorage> => {
        const storage = opfsStorage({ directory, synchronous })
        if (synchronous) await storage.ready()
        return storage
      },
      dispose: () => removeOpfsStorage({ directory }),
    }
  })
  register({ describe, it }, checks, `OPFS storage, ${synchronous ? 'synchronous' : 'asynchronous'}`)
}
