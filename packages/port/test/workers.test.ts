import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openLog } from '@varve/segments'
import { nodeStorage } from '@varve/storage-node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectLog, serveLog, type PortLike } from '../src/index.ts'
import { collect, failure, newLog, next, settled, text, textOf } from './support/pairs.ts'

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'varve-port-test-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  return directory
}

function start(directory: string | undefined): Worker {
  const execArgv = ['--conditions=@varve/source', '--experimental-strip-types', '--no-warnings']
  const source = new URL('./support/log-worker.ts', import.meta.url)
  const worker = new Worker(source, { workerData: { directory }, execArgv })
  onTestFinished(async () => { await worker.terminate() })
  return worker
}

describe('the log of a real worker', () => {
  it.each(['files', 'memory'])('is used, closed, and opened again: %s', async (kind) => {
    const directory = kind === 'files' ? newDirectory() : undefined
    const worker = start(directory)
    const ended = once(worker, 'exit')
    const log = await connectLog(worker)
    const all = Array.from({ length: 300 }, (_, at) => log.append(text(`record ${at + 1}`)))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1))
    const records = await collect(log.read({ from: 299 }))
    expect(records.map(({ payload }) => textOf(payload))).toEqual(['record 299', 'record 300'])
    const tail = log.tail()
    const followed = next(tail)
    await log.append(text('followed'))
    expect(textOf((await followed)?.payload ?? text(''))).toBe('followed')
    await tail.return?.()
    await log.checkpoint(new Uint8Array(300_000).fill(3), { sequence: 301 })
    let bytes = 0
    const restore = async (state: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of state) bytes += chunk.length
    }
    expect(await log.recover({ restore, apply: () => undefined })).toMatchObject({ records: 0, lastSequence: 301 })
    expect(bytes).toBe(300_000)
    await log.close()
    expect(await ended).toEqual([0])
    if (directory === undefined) return
    const storage = nodeStorage(directory)
    await using again = await openLog({ storage, ownsStorage: true })
    expect(again.recovery).toMatchObject({ cleanShutdown: true, lastSequence: 301 })
  })

  it('may die: what was acknowledged is there, what was not is unknown', async () => {
    const directory = newDirectory()
    const worker = start(directory)
    const log = await connectLog(worker)
    const tail = log.tail({ from: 2 })
    const ended = failure('CLOSED', () => tail.next())
    expect(await log.append(text('acknowledged'))).toBe(1)
    worker.postMessage('die')
    const lost = failure('POISONED', () => log.append(text('unknown')))
    await Promise.all([lost, ended])
    expect((await log.failed).message).toContain('the worker has ended')
    // The lock is this process's as long as it lives, and so nobody's of this test.
    await using found = await openLog({ storage: nodeStorage(directory), ownsStorage: true, readOnly: true })
    expect(textOf((await found.get(1))?.payload ?? text(''))).toBe('acknowledged')
  })

  it('is lost when the worker throws what nobody catches', async () => {
    const worker = start(undefined)
    const log = await connectLog(worker)
    worker.postMessage('throw')
    expect((await log.failed).message).toContain('the other side has failed')
    expect((await log.failed).cause).toMatchObject({ message: 'as planned' })
    await failure('CLOSED', () => log.append(text('x')))
  })

  it('may die before it is served', async () => {
    const worker = start('/dev/null/there-is-no-such-directory')
    await failure('IO', () => connectLog(worker))
  })
})

describe('a port', () => {
  it('may be an event emitter, or have listeners; it is let go of at the end', async () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => { port1.close() })
    const emitter = port2 as unknown as Required<Pick<PortLike, 'on' | 'off'>> & PortLike
    const heard: string[] = []
    const bare: PortLike = {
      postMessage: (message, transfer) => { emitter.postMessage(message, transfer) },
      on: (type, listener) => {
        heard.push(`on ${type}`)
        return emitter.on(type, listener)
      },
      off: (type, listener) => {
        heard.push(`off ${type}`)
        return emitter.off(type, listener)
      },
    }
    serveLog(port1, await newLog())
    const client = await connectLog(bare)
    expect(await client.append(text('one'))).toBe(1)
    await client.close()
    expect(heard.map((line) => line.replace('off', 'on'))).toEqual([...heard.slice(0, 5), ...heard.slice(0, 5)])
    expect(heard.slice(5).every((line) => line.startsWith('off'))).toBe(true)
    await settled()
  })

  it('is lost when it can be heard in no way', async () => {
    const silent: PortLike = { postMessage: () => undefined }
    await failure('CLOSED', () => connectLog(silent, { lost: settled() }))
  })
})
