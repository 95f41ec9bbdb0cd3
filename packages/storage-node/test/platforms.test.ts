import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VarveErrorCode } from '@varve/codec'
import { describe, expect, it, vi } from 'vitest'
import { realFs } from '../src/fs.ts'
import { nodeStorage } from '../src/index.ts'
import { bytes, errno, failure, fsWith, systemWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

const modes = [{ synchronous: true }, { synchronous: false }]

/** Counts syncs, of both kinds and modes. */
function countingFs(): { fs: ReturnType<typeof fsWith>; calls: string[] } {
  const calls: string[] = []
  const fs = fsWith({
    fsync: (fd, done) => { calls.push('fsync'); realFs.fsync(fd, done) },
    fdatasync: (fd, done) => { calls.push('fdatasync'); realFs.fdatasync(fd, done) },
    fsyncSync: (fd) => { calls.push('fsync'); realFs.fsyncSync(fd) },
    fdatasyncSync: (fd) => { calls.push('fdatasync'); realFs.fdatasyncSync(fd) },
  })
  return { fs, calls }
}

describe.each(modes)('on a platform (synchronous: $synchronous)', ({ synchronous }) => {
  it.each([
    { platform: 'linux', call: 'fdatasync', durable: 0 },
    { platform: 'android', call: 'fdatasync', durable: 0 },
    { platform: 'darwin', call: 'fsync', durable: 1 },
    { platform: 'freebsd', call: 'fsync', durable: 0 },
  ])('$platform: sync is $call, and a durable write needs $durable more', async ({ platform, call, durable }) => {
    const { fs, calls } = countingFs()
    const storage = nodeStorage(temporaryDirectory(), { fs, synchronous, system: systemWith({ platform }) })
    const file = await storage.open('a', 'create')
    await file.sync()
    expect(calls).toEqual([call])
    await file.writeDurable?.(bytes(10), 0)
    expect(calls).toEqual([call, ...new Array<string>(durable).fill(call)])
  })

  it('without O_DSYNC there is no writeDurable', async () => {
    const fs = fsWith({ constants: { O_RDWR: 2 } })
    const file = await nodeStorage(temporaryDirectory(), { fs, synchronous }).open('a', 'create')
    expect(Reflect.get(file, 'writeDurable')).toBeUndefined()
  })

  it.each(['EISDIR', 'EPERM', 'EACCES', 'EINVAL'])('win32 without directory syncs (%s): tolerated', async (code) => {
    const system = systemWith({ platform: 'win32' })
    const directory = temporaryDirectory()
    const refuse = (): never => { throw errno(code) }
    const noOpen = fsWith({ openSync: (path, flags) => (flags === 'r' ? refuse() : realFs.openSync(path, flags)) })
    const storage = nodeStorage(directory, { fs: noOpen, synchronous, system })
    expect(storage.capabilities.names).toBe('eventual')
    await storage.syncNames()
    const noSync = fsWith({ fsyncSync: refuse, fsync: (_fd, done) => { done(errno(code)) } })
    await nodeStorage(directory, { fs: noSync, synchronous, system }).syncNames()
  })

  const unsupported = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
  it.each(unsupported)('linux without directory syncs (%s): tolerated', async (code) => {
    const fs = fsWith({ fsyncSync: () => { throw errno(code) }, fsync: (_fd, done) => { done(errno(code)) } })
    await nodeStorage(temporaryDirectory(), { fs, synchronous }).syncNames()
  })

  it.each(['EIO', 'EPERM', 'EACCES', 'EISDIR'])('linux whose directory sync fails (%s): an error', async (code) => {
    const fs = fsWith({ fsyncSync: () => { throw errno(code) }, fsync: (_fd, done) => { done(errno(code)) } })
    const directory = temporaryDirectory()
    const error = await failure('IO', () => nodeStorage(directory, { fs, synchronous }).syncNames())
    expect(error.context).toEqual({ operation: 'sync', file: directory, errno: code })
    const noOpen = fsWith({ openSync: () => { throw errno(code) } })
    await failure('IO', () => nodeStorage(directory, { fs: noOpen, synchronous }).syncNames())
  })
})

describe('syncNames', () => {
  function tracingFs(changes = {}): { fs: ReturnType<typeof fsWith>; opened: string[] } {
    const opened: string[] = []
    const fs = fsWith({
      openSync: (path, flags) => {
        if (flags === 'r') opened.push(path)
        return realFs.openSync(path, flags)
      },
      ...changes,
    })
    return { fs, opened }
  }

  it('syncs the directory, and the first time its parents up to another device', async () => {
    const top = temporaryDirectory()
    const path = join(top, 'x', 'y')
    const { fs, opened } = tracingFs({
      statSync: (name: string) => (name.startsWith(top) ? realFs.statSync(name) : { dev: -1 }),
    })
    const storage = nodeStorage(path, { fs })
    await (await storage.open('a', 'create')).close()
    await storage.syncNames()
    expect(opened).toEqual([path, join(top, 'x'), top])
    await storage.syncNames()
    expect(opened).toEqual([path, join(top, 'x'), top, path])
  })

  it('goes as far as the root and ends there', async () => {
    const { fs, opened } = tracingFs({ statSync: () => ({ dev: 1 }) })
    await nodeStorage(temporaryDirectory(), { fs }).syncNames()
    expect(opened.at(-1)).toBe('/')
  })

  it('tolerates a parent that it may not open, and tries its parents again after a failure', async () => {
    const path = join(temporaryDirectory(), 'x')
    mkdirSync(path)
    let code = 'EIO'
    const refused: string[] = []
    const fs = fsWith({
      openSync: (name, flags) => {
        if (flags === 'r' && name !== path) {
          refused.push(name)
          throw errno(code)
        }
        return realFs.openSync(name, flags)
      },
    })
    const storage = nodeStorage(path, { fs })
    await failure('IO', () => storage.syncNames())
    code = 'EACCES'
    await storage.syncNames()
    expect(refused.length).toBeGreaterThan(1)
  })

  it('fails when a parent cannot be looked at', async () => {
    const fs = fsWith({ statSync: () => { throw errno('EIO') } })
    await failure('IO', () => nodeStorage(temporaryDirectory(), { fs }).syncNames())
  })
})

describe('the event loop', () => {
  it('is not stopped by a sync, a durable write, a reservation, syncNames or a lock', async () => {
    const blocked = vi.fn()
    const fs = fsWith({ fsyncSync: blocked, fdatasyncSync: blocked })
    const storage = nodeStorage(temporaryDirectory(), { fs })
    const file = await storage.open('a', 'create')
    const waiting = [
      file.sync(), file.writeDurable?.(bytes(1), 0), file.reserve?.(100), storage.syncNames(), storage.lock(),
    ]
    for (const promise of waiting) expect(promise).toBeInstanceOf(Promise)
    for (const promise of waiting) await promise
    expect(blocked).not.toHaveBeenCalled()
    expect(storage.capabilities.synchronous).toBe(false)
  })
})

describe('an error of the operating system', () => {
  const errors = [
    ['ENOSPC', 'NO_SPACE', /make room/],
    ['EDQUOT', 'NO_SPACE', /quota is used up/],
    ['ENOENT', 'NOT_FOUND', /no such file/],
    ['EEXIST', 'EXISTS', /there already/],
    ['EIO', 'IO', /check it/],
    ['EROFS', 'IO', /read-only/],
    ['EMFILE', 'IO', /this process has too many open files.*ulimit/],
    ['ENFILE', 'IO', /the system has too many open files/],
    ['EACCES', 'IO', /permission denied/],
    ['EPERM', 'IO', /not permitted/],
    ['EBUSY', 'IO', /another program/],
    ['EFBIG', 'IO', /larger/],
    ['ENOTDIR', 'IO', /not a directory/],
    ['EISDIR', 'IO', /is a directory/],
    ['ERR_INVALID_ARG_VALUE', 'INVALID_ARGUMENT', /not valid/],
    ['EWHATEVER', 'IO', /the cause has/],
  ] satisfies [string, VarveErrorCode, RegExp][]

  it.each(errors)('%s is %s, says what to do, and keeps the cause', async (code, expected, advice) => {
    const fs = fsWith({ openSync: () => { throw errno(code) } })
    const error = await failure(expected, () => nodeStorage(temporaryDirectory(), { fs }).open('a', 'existing'))
    expect(error.message).toMatch(advice)
    expect(error.message).toContain(`open of a failed with ${code}`)
    expect(error.context).toEqual({ operation: 'open', file: 'a', errno: code })
    expect(error.cause).toMatchObject({ code })
  })

  it('that is no error at all is IO', async () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- foreign code does this
    const fs = fsWith({ openSync: () => { throw 'nonsense' } })
    const error = await failure('IO', () => nodeStorage(temporaryDirectory(), { fs }).open('a', 'existing'))
    expect(error.message).toContain('open of a failed with nonsense')
    expect(error.cause).toBe('nonsense')
  })

  it.each([
    ['list', 'readdirSync', (storage) => storage.list()],
    ['rename', 'renameSync', (storage) => storage.rename('a', 'b')],
    ['remove', 'unlinkSync', (storage) => storage.remove('a')],
    ['create', 'mkdirSync', (storage) => storage.open('b', 'create')],
    ['open', 'fstatSync', (storage) => storage.open('a', 'existing')],
  ] satisfies [string, string, (storage: ReturnType<typeof nodeStorage>) => unknown][])(
    'in %s names the operation', async (operation, call, action) => {
      const directory = temporaryDirectory()
      writeFileSync(join(directory, 'a'), 'x')
      const fs = fsWith({ [call]: () => { throw errno('EIO') } })
      const error = await failure('IO', () => action(nodeStorage(directory, { fs })))
      expect(error.context).toMatchObject({ operation, errno: 'EIO' })
    })

  it.each([
    ['size', 'fstatSync', (file) => file.size()],
    ['reserve', 'fstatSync', (file) => file.reserve?.(1000)],
    ['write', 'fstatSync', (file) => file.writeDurable?.(bytes(1), 0)],
    ['resize', 'ftruncateSync', (file) => file.resize(0)],
    ['read', 'readSync', (file) => file.read(bytes(1), 0)],
    ['write', 'writeSync', (file) => file.write(bytes(1), 0)],
  ] satisfies [string, string, (file: Awaited<ReturnType<ReturnType<typeof nodeStorage>['open']>>) => unknown][])(
    'in %s of a file (%s) names the operation', async (operation, call, action) => {
      let fail = false
      const real = Reflect.get(realFs, call) as (...parameters: unknown[]) => unknown
      const broken = (...parameters: unknown[]): unknown => {
        if (fail) throw errno('EIO')
        return real(...parameters)
      }
      const file = await nodeStorage(temporaryDirectory(), { fs: fsWith({ [call]: broken }) }).open('a', 'create')
      await file.write(bytes(10), 0)
      fail = true
      const error = await failure('IO', () => action(file))
      expect(error.context).toMatchObject({ operation, file: 'a', errno: 'EIO' })
    })
})
