import { register, storageChecks } from '@varve/storage/conformance'
import { describe, it } from 'vitest'
import { CrashDisk } from '../support/crash-disk.ts'
import { CrashStorage } from '../support/crash-storage.ts'

for (const extras of [true, false]) {
  const checks = storageChecks(() => {
    const disk = new CrashDisk()
    return { open: () => new CrashStorage(disk, { extras }) }
  })
  register({ describe, it }, checks, `crash storage, ${extras ? 'with' : 'without'} writeDurable and reserve`)
}
