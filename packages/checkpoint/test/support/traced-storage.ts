import { controlType, createFrameFields, frameBytes, frameFlag, frameHeaderBytes, readFrame } from '@varve/codec'
import type { LogFile, LogStorage, MaybePromise, StorageLock } from '@varve/storage'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'

export interface TraceOptions {
  readonly snapshot?: MemorySnapshot
  /** Whether every call gives a promise. */
  readonly isAsync?: boolean
  readonly names?: 'device' | 'eventual'
}

/** A storage in memory that writes down what is done to it, a line each, and fails where it is told to. */
export class TracedStorage {
  readonly storage: LogStorage
  readonly lines: string[] = []
  /** Files that are open. */
  readonly open: string[] = []
  /** Called before each call that is written down; may throw, or wait. */
  before: (line: string) => MaybePromise<void> = () => {}
  /** What is read, as it is handed on: how many bytes the storage says that there were. */
  count: (read: number, name: string) => number = (read) => read
  loseLock: (reason: string) => void = () => {}
  readonly #memory: MemoryStorage

  constructor({ snapshot, isAsync = false, names = 'device' }: TraceOptions = {}) {
    this.#memory = memoryStorage(snapshot === undefined ? {} : { snapshot })
    this.storage = this.#wrapped(isAsync, names)
  }

  snapshot(): MemorySnapshot {
    return this.#memory.snapshot()
  }

  /** Names of the files on the disk that have to do with checkpoints. */
  get checkpointFiles(): readonly string[] {
    return [...this.snapshot().files.keys()].filter((name) => name.includes('.checkpoint')).sort()
  }

  /** Makes every call whose line matches throw, but for the first `passing`. */
  failOn(match: RegExp, passing = 0, error: unknown = new Error('it fails')): void {
    let left = passing
    this.before = (line) => {
      if (!match.test(line)) return
      if (left === 0) throw error
      left -= 1
    }
  }

  /** Takes a file away behind the back of everybody. */
  vanish(name: string): void {
    void this.#memory.remove(name)
  }

  #wrapped(isAsync: boolean, names: 'device' | 'eventual'): LogStorage {
    const memory = this.#memory
    const call = <T>(line: string, perform: () => T): MaybePromise<T> => {
      this.lines.push(line)
      const waited = this.before(line)
      if (isAsync || waited !== undefined) return Promise.resolve(waited).then(perform)
      return perform()
    }
    return {
      capabilities: { ...memory.capabilities, synchronous: !isAsync, contents: 'device', names },
      list: () => call('list', () => memory.list() as readonly string[]),
      open: (name, mode) =>
        call(`${mode} ${name}`, () => this.#file(name, memory.open(name, mode) as LogFile, call)),
      rename: (from, to) => call(`rename ${from} to ${to}`, () => memory.rename(from, to) as undefined),
      remove: (name) => call(`remove ${name}`, () => memory.remove(name) as undefined),
      syncNames: () => call('syncNames', () => memory.syncNames() as undefined),
      lock: () => this.#lock(),
      close: () => memory.close(),
    }
  }

  #lock(): StorageLock {
    const lost = new Promise<string>((resolve) => { this.loseLock = resolve })
    return { ...(this.#memory.lock() as StorageLock), lost }
  }

  #file(name: string, file: LogFile, call: <T>(line: string, perform: () => T) => MaybePromise<T>): LogFile {
    this.open.push(name)
    return {
      size: () => file.size(),
      read: (target, position) =>
        call(`read ${name} at ${position}`, () => this.count(file.read(target, position) as number, name)),
      write: (source, position) =>
        call(`write ${name}${framesIn(name, source)}`, () => file.write(source, position) as undefined),
      sync: () => call(`sync ${name}`, () => file.sync() as undefined),
      resize: (size) => file.resize(size),
      close: () => {
        this.open.splice(this.open.indexOf(name), 1)
        return file.close()
      },
    }
  }
}

/** What the frames are that are written to a segment. */
function framesIn(name: string, bytes: Uint8Array<ArrayBuffer>): string {
  if (!/^[0-9a-f]{8}-/.test(name)) return ''
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kinds: string[] = []
  for (let at = 0; at + frameHeaderBytes <= bytes.length; ) {
    const { flags, type, payloadBytes } = readFrame(view, at, createFrameFields())
    const isControl = (flags & frameFlag.control) !== 0
    const control = Object.entries(controlType).find(([, value]) => value === type)?.[0]
    kinds.push(isControl ? (control ?? 'unknown') : 'record')
    at += frameBytes(payloadBytes)
  }
  return `: ${kinds.join(' ')}`
}
