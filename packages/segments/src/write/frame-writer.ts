import {
  controlType,
  frameBytes,
  frameFlag,
  frameHeaderBytes,
  createPortableKernel,
  type FileHeader,
  type Kernel,
  type MutableWord64,
} from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import type { Durability } from '../api/options.ts'

/**
 * How a file gets its blocks: zeros are written ahead of the frames, which makes every sync of a small write cheaper by
 * a third or so, or each write brings its own, which is half the work where much is written between two syncs.
 */
export type Growth = 'reserved' | 'written'

export function growthOf(durability: Durability): Growth {
  return durability === 'async' ? 'written' : 'reserved'
}

/** The state of the file behind a {@link FrameWriter} when it takes over. Offsets and sizes in bytes. */
export interface WriteStart {
  readonly position: number
  /** Everything below it is known durable. */
  readonly durableEnd: number
  /** The file has real blocks up to here. */
  readonly size: number
  readonly growth: Growth
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly chain: { readonly low: number; readonly high: number }
}

/**
 * The largest write for which blocks that are there, and one durable write in place of a write and a sync, were
 * measured to pay. Above it what counts is how much is written: zeros ahead of the frames would be as much again.
 */
const smallWriteBytesMax = 65_536

/** Blocks are reserved ahead in steps that grow with the file: small logs stay small, large ones are rarely stopped. */
const reserveBytesMin = 65_536
const reserveBytesMax = 8 * 1024 * 1024

/**
 * Appends frames to one file and knows which of its bytes are durable. It is the only one who writes to the file, one
 * call at a time.
 *
 * Invariants: `durableEnd <= position`; `durableEnd` moves only to a position that a sync, begun after everything
 * below it was written, has confirmed; what stands behind `position` is zeros or one MARK.
 */
export class FrameWriter {
  readonly header: FileHeader
  readonly chain: MutableWord64
  position: number
  durableEnd: number
  lastSequence: number
  lastTimestamp: number
  readonly #file: LogFile
  readonly #name: string
  readonly #growth: Growth
  readonly #from: number
  #writes = 0
  #size: number
  #isClosed = false
  /** The highest durable end that stands in the file, so that a MARK is written only when it says something new. */
  #claimedEnd: number
  readonly #scratch: Kernel = createPortableKernel(new Uint8Array(frameBytes(64)))

  constructor(file: LogFile, name: string, header: FileHeader, start: WriteStart) {
    this.#file = file
    this.#growth = start.growth
    this.#from = start.position
    this.#name = name
    this.header = header
    this.position = start.position
    this.durableEnd = start.durableEnd
    this.lastSequence = start.lastSequence
    this.lastTimestamp = start.lastTimestamp
    this.chain = { ...start.chain }
    this.#size = start.size
    this.#claimedEnd = start.durableEnd
  }

