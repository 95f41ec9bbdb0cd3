import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'
import { Disk, SimulatedStorage } from '../src/index.ts'

for (const extras of [true, false]) {
  const checks = storageChecks(() => {
    const disk = new Disk()
    return { open: () => new SimulatedStorage(disk, { extras }) }
  })
  register({ describe, it }, checks, `simulated storage, ${extras ? 'with' : 'without'} writeDurable and reserve`)
}
