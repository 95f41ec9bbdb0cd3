import { memoryDisk, memoryStorage } from '@varve/storage-memory'
import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'

for (const asynchronous of [false, true]) {
  const checks = storageChecks(() => {
    const disk = memoryDisk()
    return { open: () => memoryStorage({ disk, asynchronous }) }
  })
  register({ describe, it }, checks, `memory storage, ${asynchronous ? 'asynchronous' : 'synchronous'}`)
}
