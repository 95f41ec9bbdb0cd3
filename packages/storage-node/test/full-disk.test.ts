import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { realFs, type NodeFs } from '../src/fs.ts'
import { nodeStorage } from '../src/index.ts'
import { bytes, errno, failure, fsWith } from './support/faults.ts'
import { makeDirectory, removeDirectory } from './support/temporary.ts'

const MiB = 2 ** 20
const diskBytes = 4 * MiB

// A disk of 4 MiB: a real one where this process may mount one, else a file system that counts.
const parent = makeDirectory()
const disk = join(parent, 'disk')
mkdirSync(disk)
const isReal = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'varve-test', disk]).status === 0

afterAll(() => {
  // Lazily: a test that failed has left files open.
  if (isReal) spawnSync('umount', ['--lazy', disk])
  removeDirectory(parent)
})

/** As a full disk does: first a short count, then ENOSPC. */
function smallFs(): NodeFs {
  const writeSync: NodeFs['writeSync'] = (fd, source, offset, length, position) => {
    if (position >= diskBytes) throw errno('ENOSPC')
    return realFs.writeSync(fd, source, offset, Math.min(length, diskBytes - position), position)
  }
  return fsWith({
    writeSync,
    write: (fd, source, offset, length, position, done) => {
      if (position >= diskBytes) done(errno('ENOSPC'), 0)
      else realFs.write(fd, source, offset, Math.min(length, diskBytes - position), position, done)
    },
  })
}

const kind = isReal ? 'tmpfs of 4 MiB' : 'injected: no right to mount'

describe.each([true, false])(`a full disk (${kind}), synchronous: %s`, (synchronous) => {
  const fs = isReal ? realFs : smallFs()
  const storage = nodeStorage(join(disk, String(synchronous)), { synchronous, fs })
  const path = (name: string): string => join(storage.directory, name)

  it('fails a write with NO_SPACE and keeps what was there', async () => {
    const file = await storage.open('a', 'create')
    await file.write(bytes(MiB, 1), 0)
    const error = await failure('NO_SPACE', () => file.write(bytes(8 * MiB, 2), MiB))
    expect(error.message).toMatch(/the disk is full: make room/)
    const kept = new Uint8Array(MiB)
    await file.read(kept, 0)
    expect(Buffer.compare(kept, bytes(MiB, 1))).toBe(0)
    await file.resize(MiB)
    await failure('NO_SPACE', () => file.writeDurable?.(bytes(8 * MiB, 2), MiB))
    await file.close()
    await storage.remove('a')
  })

  it('fails a reservation with NO_SPACE and gives back what it took', async () => {
    const file = await storage.open('b', 'create')
    await file.write(bytes(MiB, 1), 0)
    await failure('NO_SPACE', () => file.reserve?.(8 * MiB))
    expect(statSync(path('b')).size).toBe(MiB)
    // The space is free again.
    writeFileSync(path('c'), bytes(2 * MiB))
    expect(existsSync(path('c'))).toBe(true)
    await storage.remove('c')
    await file.close()
    await storage.remove('b')
  })

  it('never fails a write below what was reserved', async () => {
    const file = await storage.open('d', 'create')
    await file.reserve?.(3 * MiB)
    if (isReal) expect(() => { writeFileSync(path('e'), bytes(2 * MiB)) }).toThrow('ENOSPC')
    await file.write(bytes(3 * MiB, 3), 0)
    await file.close()
    await storage.remove('d')
    if (existsSync(path('e'))) await storage.remove('e')
  })
})
