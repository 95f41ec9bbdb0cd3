import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform, opfsStorage, removeOpfsStorage } from '../src/index.ts'
import { failure } from './support/failure.ts'

type Refusal = (name: string) => unknown

/** A directory of a browser, as far as the adapter looks at it. */
class Folder {
  readonly entries = new Map<string, Folder | { createSyncAccessHandle?: () => Promise<unknown> }>()

  async getDirectoryHandle(name: string, { create }: { create: boolean }): Promise<Folder> {
    const found = this.entries.get(name)
    if (found instanceof Folder) return found
    if (!create) throw new DOMException('x', 'NotFoundError')
    const made = new Folder()
    this.entries.set(name, made)
    return Promise.resolve(made)
  }

  async getFileHandle(name: string): Promise<unknown> {
    const file = this.entries.get(name) ?? { createSyncAccessHandle: () => Promise.resolve({ name }) }
    this.entries.set(name, file)
    return Promise.resolve(file)
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.entries.delete(name)) throw new DOMException('x', 'NotFoundError')
    return Promise.resolve()
  }

  async *keys(): AsyncIterable<string> {
    for (const name of this.entries.keys()) yield await Promise.resolve(name)
  }
}

/** Locks of a browser: `held` has the holders; a lock can be stolen. */
class Locks {
  readonly held = new Map<string, { clientId?: string }>()
  readonly thieves = new Map<string, (reason: unknown) => void>()
  refusal: Refusal = () => undefined

  async request(name: string, _options: unknown, granted: (lock: unknown) => Promise<void> | undefined): Promise<void> {
    const refused = this.refusal(name)
    if (refused !== undefined) throw refused as Error
    if (this.held.has(name)) return granted(null)
    this.held.set(name, { clientId: '7' })
    const stolen = new Promise<void>((_, reject) => { this.thieves.set(name, reject) })
    await Promise.race([granted({ name }), stolen])
    this.held.delete(name)
  }

  query(): Promise<{ held?: { name: string; clientId?: string }[] }> {
    if (this.held.size === 0) return Promise.resolve({})
    return Promise.resolve({ held: [...this.held].map(([name, holder]) => ({ name, ...holder })) })
  }
}

function browser(getDirectory: (() => Promise<unknown>) | undefined, locks?: Locks): void {
  vi.stubGlobal('navigator', { storage: getDirectory === undefined ? undefined : { getDirectory }, locks })
}

afterEach(() => { vi.unstubAllGlobals() })

describe('a browser', () => {
  it('without a file system of its own is UNSUPPORTED, as Node is', async () => {
    vi.stubGlobal('navigator', undefined)
    expect((await failure('UNSUPPORTED', () => opfsStorage({ directory: 'a' }).ready())).message).toMatch(/Web Locks/)
    browser(undefined, new Locks())
    const error = await failure('UNSUPPORTED', () => opfsStorage({ directory: 'a' }).ready())
    expect(error.message).toMatch(/no origin-private file system here: it needs a browser and a secure context/)
  })

  it('in a private window is UNSUPPORTED', async () => {
    browser(() => Promise.reject(new DOMException('x', 'SecurityError')), new Locks())
    const error = await failure('UNSUPPORTED', () => opfsStorage({ directory: 'a' }).ready())
    expect(error.message).toMatch(/private windows and blocked cookies do that/)
  })

  it('in a thread that gets no synchronous handles is UNSUPPORTED', async () => {
    const root = new Folder()
    root.entries.set('f', {})
    browser(() => Promise.resolve(root), new Locks())
    const directory = await browserPlatform.openDirectory([])
    const error = await failure('UNSUPPORTED', () => directory.openFile('f'))
    expect(error.message).toMatch(/durable in dedicated workers only/)
  })

  it('has directories in directories, which can be listed and removed', async () => {
    const root = new Folder()
    browser(() => Promise.resolve(root), new Locks())
    const directory = await browserPlatform.openDirectory(['a', 'b'])
    expect(await directory.openFile('f')).toEqual({ name: 'f' })
    expect(await directory.list()).toEqual(['f'])
    await removeOpfsStorage({ directory: 'a/b' })
    await removeOpfsStorage({ directory: 'a/b' })
    await removeOpfsStorage({ directory: 'x/b' })
    expect(await (await browserPlatform.openDirectory(['a'])).list()).toEqual([])
    root.removeEntry = () => Promise.reject(new DOMException('x', 'NoModificationAllowedError'))
    await failure('LOCKED', () => browserPlatform.removeDirectory(['a']))
    expect(browserPlatform.now()).toBeGreaterThan(0)
  })
})

describe('a lock of the browser', () => {
  it('is held until it is released, and its holder can be named', async () => {
    const locks = new Locks()
    browser(undefined, locks)
    expect(await browserPlatform.lockHolder('l')).toBeUndefined()
    const hold = await browserPlatform.takeLock('l')
    expect(await browserPlatform.lockHolder('l')).toBe('client 7')
    locks.held.set('nameless', {})
    expect(await browserPlatform.lockHolder('nameless')).toBe('client of this site')
    expect(await browserPlatform.takeLock('l')).toBeUndefined()
    hold?.release()
    await vi.waitFor(() => { expect(locks.held.has('l')).toBe(false) })
  })

  it('that is stolen is lost', async () => {
    const locks = new Locks()
    browser(undefined, locks)
    const hold = await browserPlatform.takeLock('l')
    locks.thieves.get('l')?.(new DOMException('x', 'AbortError'))
    expect(await hold?.lost).toMatchObject({ name: 'AbortError' })
  })

  it('that the browser refuses says why', async () => {
    const locks = new Locks()
    locks.refusal = () => new DOMException('x', 'SecurityError')
    browser(undefined, locks)
    await failure('UNSUPPORTED', () => browserPlatform.takeLock('l'))
  })
})
