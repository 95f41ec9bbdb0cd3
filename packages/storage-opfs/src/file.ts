import { VarveError } from '@varve/codec'
import type { LogFile, MaybePromise, Procedure, Runtime } from '@varve/storage'
import type { PhysicalFile } from './physical-file.ts'

/** Zeros are written in slices of so many bytes, each of them flushed, so that no commit has to wait long. */
const sliceBytes = 1_048_576

/** How long bytes that no promise stands on wait for a write that covers them, in milliseconds. */
const laterMs = 5

/** What a handle needs of the storage that opened it. */
export interface OpfsFileOwner {
  /** Whether the storage was closed, which closes its files too. */
  readonly isClosed: boolean
  /** Whether every method must return a plain value. */
  readonly isSynchronous: boolean
  readonly runtime: Runtime
  /** The handle was closed. */
  released(file: OpfsFile): void
}

/** A handle on one file of the log. All handles on a file share the one that the browser gives. */
export class OpfsFile implements LogFile {
  readonly name: string
  readonly #file: PhysicalFile
  readonly #writable: boolean
  readonly #owner: OpfsFileOwner
  /** A flush that fails may drop what was written through any handle: from then on none of this one succeeds. */
  readonly #failedFlushes: number
  #isClosed = false
  /** A timer will write what is to be written later. */
  #isArmed = false

  constructor(name: string, file: PhysicalFile, writable: boolean, owner: OpfsFileOwner) {
    this.name = name
    this.#file = file
    this.#writable = writable
    this.#owner = owner
    this.#failedFlushes = file.failedFlushes
    file.openCount += 1
  }

  size(): number {
    this.#mustBeOpen()
    return this.#file.size
  }

  read(target: Uint8Array<ArrayBuffer>, position: number): number {
    this.#mustBeOpen()
    this.#mustBeOffset('position', position)
    return this.#file.read(target, position)
  }

  write(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('position', position)
    this.#file.write(source, position)
  }

  sync(): void {
    this.#mustBeOpen()
    this.#mustNotHaveFailed()
    this.#file.flush()
  }

  /** One write and one flush. */
  writeDurable(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.write(source, position)
    this.sync()
  }

  /** Each write is dear in one browser, so that a log's note on its last commit would cost half as much as that. */
  writeLater(source: Uint8Array<ArrayBuffer>, position: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('position', position)
    this.#file.writeLater(source, position)
    if (this.#isArmed) return
    this.#isArmed = true
    this.#owner.runtime.after(laterMs, () => {
      this.#isArmed = false
      if (!this.#isClosed) this.#settleLater()
    })
  }

  resize(size: number): void {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    this.#file.resize(size)
  }

  reserve(size: number): MaybePromise<void> {
    this.#mustBeWritable()
    this.#mustBeOffset('size', size)
    return this.#owner.runtime.run(this.#reserve(size))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#settleLater()
    this.#file.openCount -= 1
    this.#owner.released(this)
  }

  /** No promise stands on it: that it failed, the next write will say. */
  #settleLater(): void {
    try {
      this.#file.settleLater()
    } catch {
      // See above.
    }
  }

  *#reserve(size: number): Procedure<void> {
    const before = this.#file.size
    const zeros = new Uint8Array(Math.max(0, Math.min(sliceBytes, size - before)))
    try {
      for (let at = before; at < size; at += zeros.length) {
        this.#file.write(zeros.subarray(0, size - at), at)
        this.sync()
        if (!this.#owner.isSynchronous) yield* this.#owner.runtime.turn()
        this.#mustBeOpen()
      }
    } catch (error) {
      // Once the handle is closed, the file may be another's.
      if (!this.#isClosed) this.#cutBack(before)
      throw error
    }
  }

  /** Gives back what a reservation took before it failed. That failure is the one to report, not one of this. */
  #cutBack(size: number): void {
    try {
      this.#file.resize(size)
    } catch {
      // Left as it is: zeros behind the end of what was written, as a longer reservation would have left them.
    }
  }

  #mustBeOpen(): void {
    if (!this.#isClosed && !this.#owner.isClosed) return
    throw new VarveError('CLOSED', `the file ${this.name} was closed: open it again`, { file: this.name })
  }

  #mustBeWritable(): void {
    this.#mustBeOpen()
    if (this.#writable) return
    throw new VarveError('READ_ONLY', `${this.name} was opened for reading: open it as 'existing'`, { file: this.name })
  }

  #mustNotHaveFailed(): void {
    if (this.#file.failedFlushes === this.#failedFlushes) return
    const message = `an earlier flush of ${this.name} failed, and what was written may be lost: open it again and look`
    throw new VarveError('IO', message, { file: this.name })
  }

  #mustBeOffset(what: 'position' | 'size', value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) return
    const context = { file: this.name, [what]: value }
    throw new VarveError('INVALID_ARGUMENT', `${what} must be a safe integer from 0 on, not ${value}`, context)
  }
}
