import diagnosticsChannel from 'node:diagnostics_channel'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnosticsChannelObserver } from '../src/diagnostics-channel.ts'
import { openTelemetryObserver } from '../src/opentelemetry.ts'
import * as withoutPlatform from '../src/index.ts'
import * as node from '../src/node.ts'
import { temporaryDirectory } from './support/temporary.ts'

const { isVarveError, memoryStorage, nodeStorage, openLog, openLogSync } = node

const bytes = Uint8Array.of(1, 2, 3)

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  const error: unknown = await action().catch((error: unknown) => error)
  return isVarveError(error) ? error.code : `no VarveError: ${String(error)}`
}

function codeOfSync(action: () => unknown): string {
  try {
    return `no error: ${String(action())}`
  } catch (error) {
    return isVarveError(error) ? error.code : `no VarveError: ${String(error)}`
  }
}

describe('on Node, openLog', () => {
  it('opens a directory, which it creates', async () => {
    const directory = join(temporaryDirectory(), 'deep', 'data')
    const log = await openLog(directory)
    expect(await log.append(bytes)).toBe(1)
    await log.close()
    const again = await openLog({ directory })
    expect((await again.get(1))?.payload).toEqual(bytes)
    await again.close()
  })

  it('takes options beside the directory', async () => {
    const directory = temporaryDirectory()
    const options = { segmentBytes: 8192, blockBytes: 128 } as const
    const beside = await openLog(directory, options)
    expect(beside.segments[0]?.header).toMatchObject({ capacity: 8192, blockBytes: 128 })
    await beside.close()
    const within = await openLog({ directory, ...options, durability: 'async' })
    expect(await within.append(bytes)).toBe(1)
    await within.close()
  })

  it('opens a typed log when it is given a codec, in either form', async () => {
    const directory = temporaryDirectory()
    const log = await openLog(directory, { entry: node.jsonCodec<{ id: number }>() })
    expect(await log.append({ id: 7 })).toBe(1)
    await log.close()
    const again = await openLog({ directory, entry: node.jsonCodec<{ id: number }>() })
    expect((await again.get(1))?.entry.id).toBe(7)
    await again.close()
    const synchronous = openLogSync(directory, { entry: node.jsonCodec<{ id: number }>() })
    expect(synchronous.appendSync({ id: 8 })).toBe(2)
    expect([...synchronous.readSync()].map(({ entry }) => entry.id)).toEqual([7, 8])
    synchronous.closeSync()
    const storage = memoryStorage()
    const text = await withoutPlatform.openLog({ storage, entry: withoutPlatform.textCodec })
    expect(await text.append('seven')).toBe(1)
    await text.close()
  })

  it('has observers under names of their own', () => {
    expect(diagnosticsChannelObserver(diagnosticsChannel)).toBeTypeOf('function')
    expect(openTelemetryObserver).toBeTypeOf('function')
  })

  it('resolves a relative directory against the current one', async () => {
    const directory = temporaryDirectory()
    const log = await openLog(relative(process.cwd(), directory))
    expect(log.segments).toHaveLength(1)
    expect(existsSync(join(directory, log.segments[0]?.name ?? ''))).toBe(true)
    await log.close()
  })

  it('opens a storage', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage })
    expect(await log.append(bytes)).toBe(1)
    await log.close()
    const again = await openLog({ storage: memoryStorage({ snapshot: storage.snapshot() }) })
    expect(again.lastSequence).toBe(1)
    await again.close()
  })

  it('leaves a storage that it was given open', async () => {
    const storage = nodeStorage(temporaryDirectory())
    await (await openLog({ storage })).close()
    expect(await storage.list()).toHaveLength(1)
    const again = await openLog({ storage })
    expect(again.recovery.cleanShutdown).toBe(true)
    await again.close()
    await storage.close()
  })

  it('needs either a directory or a storage, and not both', async () => {
    expect(await codeOf(() => openLog({}))).toBe('INVALID_ARGUMENT')
    const both = { directory: temporaryDirectory(), storage: memoryStorage() }
    expect(await codeOf(() => openLog(both))).toBe('INVALID_ARGUMENT')
    expect(codeOfSync(() => openLogSync({}))).toBe('INVALID_ARGUMENT')
    expect(codeOfSync(() => openLogSync(both))).toBe('INVALID_ARGUMENT')
  })

  it('closes at the end of the scope', async () => {
    const directory = temporaryDirectory()
    {
      await using log = await openLog(directory)
      await log.append(bytes)
    }
    {
      await using log = await openLog(directory)
      expect(log.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 1 })
    }
  })
})

describe('on Node, openLogSync', () => {
  it('opens a directory, with a storage that never returns a promise', () => {
    const directory = temporaryDirectory()
    {
      using log = openLogSync(directory, { segmentBytes: 8192, blockBytes: 128 })
      expect(log.appendSync(bytes)).toBe(1)
      expect(log.appendBatchSync([bytes, bytes])).toEqual({ first: 2, last: 3 })
    }
    using log = openLogSync({ directory })
    expect(log.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 3 })
    expect([...log.readSync()].map(({ payload }) => payload)).toEqual([bytes, bytes, bytes])
  })

  it('opens a storage, if it is synchronous', () => {
    using log = openLogSync({ storage: memoryStorage() })
    expect(log.appendSync(bytes)).toBe(1)
    const asynchronous = { storage: nodeStorage(temporaryDirectory()) }
    expect(codeOfSync(() => openLogSync(asynchronous))).toBe('STORAGE_IS_ASYNC')
  })
})

describe('without a storage of the platform', () => {
  it('a directory is UNSUPPORTED, and the error says what to do', async () => {
    await expect(withoutPlatform.openLog('./data')).rejects.toThrow(/pass a storage/)
    expect(await codeOf(() => withoutPlatform.openLog('./data'))).toBe('UNSUPPORTED')
    expect(await codeOf(() => withoutPlatform.openLog({ directory: './data' }))).toBe('UNSUPPORTED')
    expect(codeOfSync(() => withoutPlatform.openLogSync('./data'))).toBe('UNSUPPORTED')
    expect(existsSync('./data')).toBe(false)
  })

  it('a log opens on the storage that it is given', async () => {
    const log = await withoutPlatform.openLog({ storage: memoryStorage() })
    expect(await log.append(bytes)).toBe(1)
    await log.close()
    const synchronous = withoutPlatform.openLogSync({ storage: memoryStorage() })
    expect(synchronous.appendSync(bytes)).toBe(1)
    synchronous.closeSync()
  })

  it('everything else is what Node has', () => {
    const names = Object.keys(node).filter((name) => name !== 'nodeStorage')
    expect(Object.keys(withoutPlatform).sort()).toEqual(names.sort())
  })
})
