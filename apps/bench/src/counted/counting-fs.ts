import nodeFileSystem from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { NodeFs } from '@varve/storage-node'

/** What the calls of a stretch of work come to: calls by kind, and bytes in those that move any. Nothing is zero. */
export type Counts = Readonly<Record<string, number>>

export interface CountingFs {
  readonly fs: NodeFs
  /** What was called since the last time, and forgets it. */
  readonly take: () => Counts
  /** Resolves when nothing is under way, nor begun by what ends last. */
  readonly idle: () => Promise<void>
}

/**
 * `node:fs`, counted. Only calls on `directory` and on what lies in it count: how many parents it has, and what this
 * machine tells of itself, is another matter. Of a lock, which names process and machine, the bytes do not count.
 *
 * Writes of nothing but zeros are counted apart, as `zeros`: no frame looks like that, and a reservation does. Writes
 * through a descriptor that makes them durable are `durable writes`.
 */
export function countingFs(directory: string): CountingFs {
  const root = resolve(directory)
  const counts = new Map<string, number>()
  const opened = new Map<number, Opened>()
  let underWay = 0

  const add = (what: string, amount = 1): void => {
    counts.set(what, (counts.get(what) ?? 0) + amount)
  }
  const count = (what: string, path: string): void => {
    if (path === root || dirname(path) === root) add(what)
  }
  const countOf = (what: string, fd: number): void => {
    if (opened.has(fd)) add(what)
  }
  const countBytes = (kind: string, fd: number, bytes: number): void => {
    const file = opened.get(fd)
    if (file === undefined) return
    add(`${kind}s`)
    if (!basename(file.path).startsWith('lock-')) add(`bytes ${kind === 'read' ? 'read' : `of ${kind}s`}`, bytes)
  }
  const countWrite = (fd: number, source: Uint8Array): void => {
    const kind = isZeros(source) ? 'zero' : opened.get(fd)?.isDurable === true ? 'durable write' : 'write'
    countBytes(kind, fd, source.length)
  }
  const countSync = (fd: number): void => {
    countOf(opened.get(fd)?.path === root ? 'syncs of the directory' : 'syncs', fd)
  }
  /** Takes note of a call of the thread pool until it is done. */
  const followed = <Result extends unknown[]>(done: (...result: Result) => void): ((...result: Result) => void) => {
    underWay += 1
    return (...result) => {
      underWay -= 1
      done(...result)
    }
  }

  const real: NodeFs = nodeFileSystem
  const fs: NodeFs = {
    constants: real.constants,
    openSync(path, flags) {
      const fd = real.openSync(path, flags)
      const isDurable = typeof flags === 'number' && (flags & (real.constants.O_DSYNC ?? 0)) !== 0
      if (path === root || dirname(path) === root) opened.set(fd, { path, isDurable })
      count('opens', path)
      return fd
    },
    closeSync(fd) {
      countOf('closes', fd)
      opened.delete(fd)
      real.closeSync(fd)
    },
    readSync(fd, target, offset, length, position) {
      const bytes = real.readSync(fd, target, offset, length, position)
      countBytes('read', fd, bytes)
      return bytes
    },
    writeSync(fd, source, offset, length, position) {
      countWrite(fd, source.subarray(offset, offset + length))
      return real.writeSync(fd, source, offset, length, position)
    },
    write(fd, source, offset, length, position, done) {
      countWrite(fd, source.subarray(offset, offset + length))
      real.write(fd, source, offset, length, position, followed(done))
    },
    fsyncSync(fd) {
      countSync(fd)
      real.fsyncSync(fd)
    },
    fsync(fd, done) {
      countSync(fd)
      real.fsync(fd, followed(done))
    },
    fdatasyncSync(fd) {
      countSync(fd)
      real.fdatasyncSync(fd)
    },
    fdatasync(fd, done) {
      countSync(fd)
      real.fdatasync(fd, followed(done))
    },
    ftruncateSync(fd, size) {
      countOf('truncates', fd)
      real.ftruncateSync(fd, size)
    },
    fstatSync(fd) {
      countOf('stats', fd)
      return real.fstatSync(fd)
    },
    statSync(path) {
      count('stats', path)
      return real.statSync(path)
    },
    readdirSync(path, options) {
      count('lists', path)
      return real.readdirSync(path, options)
    },
    mkdirSync(path, options) {
      count('directories made', path)
      return real.mkdirSync(path, options)
    },
    renameSync(from, to) {
      count('renames', from)
      real.renameSync(from, to)
    },
    unlinkSync(path) {
      count('removes', path)
      real.unlinkSync(path)
    },
    linkSync(existing, path) {
      count('links', path)
      real.linkSync(existing, path)
    },
    readFileSync(path, encoding) {
      count('small files read', path)
      return real.readFileSync(path, encoding)
    },
    readlinkSync(path) {
      count('links read', path)
      return real.readlinkSync(path)
    },
    watch: (path, options, listener) => real.watch(path, options, listener),
  }
  return {
    fs,
    take() {
      const taken = Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)))
      counts.clear()
      return taken
    },
    async idle() {
      for (let turns = 0; turns < 4; turns = underWay > 0 ? 0 : turns + 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

interface Opened {
  readonly path: string
  readonly isDurable: boolean
}

const zeros = new Uint8Array(2 ** 20)

function isZeros(bytes: Uint8Array): boolean {
  return bytes.length <= zeros.length && Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0
}
