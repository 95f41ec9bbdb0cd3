import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { NodeFs } from '@varve/storage-node'

const bootIdPath = '/proc/sys/kernel/random/boot_id'

/**
 * The file system as a process sees it after the next start of the machine. Power that fails on one disk only leaves
 * this process alive, and the release of its last lock, which nobody synced, lost: it would be taken for its holder.
 */
export function rebootedFs(): NodeFs {
  const bootId = randomUUID()
  return {
    ...(fs as NodeFs),
    readFileSync: (path, encoding) => (path === bootIdPath ? bootId : fs.readFileSync(path, encoding)),
  }
}
