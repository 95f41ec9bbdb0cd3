import { VarveError } from '@varve/codec'
import type { OpfsDirectory, OpfsHandle, OpfsHold, OpfsPlatform } from '../../src/index.ts'

/** How the browser tells of failures: see docs/BROWSERS.md. */
export type Manner = 'chromium' | 'firefox'

/** A count that one browser was seen to return for a write that a full disk did not take. */
const nonsense = 32_550

class Content {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  isOpen = false
}

/** Calls that each handle got, as words: `write 12288+512`, `flush`, `truncate 16384`. */
export type Calls = string[]

/**
 * An origin of a browser, in memory, with the browsers' ways of failing. Each worker has a platform of its own; a
 * worker that ends frees what it holds.
 */
export class FakeOpfs {
  readonly calls: Calls = []
  manner: Manner = 'chromium'
  /** Bytes that all files together may have. */
  quotaBytes = Infinity
  /** The device refuses what makes a file longer, though the quota would allow it. */
  isDiskFull = false
  /** The device fails. */
  isDeviceBroken = false
  /** So many flushes fail from now on, and what they should have written stays readable. */
  failingFlushes = 0
  /** Milliseconds of the clock. */
  clock = 0
  /** Whether every method of the platform returns a promise. */
  readonly isAsynchronous: boolean
  readonly #directories = new Map<string, Map<string, Content>>()
  readonly #locks = new Map<string, { client: string; lose: (reason: unknown) => void }>()
  #clients = 0

  constructor(isAsynchronous = true) {
    this.isAsynchronous = isAsynchronous
  }

  /** A further worker of the origin. */
  worker(): FakeWorker {
    this.#clients += 1
    return new FakeWorker(this, `client ${this.#clients}`)
  }

  directory(path: readonly string[]): Map<string, Content> {
    const key = path.join('/')
    const directory = this.#directories.get(key) ?? new Map<string, Content>()
    this.#directories.set(key, directory)
    return directory
  }

  removeDirectory(path: readonly string[]): void {
    this.#directories.delete(path.join('/'))
  }

  /** The bytes of a physical file, to look at and to change. */
  content(path: string, name: string): Content {
    const content = this.directory(path.split('/')).get(name)
    if (content === undefined) throw new Error(`no ${name} in ${path}`)
    return content
  }

  takeLock(name: string, client: string): OpfsHold | undefined {
    if (this.#locks.has(name)) return undefined
    let lose: (reason: unknown) => void = () => undefined
    const lost = new Promise<unknown>((tell) => { lose = tell })
    const lock = { client, lose }
    this.#locks.set(name, lock)
    const release = (): void => {
      if (this.#locks.get(name) === lock) this.#locks.delete(name)
    }
    return { release, lost }
  }

  lockHolder(name: string): string | undefined {
    return this.#locks.get(name)?.client
  }

  stealLock(name: string): void {
    this.#locks.get(name)?.lose(new Error('stolen'))
    this.#locks.delete(name)
  }

  freeLocks(client: string): void {
    for (const [name, lock] of this.#locks) if (lock.client === client) this.#locks.delete(name)
  }

  /** Whether all files together may have `bytes` more. */
  hasRoom(bytes: number): boolean {
    let total = bytes
    for (const directory of this.#directories.values()) {
      for (const content of directory.values()) total += content.bytes.length
    }
    return total <= this.quotaBytes
  }
}

/** One worker of the origin. */
export class FakeWorker {
  readonly platform: OpfsPlatform
  readonly #origin: FakeOpfs
  readonly #client: string
  readonly #handles = new Set<FakeHandle>()

  constructor(origin: FakeOpfs, client: string) {
    this.#origin = origin
    this.#client = client
    this.platform = {
      openDirectory: (path) => this.#answer(() => this.#directory(path)),
      removeDirectory: (path) => this.#answer(() => { origin.removeDirectory(path) }),
      takeLock: (name) => this.#answer(() => origin.takeLock(name, client)),
      lockHolder: (name) => this.#answer(() => origin.lockHolder(name)),
      now: () => origin.clock,
    }
  }

  /** The worker dies: its handles and locks are free, and nothing is flushed. */
  end(): void {
    for (const handle of this.#handles) handle.close()
    this.#origin.freeLocks(this.#client)
  }

  #directory(path: readonly string[]): OpfsDirectory {
    const directory = this.#origin.directory(path)
    return {
      list: () => this.#answer(() => [...directory.keys()].reverse()),
      openFile: (name) => this.#answer(() => {
        const content = directory.get(name) ?? new Content()
        directory.set(name, content)
        if (content.isOpen) throw new VarveError('LOCKED', `${name} is in use`)
        const handle = new FakeHandle(this.#origin, name, content)
        this.#handles.add(handle)
        return handle
      }),
    }
  }

  #answer<T>(action: () => T): T | Promise<T> {
    return this.#origin.isAsynchronous ? Promise.resolve().then(action) : action()
  }
}

class FakeHandle implements OpfsHandle {
  readonly #origin: FakeOpfs
  readonly #name: string
  readonly #content: Content
  #isClosed = false

  constructor(origin: FakeOpfs, name: string, content: Content) {
    this.#origin = origin
    this.#name = name
    this.#content = content
    content.isOpen = true
  }

  getSize(): number {
    this.#mustBeOpen()
    return this.#content.bytes.length
  }

  read(target: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    this.#mustBeOpen()
    if (this.#origin.isDeviceBroken) return this.#fail('InvalidStateError', 32_758)
    const part = this.#content.bytes.subarray(at, at + target.length)
    target.set(part)
    return part.length
  }

  write(source: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    this.#mustBeOpen()
    this.#origin.calls.push(`${this.#name} write ${at}+${source.length}`)
    const origin = this.#origin
    if (origin.isDeviceBroken) return this.#fail('InvalidStateError', 32_758)
    const growth = Math.max(0, at + source.length - this.#content.bytes.length)
    if (!origin.hasRoom(growth)) return this.#fail('QuotaExceededError', 0)
    if (origin.isDiskFull && growth > 0) return this.#fail('QuotaExceededError', nonsense)
    if (growth > 0) this.#resize(at + source.length)
    this.#content.bytes.set(source, at)
    return source.length
  }

  truncate(size: number): void {
    this.#mustBeOpen()
    this.#origin.calls.push(`${this.#name} truncate ${size}`)
    const grows = size > this.#content.bytes.length
    if (grows && !this.#origin.hasRoom(size - this.#content.bytes.length)) {
      // Neither an Error nor a DOMException, as seen.
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is what the browser does
      if (this.#origin.manner === 'firefox') throw { result: 2_153_185_300 }
      throw new DOMException('no room', 'QuotaExceededError')
    }
    this.#resize(size)
  }

  flush(): void {
    this.#mustBeOpen()
    this.#origin.calls.push(`${this.#name} flush`)
    if (this.#origin.failingFlushes > 0) {
      this.#origin.failingFlushes -= 1
      throw new DOMException('the device failed', 'InvalidStateError')
    }
    if (this.#origin.isDeviceBroken) throw new DOMException('the device failed', 'InvalidStateError')
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#content.isOpen = false
  }

  #resize(size: number): void {
    const bytes = new Uint8Array(size)
    bytes.set(this.#content.bytes.subarray(0, size))
    this.#content.bytes = bytes
  }

  /** One browser throws, the other returns a count that says something else. */
  #fail(name: string, count: number): number {
    if (this.#origin.manner === 'firefox') return count
    throw new DOMException('refused', name)
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new DOMException('closed', 'InvalidStateError')
  }
}
