import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realFs } from '../src/fs.ts'
import { nodeStorage } from '../src/index.ts'
import { errno, failure, fsWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

// What another process does between two steps of ours, put exactly where it would hurt.

const lockFile = (directory: string, generation: number): string =>
  join(directory, `lock-${generation.toString(16).padStart(8, '0')}`)

const stateOf = (directory: string, generation: number): string =>
  readFileSync(lockFile(directory, generation), 'utf8').slice(0, 8).trim()

describe('while a process takes the lock', () => {
  it('another took it, let go, and a third swept its file: the number is not used twice', async () => {
    const directory = temporaryDirectory()
    writeFileSync(lockFile(directory, 5), 'released\n')
    let raced = false
    const fs = fsWith({
      linkSync: (from, to) => {
        if (!raced) {
          // 6 was taken, released and swept with 5; 7 is held by a living process.
          raced = true
          const draft = readFileSync(from)
          rmSync(lockFile(directory, 5))
          const other = nodeStorage(directory, { synchronous: true })
          writeFileSync(lockFile(directory, 6), 'released\n')
          void other.lock()
          // Our draft came after the sweep.
          writeFileSync(from, draft)
        }
        linkSync(from, to)
      },
    })
    await failure('LOCKED', () => nodeStorage(directory, { fs }).lock())
    expect(stateOf(directory, 7)).toBe('held')
    expect(stateOf(directory, 6)).toBe('released')
  })

  it('it is the first, and others came and went: the number is not used twice', async () => {
    const directory = temporaryDirectory()
    let raced = false
    const fs = fsWith({
      linkSync: (from, to) => {
        if (!raced) {
          raced = true
          const draft = readFileSync(from)
          const first = nodeStorage(directory, { synchronous: true })
          void first.lock()
          void first.close()
          void nodeStorage(directory, { synchronous: true }).lock()
          writeFileSync(from, draft)
        }
        linkSync(from, to)
      },
    })
    await failure('LOCKED', () => nodeStorage(directory, { fs }).lock())
    expect(stateOf(directory, 1)).toBe('released')
    expect(stateOf(directory, 2)).toBe('held')
  })

  it('its predecessor was swept: it marks its own as released and looks again', async () => {
    const directory = temporaryDirectory()
    writeFileSync(lockFile(directory, 5), 'released\n')
    let raced = false
    const fs = fsWith({
      linkSync: (from, to) => {
        if (!raced) unlinkSync(lockFile(directory, 5))
        raced = true
        linkSync(from, to)
      },
    })
    expect((await nodeStorage(directory, { fs }).lock()).generation).toBe(7)
    expect(readdirSync(directory)).toEqual(['lock-00000007'])
  })

  it('the highest file went before it could be read: it looks again', async () => {
    const directory = temporaryDirectory()
    writeFileSync(lockFile(directory, 5), 'released\n')
    writeFileSync(lockFile(directory, 9), 'released\n')
    const fs = fsWith({
      openSync: (path, flags) => {
        if (path === lockFile(directory, 9) && flags === 'r') rmSync(path)
        return realFs.openSync(path, flags)
      },
    })
    expect((await nodeStorage(directory, { fs }).lock()).generation).toBe(6)
  })

  it('its draft was swept: it tries again', async () => {
    const directory = temporaryDirectory()
    let raced = false
    const fs = fsWith({
      linkSync: (from, to) => {
        if (!raced) unlinkSync(from)
        raced = true
        linkSync(from, to)
      },
    })
    expect((await nodeStorage(directory, { fs }).lock()).generation).toBe(1)
  })

  it('others overtake it every time: it gives up as LOCKED', async () => {
    const directory = temporaryDirectory()
    const fs = fsWith({ linkSync: () => { throw errno('EEXIST') } })
    const error = await failure('LOCKED', () => nodeStorage(directory, { fs, synchronous: true }).lock())
    expect(error.message).toMatch(/try again/)
  })

  it('the storage is closed: the lock is given back', async () => {
    const directory = temporaryDirectory()
    const storage = nodeStorage(directory)
    const locking = storage.lock()
    await storage.close()
    await failure('CLOSED', () => locking)
    expect((await nodeStorage(directory).lock()).generation).toBe(2)
  })
})

describe('a file system', () => {
  it('that reports a link as failed that it made is not taken for another holder', async () => {
    const directory = temporaryDirectory()
    const fs = fsWith({
      linkSync: (from, to) => {
        linkSync(from, to)
        throw errno('EEXIST')
      },
    })
    expect((await nodeStorage(directory, { fs }).lock()).generation).toBe(1)
  })

  it.each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EACCES'])('without hard links (%s) locks by creation', async (code) => {
    const directory = temporaryDirectory()
    const fs = fsWith({ linkSync: () => { throw errno(code) } })
    const storage = nodeStorage(directory, { fs })
    expect((await storage.lock()).generation).toBe(1)
    await failure('LOCKED', () => nodeStorage(directory, { fs }).lock())
    await storage.close()
    expect((await nodeStorage(directory, { fs }).lock()).generation).toBe(2)
  })

  it('without hard links lets one of two win', async () => {
    const directory = temporaryDirectory()
    const fs = fsWith({
      linkSync: (_from, to) => {
        if (!existsSync(to)) writeFileSync(to, '')
        throw errno('EPERM')
      },
    })
    const error = await failure('LOCKED', () => nodeStorage(directory, { fs }).lock())
    expect(error.message).toMatch(/being taken/)
  })

  it('that is full while the lock is taken says NO_SPACE and gives no lock', async () => {
    const directory = temporaryDirectory()
    const fs = fsWith({
      linkSync: () => { throw errno('EPERM') },
      openSync: (path, flags) => {
        if (path.endsWith('lock-00000001')) throw errno('ENOSPC')
        return realFs.openSync(path, flags)
      },
    })
    await failure('NO_SPACE', () => nodeStorage(directory, { fs }).lock())
    expect(readdirSync(directory)).toEqual([])
  })

  const syncs = ['fsync', 'fdatasync', 'direct fdatasync']
  it.each(syncs)('that cannot make the lock durable (%s) gives none', async (call) => {
    const directory = temporaryDirectory()
    const fs = fsWith({
      [call.split(' ').at(-1) ?? '']: (_fd: number, done: (error: Error) => void) => { done(errno('EIO')) },
      ...(call.startsWith('direct') ? { linkSync: () => { throw errno('EPERM') } } : {}),
    })
    await failure('IO', () => nodeStorage(directory, { fs }).lock())
    // And does not leave this process locked out by itself.
    expect((await nodeStorage(directory).lock()).generation).toBeGreaterThan(0)
  })

  it('that fails while a failed claim is withdrawn reports the first failure', async () => {
    const directory = temporaryDirectory()
    const fs = fsWith({
      fsync: (_fd, done) => { done(errno('EIO')) },
      openSync: (path, flags) => {
        if (path === lockFile(directory, 1)) throw errno('EACCES')
        return realFs.openSync(path, flags)
      },
    })
    const error = await failure('IO', () => nodeStorage(directory, { fs }).lock())
    expect(error.context).toMatchObject({ operation: 'sync', errno: 'EIO' })
  })

  it('that does not let the lock file be read says so', async () => {
    const directory = temporaryDirectory()
    mkdirSync(directory, { recursive: true })
    writeFileSync(lockFile(directory, 1), 'released\n')
    const fs = fsWith({
      openSync: (path, flags) => {
        if (path === lockFile(directory, 1)) throw errno('EACCES')
        return realFs.openSync(path, flags)
      },
    })
    await failure('IO', () => nodeStorage(directory, { fs }).lock())
  })
})

describe('a release', () => {
  it('after the file was swept by the next holder succeeds', async () => {
    const directory = temporaryDirectory()
    const lock = await nodeStorage(directory).lock()
    rmSync(lockFile(directory, 1))
    await lock.release()
  })

  it('that fails can be tried again', async () => {
    const directory = temporaryDirectory()
    let fail = true
    const fs = fsWith({
      openSync: (path, flags) => {
        if (fail && flags === 'r+') throw errno('EIO')
        return realFs.openSync(path, flags)
      },
    })
    const lock = await nodeStorage(directory, { fs }).lock()
    await failure('IO', () => lock.release())
    fail = false
    await lock.release()
    expect((await nodeStorage(directory).lock()).generation).toBe(2)
  })
})
