import { closeSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogFile } from '@varve/storage'
import { describe, expect, it, vi } from 'vitest'
import { realFs, type NodeFs } from '../src/fs.ts'
import { nodeStorage } from '../src/index.ts'
import { bytes, errno, failure, fsWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

const modes = [{ synchronous: true }, { synchronous: false }]

async function fileOn(changes: Partial<NodeFs>, synchronous: boolean, content = bytes(100)): Promise<LogFile> {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'a'), content)
  return nodeStorage(directory, { fs: fsWith(changes), synchronous }).open('a', 'existing')
}

/** Replaces the write call of both modes: the thread pool's answers as the direct one does. */
function writes(write: NodeFs['writeSync']): Partial<NodeFs> {
  return {
    writeSync: write,
    write: (fd, source, offset, length, position, done) => {
      let count: number
      try {
        count = write(fd, source, offset, length, position)
      } catch (error) {
        done(error as Error, 0)
        return
      }
      done(null, count)
    },
  }
}

async function contents(file: LogFile): Promise<Uint8Array> {
  const target = new Uint8Array(await file.size())
  expect(await file.read(target, 0)).toBe(target.length)
  return target
}

describe.each(modes)('a file system (synchronous: $synchronous)', ({ synchronous }) => {
  it('that writes a part at a time is asked to go on', async () => {
    const file = await fileOn(
      writes((fd, source, offset, length, position) =>
        realFs.writeSync(fd, source, offset, Math.min(length, 7), position)),
      synchronous,
    )
    await file.write(bytes(50, 1), 0)
    await file.writeDurable?.(bytes(50, 2), 50)
    await file.reserve?.(200)
    expect(await contents(file)).toEqual(Uint8Array.from([...bytes(50, 1), ...bytes(50, 2), ...bytes(100, 0)]))
  })

  it('that reads a part at a time is asked to go on', async () => {
    const file = await fileOn({
      readSync: (fd, target, offset, length, position) =>
        realFs.readSync(fd, target, offset, Math.min(length, 7), position),
    }, synchronous)
    expect(await contents(file)).toEqual(bytes(100))
  })

  it('that writes nothing and reports no error is not asked for ever', async () => {
    const file = await fileOn(writes(() => 0), synchronous)
    const error = await failure('IO', () => file.write(bytes(10), 5))
    expect(error.message).toMatch(/write of a at 5 wrote none of 10 bytes/)
    expect(error.context).toEqual({ operation: 'write', file: 'a', position: 5 })
    await failure('IO', () => file.writeDurable?.(bytes(10), 5))
    await failure('IO', () => file.reserve?.(200))
  })

  const counts = [-1, 11, 32_550, Number.NaN, 0.5, undefined as never]
  it.each(counts)('that reports a count of %s is not believed', async (count) => {
    const file = await fileOn({ ...writes(() => count), readSync: () => count }, synchronous)
    const error = await failure('IO', () => file.write(bytes(10), 0))
    expect(error.message).toMatch(/reported .* bytes of 10: check the device/)
    await failure('IO', () => file.writeDurable?.(bytes(10), 0))
    await failure('IO', () => file.read(bytes(10), 0))
  })

  it.each(['EINTR', 'EAGAIN'])('that is interrupted (%s) is asked again, a hundred times', async (code) => {
    let failures = 0
    let limit = 100
    const interrupted = <T>(call: () => T): T => {
      if (failures === limit) {
        failures = 0
        return call()
      }
      failures += 1
      throw errno(code)
    }
    const file = await fileOn({
      ...writes((...call) => interrupted(() => realFs.writeSync(...call))),
      readSync: (...call) => interrupted(() => realFs.readSync(...call)),
      ftruncateSync: (...call) => { interrupted(() => { realFs.ftruncateSync(...call) }) },
    }, synchronous)
    await file.write(bytes(10, 1), 0)
    await file.writeDurable?.(bytes(10, 1), 10)
    await file.resize(20)
    expect(await contents(file)).toEqual(bytes(20, 1))
    limit = 101
    failures = 0
    await failure('IO', () => file.write(bytes(10, 1), 0))
    failures = 0
    await failure('IO', () => file.writeDurable?.(bytes(10, 1), 0))
  })

  it('that fails a sync once is never believed again, through this handle', async () => {
    let syncs = 0
    const failing = (): void => {
      syncs += 1
      if (syncs === 1) throw errno('EIO')
    }
    const file = await fileOn({
      fdatasyncSync: failing,
      fdatasync: (_fd, done) => {
        try {
          failing()
          done(null)
        } catch (error) {
          done(error as Error)
        }
      },
    }, synchronous)
    const first = await failure('IO', () => file.sync())
    expect(first.cause).toMatchObject({ code: 'EIO' })
    expect(first.context).toEqual({ operation: 'sync', file: 'a', errno: 'EIO' })
    const second = await failure('IO', () => file.sync())
    expect(second.message).toMatch(/an earlier sync or durable write of a failed/)
    expect(second.cause).toBe(first)
    await failure('IO', () => file.writeDurable?.(bytes(1), 0))
    expect(syncs).toBe(1)
  })

  it('that interrupts a sync is not asked again', async () => {
    const fdatasync = vi.fn((_fd: number, done: (error: Error | null) => void) => { done(errno('EINTR')) })
    const fdatasyncSync = vi.fn(() => { throw errno('EINTR') })
    const file = await fileOn({ fdatasync, fdatasyncSync }, synchronous)
    await failure('IO', () => file.sync())
    expect(fdatasync.mock.calls.length + fdatasyncSync.mock.calls.length).toBe(1)
  })

  it('that fails a durable write is not believed again', async () => {
    let fail = true
    const file = await fileOn(writes((...call) => {
      if (fail) throw errno('EIO')
      return realFs.writeSync(...call)
    }), synchronous)
    await failure('IO', () => file.writeDurable?.(bytes(1), 0))
    fail = false
    await failure('IO', () => file.writeDurable?.(bytes(1), 0))
    await failure('IO', () => file.sync())
  })

  it('that is full in the middle of a reservation gets back what was taken', async () => {
    const full = writes((fd, source, offset, length, position) => {
      if (position >= 2 ** 20) throw errno('ENOSPC')
      return realFs.writeSync(fd, source, offset, Math.min(length, 2 ** 20 - position), position)
    })
    const file = await fileOn(full, synchronous)
    const error = await failure('NO_SPACE', () => file.reserve?.(3 * 2 ** 20))
    expect(error.message).toMatch(/write of a at 1048576 failed with ENOSPC: the disk is full: make room/)
    expect(await contents(file)).toEqual(bytes(100))
    const stubborn = await fileOn({ ...full, ftruncateSync: () => { throw errno('EIO') } }, synchronous)
    await failure('NO_SPACE', () => stubborn.reserve?.(3 * 2 ** 20))
    expect(await stubborn.size()).toBe(2 ** 20)
  })

  it('has the blocks of a reservation when it returns, or has given them back and is not believed again', async () => {
    const calls: string[] = []
    let fail = false
    const sync = (fd: number): void => {
      calls.push('sync')
      if (fail) throw errno('EIO')
      realFs.fdatasyncSync(fd)
    }
    const file = await fileOn({
      ...writes((...call) => {
        calls.push('write')
        return realFs.writeSync(...call)
      }),
      fdatasyncSync: sync,
      fdatasync: (fd, done) => {
        try {
          sync(fd)
          done(null)
        } catch (error) {
          done(error as Error)
        }
      },
    }, synchronous)
    await file.reserve?.(2 ** 20 + 200)
    expect(calls).toEqual(['write', 'write', 'sync'])
    await file.reserve?.(2 ** 20)
    expect(calls).toHaveLength(3)
    fail = true
    await failure('IO', () => file.reserve?.(2 ** 21))
    expect(await file.size()).toBe(2 ** 20 + 200)
    fail = false
    await failure('IO', () => file.sync())
  })

  it('is handed no more than a GiB in one call', async () => {
    const asked: number[] = []
    const huge = new Uint8Array(0)
    Object.defineProperty(huge, 'length', { value: 2 ** 31 + 5 })
    const count = (_fd: number, _bytes: unknown, _offset: number, length: number): number => {
      asked.push(length)
      return length
    }
    const file = await fileOn({ ...writes(count), readSync: count }, synchronous)
    await file.write(huge, 0)
    await file.read(huge, 0)
    await file.writeDurable?.(huge, 0)
    expect(asked).toEqual([1, 2, 3].flatMap(() => [2 ** 30, 2 ** 30, 5]))
  })

  it('whose file has another name owner by now gets no durable write into it', async () => {
    const directory = temporaryDirectory()
    const storage = nodeStorage(directory, { synchronous })
    const file = await storage.open('a', 'create')
    renameSync(join(directory, 'a'), join(directory, 'b'))
    writeFileSync(join(directory, 'a'), 'new')
    const error = await failure('IO', () => file.writeDurable?.(bytes(10), 0))
    expect(error.message).toMatch(/another file under its name/)
    expect(statSync(join(directory, 'a')).size).toBe(3)
    expect(statSync(join(directory, 'b')).size).toBe(0)
  })

  it('that cannot open a second descriptor fails the durable write', async () => {
    const openSync = (path: string, flags: string | number): number => {
      if (typeof flags === 'number') throw errno('EMFILE')
      return realFs.openSync(path, flags)
    }
    const file = await fileOn({ openSync }, synchronous)
    const error = await failure('IO', () => file.writeDurable?.(bytes(1), 0))
    expect(error.message).toMatch(/ulimit -n/)
  })

  it('that does not know O_DSYNC gets a sync after the write', async () => {
    const order: string[] = []
    const openSync = (path: string, flags: string | number): number => {
      if (typeof flags === 'number') throw errno('EINVAL')
      return realFs.openSync(path, flags)
    }
    const file = await fileOn({
      openSync,
      writeSync: (...call) => {
        order.push('write')
        return realFs.writeSync(...call)
      },
      fdatasync: (fd, done) => {
        order.push('sync')
        realFs.fdatasync(fd, done)
      },
      fdatasyncSync: (fd) => {
        order.push('sync')
        realFs.fdatasyncSync(fd)
      },
    }, synchronous)
    await file.writeDurable?.(bytes(10, 1), 0)
    await file.writeDurable?.(bytes(10, 1), 10)
    expect(order).toEqual(['write', 'sync', 'write', 'sync'])
  })
})

