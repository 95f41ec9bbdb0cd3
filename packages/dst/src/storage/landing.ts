import type { Disk } from '../disk/disk.ts'
import type { Landed } from './faults.ts'
import type { Operation } from './operation.ts'

/**
 * What is in the cache of an operation that did not come to its end. What lands of a durable write is not durable: it
 * would be if the call had returned.
 */
export function land(disk: Disk, operation: Operation, landed: Landed): void {
  const content = disk.names.get(operation.name)
  if (landed === 'none' || content === undefined) return
  const { bytes, position = 0, size = 0 } = operation
  if (bytes === undefined) {
    content.grow(Math.floor((content.size + size) / 2), disk.stamp())
    return
  }
  content.write(landed === 'all' ? bytes : bytes.subarray(0, Math.floor(bytes.length / 2)), position, disk.stamp())
}
