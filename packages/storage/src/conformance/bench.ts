import { isVarveError, type VarveErrorCode } from '@varve/codec'
import type { LogFile, LogStorage, MaybePromise, OpenMode, StorageLock } from '../contract.ts'
import type { ConformanceTarget, ContractPromise } from './check.ts'

/** The contract is broken: the message names the check, what was seen, and what the contract says. */
export class ContractBroken extends Error {
  override readonly name = 'ContractBroken'
}

/** What a check works with: a storage, shorthands, assertions that name the promise, and cleaning up behind it. */
export class Bench {
  readonly #promise: ContractPromise
  readonly #target: ConformanceTarget
  readonly #cleanup: (() => MaybePromise<void>)[] = []
  #storage: LogStorage | undefined

  constructor(promise: ContractPromise, target: ConformanceTarget) {
    this.#promise = promise
    this.#target = target
  }

  /** The storage under test; the first one opened. */
  get storage(): LogStorage {
    return this.#storage ?? this.fail('the check used a storage before it opened one')
  }

  /** Opens a storage on the directory: the one under test, or one more as another process would. */
  async openStorage(): Promise<LogStorage> {
    const storage = await this.#target.open()
    this.#cleanup.push(() => storage.close())
    this.#storage ??= storage
    return storage
  }

  async open(name: string, mode: OpenMode, storage: LogStorage = this.storage): Promise<LogFile> {
    const file = await storage.open(name, mode)
    this.#cleanup.push(() => file.close())
    return file
  }

  /** A new file with `content`, open for reading and writing. */
  async create(name: string, content?: Uint8Array<ArrayBuffer>): Promise<LogFile> {
    const file = await this.open(name, 'create')
    if (content !== undefined) await file.write(content, 0)
    return file
  }

  /** A new file with `content`, closed. */
  async put(name: string, content?: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = await this.create(name, content)
    await file.close()
  }

  async lock(storage: LogStorage = this.storage): Promise<StorageLock> {
    const lock = await storage.lock()
    this.#cleanup.push(() => lock.release())
    return lock
  }

  /** Everything in an open file. */
  async contents(file: LogFile): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(await file.size())
    const count = await file.read(bytes, 0)
    this.equal(count, bytes.length, 'the count returned by a read of the whole file')
    return bytes
  }

  /** Everything in a file that is not open. */
  async contentsOf(name: string, storage: LogStorage = this.storage): Promise<Uint8Array<ArrayBuffer>> {
    const file = await this.open(name, 'read', storage)
    const bytes = await this.contents(file)
    await file.close()
    return bytes
  }

  /** Closes and removes everything, last opened first. */
  async dispose(): Promise<void> {
    for (const action of this.#cleanup.reverse()) {
      try {
        await action()
      } catch {
        // Most is closed already. A check that is about closing closes by itself.
      }
    }
    await this.#target.dispose?.()
  }

  /** Fails the check: `seen` tells what happened instead of what the contract says. */
  fail(seen: string, cause?: unknown): never {
    const { id, title, contract } = this.#promise
    const message = `[${id}] ${title}: ${seen}. The contract: ${contract}`
    throw new ContractBroken(message, cause === undefined ? undefined : { cause })
  }

  that(condition: boolean, seen: string): void {
    if (!condition) this.fail(seen)
  }

  equal(actual: unknown, expected: unknown, what: string): void {
    if (!Object.is(actual, expected)) this.fail(`${what} is ${String(actual)}, expected ${String(expected)}`)
  }

  sameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
    this.equal(actual.length, expected.length, `the length of ${what}`)
    const at = actual.findIndex((byte, index) => byte !== expected[index])
    if (at >= 0) this.fail(`byte ${at} of ${what} is ${String(actual[at])}, expected ${String(expected[at])}`)
  }

  sameNames(actual: readonly string[], expected: readonly string[]): void {
    this.equal([...actual].sort().join(' '), [...expected].sort().join(' '), 'the listing')
  }

  /** `operation` must fail with a `VarveError`, of `code` where one is given. Returns the error. */
  async fails(
    what: string,
    code: VarveErrorCode | undefined,
    operation: () => MaybePromise<unknown>,
  ): Promise<unknown> {
    const expected = code ?? 'an error'
    try {
      await operation()
    } catch (error) {
      if (!isVarveError(error)) this.fail(`${what} failed with ${String(error)}, which is no VarveError`, error)
      if (code === undefined || error.code === code) return error
      return this.fail(`${what} failed with ${error.code}, expected ${code}`, error)
    }
    return this.fail(`${what} succeeded, expected ${expected}`)
  }
}
