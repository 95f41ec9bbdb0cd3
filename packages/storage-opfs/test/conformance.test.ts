import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'
import { opfsStorage, type OpfsStorage } from '../src/index.ts'
import { FakeOpfs } from './support/fake-opfs.ts'

for (const synchronous of [false, true]) {
  const checks = storageChecks(() => {
    const origin = new FakeOpfs()
    // Within one worker storages share their files, as the suite asks; beyond it nobody else may have them.
    const { platform } = origin.worker()
    return {
      open: async (): Promise<OpfsStorage> => {
        const storage = opfsStorage({ directory: 'a/log', synchronous, platform })
        if (synchronous) await storage.ready()
        return storage
      },
    }
  })
  register({ describe, it }, checks, `OPFS storage, ${synchronous ? 'synchronous' : 'asynchronous'}`)
}
