import { join } from 'node:path'
import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'
import { nodeStorage } from '../src/index.ts'
import { makeDirectory, removeDirectory } from './support/temporary.ts'

for (const synchronous of [true, false]) {
  const checks = storageChecks(() => {
    const parent = makeDirectory()
    return {
      open: () => nodeStorage(join(parent, 'log'), { synchronous }),
      dispose: () => { removeDirectory(parent) },
    }
  })
  register({ describe, it }, checks, `node storage, ${synchronous ? 'synchronous' : 'asynchronous'}`)
}
