import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LoopDisk } from './loop-disk.ts'
import { command, mayNotMount, mustRun } from './system.ts'

/** A file system that is soon full. */
export interface SmallDisk {
  readonly kind: 'tmpfs' | 'ext4'
  /** Where it is mounted. */
  readonly point: string
  /** From now on there is room. */
  makeRoom(): void
  remove(): void
}

/** In memory, of so many bytes. */
function smallTmpfs(directory: string, bytes: number): SmallDisk {
  const point = join(directory, 'mounted')
  mkdirSync(point, { recursive: true })
  mustRun('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'varve-small-disk', point])
  return {
    kind: 'tmpfs',
    point,
    makeRoom: () => { mustRun('mount', ['-o', 'remount,size=64m', point]) },
    remove: () => {
      if (!command('umount', [point]).ok) command('umount', ['--lazy', point])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** An ext4 with ballast that leaves so many bytes free: full, it has to find room for its own metadata as well. */
function smallExt4(directory: string, bytes: number): SmallDisk {
  const disk = new LoopDisk('ext4', directory, 'ioctl', 24)
  try {
    disk.mount()
    const ballast = join(disk.point, 'ballast')
    const { bavail, bsize } = statfsSync(disk.point)
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)))
    return {
      kind: 'ext4',
      point: disk.point,
      makeRoom: () => { rmSync(ballast) },
      remove: () => { disk.remove() },
    }
  } catch (error) {
    disk.remove()
    throw error
  }
}

export type SmallDiskMaker = (directory: string, bytes: number) => SmallDisk

/** What small disks can be made on this machine. */
export interface SmallDisks {
  readonly makers: readonly SmallDiskMaker[]
  /** Why others cannot. */
  readonly reasons: readonly string[]
}

let found: SmallDisks | undefined

/** Tries once: containers may forbid to mount, or hide loop devices. */
export function smallDisks(): SmallDisks {
  found ??= tryMakers()
  return found
}

function tryMakers(): SmallDisks {
  const refusal = mayNotMount()
  if (refusal !== undefined) return { makers: [], reasons: [refusal] }
  const makers: SmallDiskMaker[] = []
  const reasons: string[] = []
  for (const make of [smallTmpfs, smallExt4]) {
    const directory = mkdtempSync(join(tmpdir(), 'varve-disk-'))
    try {
      make(directory, 65_536).remove()
      makers.push(make)
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error))
      rmSync(directory, { recursive: true, force: true })
    }
  }
  return { makers, reasons }
}