  /** What another writer of the same bytes starts from. */
  state(): WriteStart {
    const { position, durableEnd, lastSequence, lastTimestamp, chain } = this
    return { position, durableEnd, size: this.#size, growth: this.#growth, lastSequence, lastTimestamp, chain }
  }

  /** How the file behind this one should get its blocks, as its writes have been so far. */
  get growth(): Growth {
    const areLarge = this.position - this.#from > this.#writes * smallWriteBytesMax
    return areLarge ? 'written' : this.#growth
  }

  /** Completes the staged frames in `[offset, end)` of the kernel's memory and hands them to the operating system. */
  *write(kernel: Kernel, offset: number, end: number): Procedure<void> {
    const bytes = this.#seal(kernel, offset, end, this.durableEnd)
    if (this.#needsRoom(bytes.length)) yield* this.#reserve(this.position + bytes.length)
    yield* io(`write ${this.#name} at ${this.position}`, () => this.#file.write(bytes, this.position))
    this.#advance(bytes.length)
  }

  /** As {@link write}, for a caller who syncs next: where one call can do both, it is durable when this returns. */
  *writeBeforeSync(kernel: Kernel, offset: number, end: number): Procedure<void> {
    const file = this.#file
    if (!this.canWriteDurably(end - offset)) {
      yield* this.write(kernel, offset, end)
      return
    }
    const bytes = this.#seal(kernel, offset, end, this.durableEnd)
    if (this.#needsRoom(bytes.length)) yield* this.#reserve(this.position + bytes.length)
    yield* io(`write ${this.#name} durably at ${this.position}`, () => file.writeDurable?.(bytes, this.position))
    this.#advance(bytes.length)
    this.durableEnd = this.position
  }

  /** Whether one call can write so many bytes and make them durable. */
  canWriteDurably(bytes: number): boolean {
    const file = this.#file
    // A durable write covers its own bytes only: it is enough only when all bytes before it are durable already.
    const enough = file.writeDurable !== undefined && this.durableEnd === this.position
    return enough && bytes <= smallWriteBytesMax
  }

  /** Makes everything written so far durable. */
  *sync(): Procedure<void> {
    if (this.durableEnd === this.position) return
    const covered = this.position
    yield* io(`sync ${this.#name}`, () => this.#file.sync())
    this.durableEnd = covered
  }

  /** Appends a control record. Neither durable nor followed by anything until the caller says so. */
  *control(type: number, payload: Uint8Array<ArrayBuffer>): Procedure<void> {
    const kernel = this.#stageControl(type, payload)
    yield* this.write(kernel, 0, frameBytes(payload.length))
  }

  /** Whether everything is durable, the file does not say so yet, and there is room to say it. */
  get hasNews(): boolean {
    const hasRoom = this.header.capacity - this.position >= frameHeaderBytes
    return hasRoom && this.durableEnd === this.position && this.#claimedEnd !== this.durableEnd
  }

  /**
   * Writes down the durable end, when it costs least and without a sync, where the next frame will overwrite it. It
   * turns damage to the last commit from a torn tail into proven corruption. Only while there is news.
   */
  *mark(): Procedure<void> {
    const kernel = this.#stageControl(controlType.mark, new Uint8Array(0))
    kernel.use(this.header)
    kernel.seal(0, frameHeaderBytes, this.position, this.durableEnd, { low: 0, high: 0 })
    const bytes = kernel.memory.subarray(0, frameHeaderBytes)
    if (this.#needsRoom(bytes.length)) yield* this.#reserve(this.position + bytes.length)
    const { position } = this
    const file = this.#file
    yield* io(`mark ${this.#name}`, () =>
      file.writeLater === undefined ? file.write(bytes, position) : file.writeLater(bytes, position),
    )
    this.#claimedEnd = this.durableEnd
  }

  /** Fills the rest of the block, so that the next commit touches none that is durable. */
  *pad(end: number): Procedure<void> {
    if (end === this.position) return
    yield* this.control(controlType.pad, new Uint8Array(end - this.position - frameHeaderBytes))
  }

  /** Writes bytes that are no frame, such as a trailer, where the caller says. */
  *writeRaw(bytes: Uint8Array<ArrayBuffer>, position: number): Procedure<void> {
    yield* io(`write ${this.#name} at ${position}`, () => this.#file.write(bytes, position))
    this.#size = Math.max(this.#size, position + bytes.length)
  }

  /** A sync of the file itself, whatever is known to be durable. */
  *syncFile(): Procedure<void> {
    yield* io(`sync ${this.#name}`, () => this.#file.sync())
    this.durableEnd = this.position
  }

  /** Gives the file back, once: whoever ends the log may come after a rotation that failed half way. */
  *close(): Procedure<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    yield* io(`close ${this.#name}`, () => this.#file.close())
  }

  #stageControl(type: number, payload: Uint8Array<ArrayBuffer>): Kernel {
    const bytes = frameBytes(payload.length)
    const kernel =
      bytes <= this.#scratch.memory.length ? this.#scratch : createPortableKernel(new Uint8Array(bytes))
    kernel.stage(0, payload.length, this.lastSequence, this.lastTimestamp, type, frameFlag.control)
    kernel.memory.set(payload, frameHeaderBytes)
    return kernel
  }

  #seal(kernel: Kernel, offset: number, end: number, durableEnd: number): Uint8Array<ArrayBuffer> {
    kernel.use(this.header)
    kernel.seal(offset, end, this.position, durableEnd, this.chain)
    return kernel.memory.subarray(offset, end)
  }

  #advance(bytes: number): void {
    this.position += bytes
    this.#size = Math.max(this.#size, this.position)
    this.#writes += 1
    this.#claimedEnd = Math.max(this.#claimedEnd, this.durableEnd)
  }

  /** Whether blocks are to be made before `bytes` more are written. */
  #needsRoom(bytes: number): boolean {
    if (this.position + bytes <= this.#size || bytes > smallWriteBytesMax) return false
    return this.#growth === 'reserved' && this.#file.reserve !== undefined
  }

  *#reserve(end: number): Procedure<void> {
    const file = this.#file
    const step = Math.min(Math.max(this.#size, reserveBytesMin), reserveBytesMax)
    const size = Math.min(Math.max(end, this.#size + step), this.header.capacity)
    yield* io(`reserve ${this.#name} to ${size}`, () => file.reserve?.(size))
    this.#size = Math.max(end, size)
  }
}
