import { isVarveError, jsonCodec } from '@varve/codec'
import { serveWorker } from '@varve/port'
import { openLog as openOn, type LogOptions } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openLog, type WorkerLike } from '../src/browser.ts'

const bytes = Uint8Array.of(1, 2, 3)

async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await promise.catch((error: unknown) => error)
  if (!isVarveError(error)) throw new Error(`no VarveError: ${String(error)}`)
  return error
}

/** A worker in name only, whose log lies in memory; `seen` gets what the page asked for. */
function fakeWorker(seen: unknown[] = []): WorkerLike {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  serveWorker(port2, {
    open: (directory, options) => {
      seen.push({ directory, options })
      return openOn({ ...(options as LogOptions), storage: memoryStorage(), ownsStorage: true })
    },
  })
  return Object.assign(port1, { terminate: () => undefined })
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
  vi.doUnmock('../src/worker-source.ts')
})

describe('in a browser, openLog with a directory', () => {
  it('opens the log in the worker that it is given, in either form, with the options of a log alone', async () => {
    const seen: unknown[] = []
    const options = { worker: () => fakeWorker(seen), segmentBytes: 8192, tabs: 'exclusive' as const, maxCalls: 10 }
    const log = await openLog('orders', options)
    expect(await log.append(bytes)).toBe(1)
    await log.close()
    const again = await openLog({ directory: 'orders', ...options })
    expect(again.lastSequence).toBe(0)
    await again.close()
    const asked = { directory: 'orders', options: { segmentBytes: 8192 } }
    expect(seen).toEqual([asked, asked])
  })

  it('gives a typed log when it is given a codec', async () => {
    const log = await openLog('orders', { worker: () => fakeWorker(), entry: jsonCodec<{ id: number }>() })
    await log.append({ id: 7 })
    expect((await log.get(1))?.entry).toEqual({ id: 7 })
    await log.close()
  })

  it('says what is missing where there are no workers', async () => {
    vi.stubGlobal('Worker', undefined)
    const { code, message } = await errorOf(openLog('orders'))
    expect(code).toBe('UNSUPPORTED')
    expect(message).toMatch(/no workers to open 'orders' in; pass a storage or a worker/)
  })

  it('says that the sources have no worker in them', async () => {
    vi.stubGlobal('Worker', () => undefined)
    expect((await errorOf(openLog('orders'))).message).toMatch(/this build has no worker in it/)
  })

  it('starts the worker that comes with the library from a Blob, and leaves no URL behind', async () => {
    vi.doMock('../src/worker-source.ts', () => ({ workerSource: 'the script' }))
    const { openDirectory } = await import('../src/in-worker.ts')
    const started: unknown[] = []
    const revoked: string[] = []
    vi.stubGlobal('Worker', function (url: string, options: unknown) {
      started.push([url, options])
      return fakeWorker()
    })
    const createObjectURL = (blob: Blob): string => `blob:${blob.type}:${blob.size}`
    vi.stubGlobal('URL', { createObjectURL, revokeObjectURL: (url: string) => revoked.push(url) })
    const log = await openDirectory('orders', {})
    expect(started).toEqual([['blob:text/javascript:10', { name: 'varve orders' }]])
    expect(revoked).toEqual(['blob:text/javascript:10'])
    await log.close()
  })
})

describe('in a browser, openLog with a storage', () => {
  it('opens the log in this thread', async () => {
    const log = await openLog({ storage: memoryStorage() })
    expect(await log.append(bytes)).toBe(1)
    await log.close()
    const typed = await openLog({ storage: memoryStorage(), entry: jsonCodec<{ id: number }>() })
    expect(await typed.append({ id: 7 })).toBe(1)
    await typed.close()
  })

  it('has the names of the other platforms', async () => {
    const names = async (module: Promise<object>): Promise<string[]> => Object.keys(await module).sort()
    expect(await names(import('../src/browser.ts'))).toEqual(await names(import('../src/index.ts')))
  })
})

describe('varve/worker', () => {
  it('is refused where there is no dedicated worker', async () => {
    await expect(import('../src/worker.ts')).rejects.toThrow(/is for a dedicated worker of a browser/)
  })

  it('opens the log of a directory in the origin-private file system, and tells the page what came of it', async () => {
    const heard: ((event: { data: unknown }) => void)[] = []
    const posted: unknown[] = []
    vi.stubGlobal('DedicatedWorkerGlobalScope', () => undefined)
    vi.stubGlobal('close', () => posted.push('closed'))
    vi.stubGlobal('postMessage', (message: unknown) => posted.push(message))
    vi.stubGlobal('removeEventListener', () => undefined)
    vi.stubGlobal('addEventListener', (type: string, listener: (event: { data: unknown }) => void) => {
      if (type === 'message') heard.push(listener)
    })
    await import('../src/worker.ts')
    const request = { varve: 'open', directory: 'orders', options: {}, isShared: false, presence: undefined }
    heard[0]?.({ data: request })
    heard[1]?.({ data: { varve: 'port', to: 'server', parts: [['hello', 1, 1]], bytes: undefined, at: undefined } })
    // There is no such file system in Node.
    await expect.poll(() => JSON.stringify(posted)).toMatch(/UNSUPPORTED.*no origin-private file system here/)
    await expect.poll(() => posted.at(-1)).toBe('closed')
  })
})

describe('varve/opfs', () => {
  it('says what is missing outside of a browser', async () => {
    const opfs = await import('../src/opfs.ts')
    for (const open of [opfs.openLog, opfs.openReplica, opfs.promoteReplica]) {
      expect((await errorOf(open('orders'))).code).toBe('UNSUPPORTED')
    }
  })
})
