import { spawnSync } from 'node:child_process'
import fs, { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeFs } from '@varve/storage-node'
import { onTestFinished } from 'vitest'
import { errno } from './failing-fs.ts'
import { temporaryDirectory } from './temporary.ts'

/** A directory on a disk that is soon full. */
export interface SmallDisk {
  readonly directory: string
  /** What a storage there needs as its file system; undefined: that of the system. */
  readonly fs: NodeFs | undefined
  /** From now on there is room for everything. */
  makeRoom(): void
}

/** A disk of so many bytes, removed when the test is over. */
export type SmallDiskMaker = (bytes: number) => SmallDisk

function mount(directory: string, bytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'varve-test', directory]).status === 0
}

/** A file system of its own, in memory. Takes the right to mount. */
function mounted(bytes: number): SmallDisk {
  const point = join(temporaryDirectory(), 'disk')
  mkdirSync(point)
  mount(point, bytes)
  onTestFinished(() => { spawnSync('umount', ['--lazy', point]) })
  const makeRoom = (): void => {
    spawnSync('mount', ['-o', 'remount,size=64m', point])
  }
  return { directory: join(point, 'log'), fs: undefined, makeRoom }
}

const pageBytes = 4096

/** The real file system with a counter: as a full disk does, first a short count, then ENOSPC. */
function counted(bytes: number): SmallDisk {
  const directory = temporaryDirectory('fast')
  let capacity = bytes
  const wholePages = (size: number): number => Math.ceil(size / pageBytes) * pageBytes
  const sizes = (): number[] => readdirSync(directory).map((name) => statSync(join(directory, name)).size)
  const used = (): number => sizes().reduce((sum, size) => sum + wholePages(size), 0)
  /** How many of `length` bytes find room: those in pages that the file has always do. */
  const fitting = (fd: number, position: number, length: number): number => {
    const overwriting = Math.max(0, wholePages(fs.fstatSync(fd).size) - position)
    return Math.min(length, overwriting + Math.max(0, capacity - used()))
  }
  const changed: Partial<NodeFs> = {
    writeSync: (fd, source, offset, length, position) => {
      const room = fitting(fd, position, length)
      if (room === 0) throw errno('ENOSPC')
      return fs.writeSync(fd, source, offset, room, position)
    },
    write: (fd, source, offset, length, position, done) => {
      const room = fitting(fd, position, length)
      if (room === 0) setImmediate(done, errno('ENOSPC'), 0)
      else fs.write(fd, source, offset, room, position, done)
    },
  }
  const makeRoom = (): void => {
    capacity = Infinity
  }
  return { directory, fs: { ...(fs as NodeFs), ...changed }, makeRoom }
}

function mayMount(): boolean {
  const point = mkdtempSync(join(tmpdir(), 'varve-mount-'))
  const worked = mount(point, 65_536)
  if (worked) spawnSync('umount', [point])
  rmSync(point, { recursive: true })
  return worked
}

/** What there is to test on: a counter everywhere, a real file system where this process may mount one. */
export function smallDisks(): readonly (readonly [string, SmallDiskMaker])[] {
  return mayMount() ? [['counter', counted], ['tmpfs', mounted]] : [['counter', counted]]
}
