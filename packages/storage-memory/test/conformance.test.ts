import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'
import { memoryDisk, memoryStorage } from '../src/index.ts'

for (const asynchronous of [false, true]) {
  const checks = storageChecks(() => {
    const disk = memoryDisk()
    return { open: () => memoryStorage({ disk, asynchronous }) }
  })
  register({ describe, it }, checks, `memory storage, ${asynchronous ? 'asynchronous' : 'synchronous'}`)
}