describe('closing a file', () => {
  it('waits for what is under way, so that no other file gets its descriptor', async () => {
    let finish: (() => void) | undefined
    const closed: number[] = []
    const file = await fileOn({
      fdatasync: (fd, done) => { finish = () => { realFs.fdatasync(fd, done) } },
      closeSync: (fd) => {
        closed.push(fd)
        closeSync(fd)
      },
    }, false)
    const syncing = file.sync()
    const closing = file.close()
    const again = file.close()
    await failure('CLOSED', () => file.sync())
    expect(closed).toHaveLength(0)
    finish?.()
    await Promise.all([syncing, closing, again])
    expect(closed).toHaveLength(1)
  })

  it('closes both descriptors, once', async () => {
    const closed: number[] = []
    const file = await fileOn({ closeSync: (fd) => { closed.push(fd); closeSync(fd) } }, true)
    await file.writeDurable?.(bytes(1), 0)
    await file.close()
    await file.close()
    expect(new Set(closed).size).toBe(2)
  })

  it('that is interrupted has closed, any other failure is told', async () => {
    const interrupted = await fileOn({ closeSync: (fd) => { closeSync(fd); throw errno('EINTR') } }, true)
    await interrupted.close()
    const failed = await fileOn({ closeSync: (fd) => { closeSync(fd); throw errno('EIO') } }, true)
    await failure('IO', () => failed.close())
  })

  it('that fails while something is under way is told too', async () => {
    const file = await fileOn({ closeSync: (fd) => { closeSync(fd); throw errno('EIO') } }, false)
    const syncing = file.sync()
    await failure('IO', () => file.close())
    await syncing
  })
})

describe('a durable write', () => {
  const flagsOf = async (synchronous: boolean): Promise<(string | number)[]> => {
    const opened: (string | number)[] = []
    const file = await fileOn({
      openSync: (path, flags) => {
        opened.push(flags)
        return openSync(path, flags)
      },
    }, synchronous)
    await file.write(bytes(1), 0)
    await file.sync()
    expect(opened).toHaveLength(1)
    await file.writeDurable?.(bytes(1), 0)
    await file.writeDurable?.(bytes(1), 0)
    return opened
  }

  it.each(modes)('opens its descriptor when needed, once (synchronous: $synchronous)', async ({ synchronous }) => {
    const { O_RDWR, O_DSYNC = 0 } = realFs.constants
    expect(O_DSYNC).not.toBe(0)
    expect(await flagsOf(synchronous)).toEqual(['r+', O_RDWR | O_DSYNC])
  })
})
