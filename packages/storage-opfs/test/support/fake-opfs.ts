import { VarveError } from '@varve/codec'
import type { Choose } from './every-way.ts'
import type { OpfsDirectory, OpfsHandle, OpfsHold, OpfsPlatform } from '../../src/index.ts'

/** How the browser tells of failures: see docs/BROWSERS.md. */
export type Manner = 'chromium' | 'firefox'

/** A count that one browser was seen to return for a write that a full disk did not take. */
const nonsense = 32_550

/** A change that no flush has covered. */
type Change = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

class Content {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  isOpen = false
  #durable: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #pending: Change[] = []

  change(change: Change): void {
    this.bytes = change(this.bytes)
    this.#pending.push(change)
  }

  flush(): void {
    for (const change of this.#pending) this.#durable = change(this.#durable)
    this.#pending = []
  }

  /** A flush that fails: what it should have written can be read, and no later one writes it. */
  drop(): void {
    this.#pending = []
  }

  /** Of what no flush has covered, any part may be there. */
  losePower(choose: Choose): void {
    for (const change of this.#pending) if (choose(2) === 1) this.#durable = change(this.#durable)
    this.#pending = []
    this.bytes = this.#durable
  }
}

function resized(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size)
  copy.set(bytes.subarray(0, size))
  return copy
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
  /** The device refuses it as well, and counts what it was given as if it had it. */
  isDiskLying = false
  /** The device fails. */
  isDeviceBroken = false
  /** So many flushes fail from now on, and what they should have written stays readable. */
  failingFlushes = 0
  /** So many changes and flushes are left until the worker dies, in the middle of the next one. */
  callsLeft = Infinity
  /** Names of the functions that a browser refuses, with what it throws. */
  readonly refused = new Map<keyof OpfsHandle, unknown>()
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

  /** The power goes: all workers have to be ended. */
  losePower(choose: Choose): void {
    this.callsLeft = Infinity
    for (const directory of this.#directories.values()) {
      for (const content of directory.values()) content.losePower(choose)
    }
  }

  /** Counts a call, which the worker may not live to see. */
  called(call: string): void {
    if (this.callsLeft === 0) throw new Error('this worker is dead')
    this.callsLeft -= 1
    this.calls.push(call)
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
    this.#origin.freeLocks(this.#client)
    for (const handle of this.#handles) handle.close()
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
    this.#begin('getSize')
    return this.#content.bytes.length
  }

  read(target: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    this.#begin('read')
    if (this.#origin.isDeviceBroken) return this.#fail('InvalidStateError', 32_758)
    const part = this.#content.bytes.subarray(at, at + target.length)
    target.set(part)
    return part.length
  }

  write(source: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    this.#begin('write')
    this.#origin.called(`${this.#name} write ${at}+${source.length}`)
    const origin = this.#origin
    if (origin.isDeviceBroken) return this.#fail('InvalidStateError', 32_758)
    const growth = Math.max(0, at + source.length - this.#content.bytes.length)
    if (growth > 0 && !origin.hasRoom(growth)) return this.#fail('QuotaExceededError', 0)
    if (origin.isDiskLying && growth > 0) return source.length
    if (origin.isDiskFull && growth > 0) return this.#fail('QuotaExceededError', nonsense)
    const copy = source.slice()
    this.#content.change((bytes) => {
      const changed = resized(bytes, Math.max(bytes.length, at + copy.length))
      changed.set(copy, at)
      return changed
    })
    return source.length
  }

  truncate(size: number): void {
    this.#begin('truncate')
    this.#origin.called(`${this.#name} truncate ${size}`)
    const grows = size > this.#content.bytes.length
    if (grows && !this.#origin.hasRoom(size - this.#content.bytes.length)) {
      // Neither an Error nor a DOMException, as seen.
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is what the browser does
      if (this.#origin.manner === 'firefox') throw { result: 2_153_185_300 }
      throw new DOMException('no room', 'QuotaExceededError')
    }
    this.#content.change((bytes) => resized(bytes, size))
  }

  flush(): void {
    this.#begin('flush')
    this.#origin.called(`${this.#name} flush`)
    const isFailing = this.#origin.failingFlushes > 0
    if (isFailing) this.#origin.failingFlushes -= 1
    if (isFailing || this.#origin.isDeviceBroken) {
      this.#content.drop()
      throw new DOMException('the device failed', 'InvalidStateError')
    }
    this.#content.flush()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#content.isOpen = false
    this.#mayBeRefused('close')
  }

  /** One browser throws, the other returns a count that says something else. */
  #fail(name: string, count: number): number {
    if (this.#origin.manner === 'firefox') return count
    throw new DOMException('refused', name)
  }

  #mayBeRefused(call: keyof OpfsHandle): void {
    if (this.#origin.refused.has(call)) throw this.#origin.refused.get(call)
  }

  #begin(call: keyof OpfsHandle): void {
    this.#mayBeRefused(call)
    if (this.#isClosed) throw new DOMException('closed', 'InvalidStateError')
  }
}
