import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { realFs } from '../src/fs.ts'
import { nodeStorage } from '../src/index.ts'
import { bytes, errno, failure, fsWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

describe('the directory', () => {
  it('may be a path, relative to the working directory now, or a file: URL', () => {
    expect(nodeStorage('some/where').directory).toBe(resolve('some/where'))
    expect(nodeStorage(pathToFileURL('/tmp/a b')).directory).toBe('/tmp/a b')
  })

  it('that is empty or no file: URL is refused', async () => {
    await failure('INVALID_ARGUMENT', () => nodeStorage(''))
    await failure('INVALID_ARGUMENT', () => nodeStorage(new URL('https://example.org/')))
  })

  it('that is missing is created by lock and create, with its parents, and by nothing else', async () => {
    const path = join(temporaryDirectory(), 'x', 'y')
    const storage = nodeStorage(path)
    await failure('NOT_FOUND', () => storage.list())
    await failure('NOT_FOUND', () => storage.open('a', 'existing'))
    await failure('NOT_FOUND', () => storage.open('a', 'read'))
    await failure('NOT_FOUND', () => storage.rename('a', 'b'))
    await failure('NOT_FOUND', () => storage.remove('a'))
    await failure('NOT_FOUND', () => storage.syncNames())
    expect(existsSync(path)).toBe(false)
    await storage.lock()
    expect(storage.list()).toEqual([])
    const other = nodeStorage(join(path, 'z'))
    await (await other.open('a', 'create')).close()
    expect(other.list()).toEqual(['a'])
  })

  it('that is a file is an error that says so', async () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, 'x')
    const error = await failure('IO', () => nodeStorage(path).list())
    expect(error.message).toMatch(/not a directory/)
  })

  it('lists files and links to files, not directories, not names that are not plain, not the lock', async () => {
    const path = temporaryDirectory()
    for (const name of ['a', '.hidden', 'sp ace', 'a~']) writeFileSync(join(path, name), 'x')
    mkdirSync(join(path, 'directory'))
    symlinkSync(join(path, 'a'), join(path, 'link'))
    const storage = nodeStorage(path)
    await storage.lock()
    expect([...(await storage.list())].sort()).toEqual(['a', 'link'])
  })
})

describe('names that begin with lock-', () => {
  it('are reserved, in any case', async () => {
    const storage = nodeStorage(temporaryDirectory())
    for (const name of ['lock-', 'lock-00000001', 'LOCK-00000001']) {
      await failure('INVALID_ARGUMENT', () => storage.open(name, 'create'))
      await failure('INVALID_ARGUMENT', () => storage.remove(name))
      await failure('INVALID_ARGUMENT', () => storage.rename(name, 'a'))
      await failure('INVALID_ARGUMENT', () => storage.rename('a', name))
    }
  })
})

describe('a directory in the place of a file', () => {
  it('cannot be opened, and its descriptor is closed', async () => {
    const path = temporaryDirectory()
    mkdirSync(join(path, 'a'))
    const open = new Set<number>()
    const fs = fsWith({
      openSync: (name, flags) => {
        const fd = realFs.openSync(name, flags)
        open.add(fd)
        return fd
      },
      closeSync: (fd) => {
        open.delete(fd)
        realFs.closeSync(fd)
      },
    })
    const storage = nodeStorage(path, { fs })
    await failure('IO', () => storage.open('a', 'read'))
    await failure('IO', () => storage.open('a', 'existing'))
    await failure('EXISTS', () => storage.open('a', 'create'))
    expect(open.size).toBe(0)
  })
})

describe('closing a storage', () => {
  const modes = [true, false]
  it.each(modes)('closes files that were left open and gives the lock back (synchronous: %s)', async (synchronous) => {
    const path = temporaryDirectory()
    const storage = nodeStorage(path, { synchronous })
    await storage.lock()
    const file = await storage.open('a', 'create')
    await file.writeDurable?.(bytes(1), 0)
    const syncing = file.sync()
    await storage.close()
    await storage.close()
    await syncing
    await failure('CLOSED', () => file.size())
    expect((await nodeStorage(path).lock()).generation).toBe(2)
  })

  it('gives the lock back even if a file cannot be closed', async () => {
    const path = temporaryDirectory()
    let fail = false
    const fs = fsWith({
      closeSync: (fd) => {
        realFs.closeSync(fd)
        if (fail) throw errno('EIO')
      },
    })
    const storage = nodeStorage(path, { fs })
    await storage.lock()
    await storage.open('a', 'create')
    fail = true
    const closing = failure('IO', () => storage.close())
    fail = false
    await closing
    expect((await nodeStorage(path).lock()).generation).toBe(2)
    expect(readdirSync(path)).toContain('a')
  })
})
