import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LoopDisk, type Cut, type FileSystem } from './loop-disk.ts'
import { mayNotCut } from './power-cut.ts'
import { isInstalled, mayNotMount } from './system.ts'

/** A trial is made once. */
const trials = new Map<FileSystem, string | undefined>()

/** Why the power of such a disk cannot be cut on this machine; undefined if it can. */
export function cannotCut(fileSystem: FileSystem, cut: Cut): string | undefined {
  const refusal = mayNotMount() ?? missingTool(fileSystem, cut)
  if (refusal !== undefined) return refusal
  if (!trials.has(fileSystem)) trials.set(fileSystem, rehearse(fileSystem, cut))
  return trials.get(fileSystem)
}

function missingTool(fileSystem: FileSystem, cut: Cut): string | undefined {
  if (!isInstalled(`mkfs.${fileSystem}`)) return `mkfs.${fileSystem} is not installed`
  if (cut === 'ioctl') return mayNotCut()
  return isInstalled('fsfreeze') ? undefined : 'fsfreeze is not installed'
}

/** Whether it works is known only when it was tried: containers hide loop devices, kernels lack file systems. */
function rehearse(fileSystem: FileSystem, cut: Cut): string | undefined {
  try {
    const disk = new LoopDisk(fileSystem, mkdtempSync(join(tmpdir(), 'varve-disk-')), cut)
    try {
      disk.mount()
      disk.cut(() => {})
      disk.plugIn()
    } finally {
      disk.remove()
    }
    return undefined
  } catch (error) {
    return `a trial failed: ${error instanceof Error ? error.message : String(error)}`
  }
}
