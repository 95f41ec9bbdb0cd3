import { VarveError } from '@varve/codec'
import type { LogFile, MaybePromise, Procedure, Runtime } from '@varve/storage'
import { once, repeated } from './calls.ts'
import type { Device } from './device.ts'
import { Durability, durableWay } from './durable.ts'
import { errnoOf, systemFailure } from './errors.ts'
import type { NodeFs } from './fs.ts'
import { readAll, writeAll, writeZeros, type Handle } from './transfer.ts'

/** What a file needs of the storage that opened it. */
export interface FileWorld {
  readonly fs: NodeFs
  readonly platform: string
  readonly device: Device
  readonly runtime: Runtime
  /** The descriptors of the file were closed. */
  released(file: NodeFile): void
}

/** A file of a directory. Reads and cached writes are direct system calls; what waits for the device is not. */
export class NodeFile implements LogFile {
  readonly writeDurable?: (source: Uint8Array<ArrayBuffer>, position: number) => MaybePromise<void>
  readonly #world: FileWorld
  readonly #handle: Handle
  readonly #writable: boolean
  readonly #durability: Durability
  #closing: MaybePromise<void> | undefined
  #closed = false
  #underWay = 0
  #onIdle: (() => void) | undefined

  constructor(world: FileWorld, path: string, handle: Handle, writable: boolean) {
    this.#world = world
    this.#handle = handle
    this.#writable = writable
    const way = durableWay(world.fs, world.platform)
    this.#durability = new Durability(world.fs, world.device, handle, path, way)
    if (way === 'none') return
    this.writeDurable = (source, position) => {
      this.#mustBeWritable()
      this.#mustBeOffset('position', position)
      return this.#run(this.#durability.write(source, position))
    }
  }

  size(): number {
    this.#mustBeOpen()
    return once(this.#place('size'), () => this.#world.fs.fstatSync(this.#handle.fd).size)
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#mustBeOpen()
    this.#mustBeOffset('position', position)
    return readAll(this.#world.fs, this.#handle, target, position)
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('position', position)
    writeAll(this.#world.fs, this.#handle, source, position)
  }

  sync(): MaybePromise<void> {
    this.#mustBeOpen()
    return this.#run(this.#durability.sync())
  }

  resize(size: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    repeated(this.#place('resize'), () => {
      this.#world.fs.ftruncateSync(this.#handle.fd, size)
    })
  }

  reserve(size: number): MaybePromise<void> {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    return this.#run(this.#reserve(size))
  }

  /** Waits for operations under way: their descriptor must not become that of another file meanwhile. */
  close(): MaybePromise<void> {
    if (this.#closed) return this.#closing
    this.#closed = true
    if (this.#underWay === 0) {
      this.#closeDescriptors()
      return
    }
    this.#closing = new Promise<void>((resolve) => {
      this.#onIdle = resolve
    }).then(() => {
      this.#closeDescriptors()
    })
    return this.#closing
  }

  #run(work: Procedure<void>): MaybePromise<void> {
    return this.#world.runtime.run(this.#counted(work))
  }

  *#counted(work: Procedure<void>): Procedure<void> {
    this.#underWay += 1
    try {
      yield* work
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#onIdle?.()
    }
  }

  *#reserve(size: number): Procedure<void> {
    // Not size(): a file that is closed while it waits for its turn still has its descriptor.
    const before = once(this.#place('reserve'), () => this.#world.fs.fstatSync(this.#handle.fd).size)
    if (size <= before) return
    try {
      yield* writeZeros(this.#world.device, this.#handle, before, size)
      // Until the zeros are on the disk their blocks are not: then the first durable write of each would have to find
      // one, and commit the journal that says so.
      yield* this.#durability.sync()
    } catch (error) {
      this.#cutBack(before)
      throw error
    }
  }

  /** Gives back what a reservation took before it failed. That failure is the one to report, not one of this. */
  #cutBack(size: number): void {
    try {
      this.#world.fs.ftruncateSync(this.#handle.fd, size)
    } catch {
      // Left as it is: zeros behind the end of what was written, as a longer reservation would have left them.
    }
  }

  #closeDescriptors(): void {
    this.#world.released(this)
    closeDescriptor(this.#world.fs, this.#durability.descriptor)
    closeDescriptor(this.#world.fs, this.#handle)
  }

  #place(operation: string): { operation: string; file: string } {
    return { operation, file: this.#handle.file }
  }

  #mustBeOpen(): void {
    if (!this.#closed) return
    throw new VarveError('CLOSED', `${this.#handle.file} was closed: open it again`, { file: this.#handle.file })
  }

  #mustBeWritable(): void {
    this.#mustBeOpen()
    if (this.#writable) return
    const { file } = this.#handle
    throw new VarveError('READ_ONLY', `${file} was opened for reading: open it as 'existing'`, { file })
  }

  #mustBeOffset(what: 'position' | 'size', value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) return
    const context = { file: this.#handle.file, [what]: value }
    throw new VarveError('INVALID_ARGUMENT', `${what} must be a safe integer from 0 on, not ${value}`, context)
  }
}

/** Closes once: on Linux the descriptor is gone even if the call was interrupted, and may be another file's by now. */
function closeDescriptor(fs: NodeFs, handle: Handle | undefined): void {
  if (handle === undefined) return
  try {
    fs.closeSync(handle.fd)
  } catch (error) {
    if (errnoOf(error) !== 'EINTR') throw systemFailure({ operation: 'close', file: handle.file }, error)
  }
}
