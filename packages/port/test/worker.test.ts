import { isVarveError, jsonCodec } from '@varve/codec'
import { openLog, type Log, type LogOptions } from '@varve/segments'
import { memoryDisk, memoryStorage, type MemoryDisk } from '@varve/storage-memory'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openInWorker, serveWorker, type TabsSeam, type WorkerLike, type WorkerScope } from '../src/index.ts'
import { platformSeam } from '../src/tabs/seam.ts'

/** Workers of one origin: threads in name only, so that what they do is seen. */
class Origin {
  readonly disk: MemoryDisk = memoryDisk()
  readonly opened: { directory: string; options: object; log: Log }[] = []
  started = 0
  terminated = 0
  ended = 0
  readonly #seam: TabsSeam | undefined

  constructor(seam?: TabsSeam) {
    this.#seam = seam
  }

  readonly start = (): WorkerLike => {
    this.started += 1
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => {
      port1.close()
      port2.close()
    })
    const scope: WorkerScope = Object.assign(port2, { close: () => { this.ended += 1 } })
    serveWorker(scope, { open: this.open, ...(this.#seam && { seam: this.#seam }) })
    return Object.assign(port1, { terminate: () => { this.terminated += 1 } })
  }

  readonly open = async (directory: string, options: object): Promise<Log> => {
    const storage = memoryStorage({ disk: this.disk })
    const log = await openLog({ ...(options as LogOptions), storage, ownsStorage: true })
    this.opened.push({ directory, options, log })
    return log
  }
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)
/** Names that no other test has, for channels and locks are the process's. */
const name = (): string => `orders-${Math.random()}`

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.catch((error: unknown) => error)
  return isVarveError(error) ? error.code : undefined
}

describe('openInWorker', () => {
  it('opens the log in a worker with the options of the page, and ends the worker when the log is closed', async () => {
    const origin = new Origin()
    const directory = name()
    const log = await openInWorker(directory, { start: origin.start, log: { segmentBytes: 8192, durability: 'async' } })
    expect(origin.opened).toMatchObject([{ directory, options: { segmentBytes: 8192, durability: 'async' } }])
    expect(await log.append(bytes(1))).toBe(1)
    await log.close()
    await expect.poll(() => origin.ended).toBe(1)
    expect(origin.terminated).toBe(0)
    const again = await openInWorker(directory, { start: origin.start })
    expect(again.recovery).toMatchObject({ lastSequence: 1, cleanShutdown: true })
    await again.close()
  })

  it('opens a typed log when it is given a codec, which stays with the page', async () => {
    const origin = new Origin()
    const log = await openInWorker(name(), { start: origin.start, entry: jsonCodec<{ id: number }>() })
    await log.append({ id: 7 })
    expect((await log.get(1))?.entry).toEqual({ id: 7 })
    await log.close()
    await log.closed
  })

  it('tells why the log could not be opened, and ends the worker', async () => {
    const origin = new Origin()
    const opening = openInWorker(name(), { start: origin.start, log: { segmentBytes: 5 } })
    expect(await codeOf(opening)).toBe('INVALID_ARGUMENT')
    expect(origin.terminated).toBe(1)
  })

  it('joins the tab that has the log, so that both append through one writer', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start })
    const second = await openInWorker(directory, { start: origin.start })
    expect(origin.opened).toHaveLength(1)
    expect(await Promise.all([first.append(bytes(1)), second.append(bytes(2))])).toHaveLength(2)
    expect(await second.append(bytes(3))).toBe(3)
    const seen: number[] = []
    for await (const { sequence } of first.read()) seen.push(sequence)
    expect(seen).toEqual([1, 2, 3])
    await second.close()
    expect(await first.append(bytes(4))).toBe(4)
    await first.close()
  })

  it('fails the logs of tabs that had joined when the leader closes, and lets one of them lead', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start })
    const second = await openInWorker(directory, { start: origin.start })
    await second.append(bytes(1))
    await first.close()
    await second.closed
    expect(await codeOf(second.append(bytes(2)))).toBe('CLOSED')
    const again = await openInWorker(directory, { start: origin.start })
    expect(await again.append(bytes(2))).toBe(2)
    await again.close()
  })

  it('is LOCKED at once for who wants the log alone', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start })
    const alone = openInWorker(directory, { start: origin.start, tabs: 'exclusive' })
    expect(await codeOf(alone)).toBe('LOCKED')
    await first.close()
  })

  it('is LOCKED after a while when whoever has the log does not share it', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start, tabs: 'exclusive' })
    const second = openInWorker(directory, { start: origin.start, joinMs: 10 })
    expect(await codeOf(second)).toBe('LOCKED')
    await first.close()
  })

  it('opens the log when the tab that had it is gone before it was joined', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start, tabs: 'exclusive' })
    const second = openInWorker(directory, { start: origin.start })
    await expect.poll(() => origin.started).toBe(2)
    await first.close()
    const log = await second
    expect(await log.append(bytes(1))).toBe(1)
    await log.close()
  })

  it('fails the log when the worker dies without a word', async () => {
    const locks = new Map<string, () => void>()
    const real = platformSeam()
    // Whoever asks for a lock that is held waits until `die` is called.
    const seam: TabsSeam = {
      ...real,
      locks: {
        request: async (lock, held) => {
          if (!lock.includes(':worker:')) return await real.locks.request(lock, held)
          if (locks.has(lock)) {
            await new Promise<void>((resolve) => { locks.set(lock, resolve) })
            return await held()
          }
          locks.set(lock, () => undefined)
          return await held()
        },
      },
    }
    const origin = new Origin(seam)
    const log = await openInWorker(name(), { start: origin.start, seam, tabs: 'exclusive' })
    await expect.poll(() => locks.size).toBe(1)
    for (const die of locks.values()) die()
    expect(isVarveError(await log.failed)).toBe(true)
    expect(await codeOf(log.append(bytes(1)))).toBe('CLOSED')
  })

  it('passes over what is no request, and requests that make no sense', async () => {
    const origin = new Origin()
    const worker = origin.start()
    for (const message of [
      1,
      { varve: 'open' },
      { varve: 'open', directory: 'a', options: {}, isShared: 1 },
      { varve: 'open', directory: 'a', options: {}, isShared: true, presence: 5 },
    ]) {
      worker.postMessage(message, [])
    }
    const log = await openInWorker(name(), { start: () => worker })
    expect(origin.opened).toHaveLength(1)
    await log.close()
  })

  it('looks again when the tab that it had joined is gone at once, and passes on what it does not know', async () => {
    const origin = new Origin()
    const directory = name()
    const first = await openInWorker(directory, { start: origin.start })
    const real = platformSeam()
    // Whoever holds a host's lock looks dead.
    const dying: TabsSeam = {
      ...real,
      locks: {
        request: async (lock, held) =>
          lock.includes(':host:') ? await held() : await real.locks.request(lock, held),
      },
    }
    const second = openInWorker(directory, { start: origin.start, seam: dying, joinMs: 0 })
    expect(await codeOf(second)).toBe('LOCKED')
    const broken: TabsSeam = { ...real, openChannel: () => { throw new Error('no channels today') } }
    const third = openInWorker(directory, { start: origin.start, seam: broken })
    await expect(third).rejects.toThrow('no channels today')
    await first.close()
  })

  it('listens to its page whatever else is the matter with the port', async () => {
    const { port1, port2 } = new MessageChannel()
    const origin = new Origin()
    serveWorker(port2, { open: origin.open })
    port2.dispatchEvent(new Event('messageerror'))
    const worker = Object.assign(port1, { terminate: () => undefined }) as unknown as WorkerLike
    const log = await openInWorker(name(), { start: () => worker })
    expect(await log.append(bytes(1))).toBe(1)
    await log.close()
    port1.close()
    port2.close()
  })

  it('works where tabs cannot meet: for one tab alone', async () => {
    const { navigator } = globalThis
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
    try {
      const origin = new Origin()
      const directory = name()
      const log = await openInWorker(directory, { start: origin.start })
      expect(await codeOf(openInWorker(directory, { start: origin.start }))).toBe('LOCKED')
      await log.close()
    } finally {
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
    }
  })
})
