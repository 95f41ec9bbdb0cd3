import { VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { once, settledOnce } from './calls.ts'
import type { Device } from './device.ts'
import { brokenPromise, errnoOf, systemFailure } from './errors.ts'
import type { NodeFs } from './fs.ts'
import { discard, writeAll, writeAllWaiting, type Handle } from './transfer.ts'

/** How to write durably: through a second descriptor, by a sync after the write, or not at all. */
export type DurableWay = 'descriptor' | 'sync' | 'none'

export function durableWay(fs: NodeFs, platform: string): DurableWay {
  if (fs.constants.O_DSYNC === undefined) return 'none'
  // macOS keeps O_DSYNC writes in the cache of the drive.
  return platform === 'darwin' ? 'sync' : 'descriptor'
}

/** What makes the bytes of one open file durable: syncs, and writes that are durable when they return. */
export class Durability {
  readonly #fs: NodeFs
  readonly #device: Device
  readonly #handle: Handle
  readonly #path: string
  #way: DurableWay
  #descriptor: Handle | undefined
  /** The first failure. The system may have dropped what it could not write: no later success makes up for it. */
  #failure: unknown

  constructor(fs: NodeFs, device: Device, handle: Handle, path: string, way: DurableWay) {
    this.#fs = fs
    this.#device = device
    this.#handle = handle
    this.#path = path
    this.#way = way
  }

  /** The descriptor of durable writes, if there was one yet. */
  get descriptor(): Handle | undefined {
    return this.#descriptor
  }

  *sync(): Procedure<void> {
    this.#mustBeTrusted()
    try {
      yield* settledOnce(this.#place('sync'), () => this.#device.sync(this.#handle.fd))
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  *write(source: Uint8Array<ArrayBuffer>, position: number): Procedure<void> {
    this.#mustBeTrusted()
    const descriptor = this.#descriptor ?? this.#open()
    if (descriptor === undefined) {
      writeAll(this.#fs, this.#handle, source, position)
      yield* this.sync()
      return
    }
    try {
      yield* writeAllWaiting(this.#device, descriptor, source, position)
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  /** Opens the descriptor of durable writes. Undefined where a sync has to do instead. */
  #open(): Handle | undefined {
    if (this.#way !== 'descriptor') return undefined
    let fd: number
    try {
      fd = this.#fs.openSync(this.#path, this.#fs.constants.O_RDWR | (this.#fs.constants.O_DSYNC ?? 0))
    } catch (error) {
      if (errnoOf(error) !== 'EINVAL') throw systemFailure(this.#place('open'), error)
      // This file system does not know the flag.
      this.#way = 'sync'
      return undefined
    }
    try {
      this.#mustBeTheSameFile(fd)
    } catch (error) {
      discard(this.#fs, fd)
      throw error
    }
    this.#descriptor = { fd, file: this.#handle.file }
    return this.#descriptor
  }

  /** A name may have been given to another file meanwhile: by a new writer, when this process was paused. */
  #mustBeTheSameFile(fd: number): void {
    const place = this.#place('write')
    const mine = once(place, () => this.#fs.fstatSync(this.#handle.fd))
    const named = once(place, () => this.#fs.fstatSync(fd))
    if (mine.ino === named.ino && mine.dev === named.dev) return
    throw brokenPromise(place, 'found another file under its name; is there a second writer?')
  }

  #mustBeTrusted(): void {
    if (this.#failure === undefined) return
    throw new VarveError(
      'IO',
      `an earlier sync or durable write of ${this.#handle.file} failed, so what was written may be lost: ` +
        'open the file again and verify it',
      this.#place('sync'),
      this.#failure,
    )
  }

  #place(operation: string): { operation: string; file: string } {
    return { operation, file: this.#handle.file }
  }
}
