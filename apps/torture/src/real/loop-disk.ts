import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cutPower } from './power-cut.ts'
import { command, mustRun } from './system.ts'

export type FileSystem = 'ext4' | 'xfs' | 'btrfs'

/** How large an image each must have at least, and what its `mkfs` takes; the images are sparse. */
const makers: Readonly<Record<FileSystem, { readonly megabytes: number; readonly flags: readonly string[] }>> = {
  // Inode tables and journal made at once: nothing is written behind the back of the rounds.
  ext4: { megabytes: 64, flags: ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', '-m', '0'] },
  xfs: { megabytes: 320, flags: ['-q', '-f'] },
  btrfs: { megabytes: 128, flags: ['-q', '-f'] },
}

/** How the power of a disk is cut. */
export type Cut = 'ioctl' | 'frozen-copy'

/**
 * A file system of its own, in an image on a loop device, whose power can be cut. Unmount it whatever happens: by
 * `remove`.
 *
 * By `ioctl` the file system itself is told that it is down. Where it does not know that call, its image lies on a
 * second file system: that one is frozen, which holds every write of the loop device at one moment, and what the image
 * held then is copied. The copy is the disk after the power loss.
 */
export class LoopDisk {
  /** Where it is mounted while it is. */
  readonly point: string
  readonly #cut: Cut
  readonly #home: string
  readonly #image: string
  readonly #outer: LoopDisk | undefined
  #mounted = false

  constructor(fileSystem: FileSystem, directory: string, cut: Cut, megabytes: number = makers[fileSystem].megabytes) {
    mkdirSync(directory, { recursive: true })
    this.#cut = cut
    this.#home = directory
    this.point = join(directory, 'mounted')
    mkdirSync(this.point, { recursive: true })
    this.#outer = cut === 'frozen-copy' ? outerDisk(directory, megabytes) : undefined
    try {
      this.#image = join(this.#outer?.point ?? directory, 'image')
      writeFileSync(this.#image, '')
      truncateSync(this.#image, megabytes * 2 ** 20)
      mustRun(`mkfs.${fileSystem}`, [...makers[fileSystem].flags, this.#image])
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** Mounts what the disk holds, which is what repairs it after a cut. */
  mount(): void {
    mustRun('mount', ['-o', 'loop', this.#image, this.point])
    this.#mounted = true
  }

  /** Unmounts orderly: what is in the cache is written, unless the power was cut. */
  unmount(): void {
    // A process that was just killed may be in there for a moment more.
    for (let attempt = 1; attempt < 50 && this.#mounted; attempt += 1) {
      this.#mounted = !command('umount', [this.point]).ok
      if (this.#mounted) command('sleep', ['0.02'])
    }
    if (this.#mounted) mustRun('umount', [this.point])
    this.#mounted = false
  }

  /**
   * Cuts the power under whoever writes. `kill` sends them a SIGKILL: on a disk that was copied they would go on, and
   * be told of syncs that the copy does not have. Wait until they are gone, then `plugIn`.
   */
  cut(kill: () => void): void {
    if (this.#outer === undefined) {
      const { ok, text } = cutPower(this.point)
      if (!ok) throw new Error(text)
      kill()
      return
    }
    mustRun('fsfreeze', ['--freeze', this.#outer.point])
    try {
      mustRun('cp', ['--sparse=always', this.#image, this.#copy])
      kill()
    } finally {
      mustRun('fsfreeze', ['--unfreeze', this.#outer.point])
    }
  }

  /** The power is back: mounts what the cut left. */
  plugIn(): void {
    this.unmount()
    if (this.#cut === 'frozen-copy') mustRun('mv', ['-f', this.#copy, this.#image])
    this.mount()
  }

  /** Unmounts, if need be when the last one leaves, and removes all of it. */
  remove(): void {
    if (this.#mounted && !command('umount', [this.point]).ok) command('umount', ['--lazy', this.point])
    this.#mounted = false
    this.#outer?.remove()
    rmSync(this.#home, { recursive: true, force: true })
  }

  /** Not on the disk that is frozen. */
  get #copy(): string {
    return join(this.#home, 'copy')
  }
}

/** The disk that the image of another lies on. */
function outerDisk(directory: string, megabytes: number): LoopDisk {
  const outer = new LoopDisk('ext4', join(directory, 'outer'), 'ioctl', megabytes + 32)
  outer.mount()
  return outer
}
