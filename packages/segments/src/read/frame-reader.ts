import {
  createKernel,
  createScanState,
  frameBytes,
  recordBytesMax,
  scanStop,
  VarveError,
  type FileHeader,
  type FileLife,
  type Kernel,
  type ScanState,
  type ScanStop,
  type Word64,
} from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'
import { readBytes } from './read-bytes.ts'

/** A file of frames whose header verified. */
export interface FramedFile {
  readonly name: string
  readonly header: FileHeader
}

/** Where in a file to begin, and what is known of everything before. */
export interface ReadStart {
  readonly position: number
  /** Frames end at or before this offset. */
  readonly limit: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly chain: Word64
}

/** Behind the header block of a file, with what its header says of everything before. */
export function startOfFile(header: FileHeader, limit: number): ReadStart {
  return {
    position: header.blockBytes,
    limit,
    lastSequence: header.firstSequence - 1,
    lastTimestamp: header.lastTimestamp,
    chain: header.chain,
  }
}

/** A stretch of whole frames that verified. It is valid until the reader is asked for the next one. */
export interface FrameRun {
  /** Its memory holds the frames; whoever consumes the run may change them there. */
  readonly kernel: Kernel
  readonly start: number
  readonly end: number
  /** Offset in the file of the byte at `start`. */
  readonly position: number
}

/** Why there are no more runs: what the scan found at the bad place, or that the file or the limit ended there. */
export type ReadStop = ScanStop | 'end-of-file'

/**
 * Reads the frames of one file in order and verifies each, through one buffer. A frame that is larger than the
 * buffer gets one of its own; its length is believed only because its header
 * verified, it stays below the limit, and the file has that much.
 */
export class FrameReader {
  readonly state: ScanState
  /** Set when `next` has returned undefined. The bad place is `state.position`. */
  stop: ReadStop | undefined
  readonly #file: LogFile
  readonly #name: string
  readonly #life: FileLife
  readonly #shared: Kernel
  /** The last one that a larger frame needed: where there is one, there often are more. */
  #large: Kernel | undefined
  #kernel: Kernel
  /** The bytes `[start, filled)` of the kernel's memory are the file's from `state.position` on. */
  #start = 0
  #filled = 0
  #atEnd = false

  constructor(file: LogFile, name: string, life: FileLife, start: ReadStart, kernel: Kernel) {
    this.#file = file
    this.#name = name
    this.#life = life
    this.#shared = kernel
    this.#kernel = kernel
    this.state = createScanState(start)
  }

  /** The next verified run, or undefined; then `stop` says why. */
  *next(): Procedure<FrameRun | undefined> {
    while (this.stop === undefined) {
      const before = this.state.position
      this.#kernel.use(this.#life)
      const stopped = this.#kernel.scan(this.#start, this.#filled, this.state)
      const verified = this.state.position - before
      if (verified > 0) {
        const start = this.#start
        this.#start += verified
        return { kernel: this.#kernel, start, end: this.#start, position: before }
      }
      if (stopped !== scanStop.end && stopped !== scanStop.partial) this.stop = stopped
      else if (this.state.position >= this.state.limit) this.stop = scanStop.end
      else if (this.#atEnd) this.stop = this.#start === this.#filled ? 'end-of-file' : stopped
      else yield* this.#fill()
    }
    return undefined
  }

  /** Lets the reader go on after the file has grown: what was the end of the file, or a partial frame, may be more. */
  extend(limit: number): void {
    this.state.limit = limit
    this.#atEnd = false
    // What was read of a frame that was not whole may have been overwritten since; read it again.
    this.#filled = this.#start
    this.stop = undefined
  }

  *#fill(): Procedure<void> {
    const { position, needed } = this.state
    if (needed > this.#shared.memory.length) {
      const size = yield* io(`size of ${this.#name}`, () => this.#file.size())
      // A frame that the file does not hold is not whole, and costs no memory.
      this.#atEnd = position + needed > size
      if (this.#atEnd) return
      if (needed > frameBytes(recordBytesMax)) throw this.#tooLarge()
    }
    this.#makeRoom()
    const { memory } = this.#kernel
    const from = this.state.position + (this.#filled - this.#start)
    // Never nothing: a frame that is not whole needs more than is there, and ends within buffer and limit.
    const wanted = Math.min(memory.length - this.#filled, this.state.limit - from)
    const target = memory.subarray(this.#filled, this.#filled + wanted)
    const read = yield* readBytes(this.#file, this.#name, target, from)
    this.#filled += read
    // Nothing more, even if nothing was wanted: a reader that cannot go on must stop.
    if (read === 0 || read < wanted) this.#atEnd = true
  }

  #tooLarge(): VarveError {
    const { position, needed: bytes } = this.state
    return new VarveError(
      'RECORD_TOO_LARGE',
      `${this.#name} at byte ${position}: a frame of ${bytes} bytes; this version reads records of up to ` +
        `${recordBytesMax}`,
      { file: this.#name, position, bytes },
    )
  }

  /** Moves what is left to the front, of a larger buffer if the next frame needs one. */
  #makeRoom(): void {
    const rest = this.#kernel.memory.subarray(this.#start, this.#filled)
    const needed = Math.max(this.state.needed, frameBytes(0))
    const fitting = needed <= this.#shared.memory.length ? this.#shared : this.#largeFor(needed)
    if (fitting === this.#kernel) fitting.memory.copyWithin(0, this.#start, this.#filled)
    else fitting.memory.set(rest)
    this.#kernel = fitting
    this.#filled = rest.length
    this.#start = 0
  }

  #largeFor(bytes: number): Kernel {
    if (this.#large !== undefined && this.#large.memory.length >= bytes) return this.#large
    this.#large = createKernel(bytes, this.#shared.name === 'portable' ? 'portable' : 'auto')
    return this.#large
  }
}
