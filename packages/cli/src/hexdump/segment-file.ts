import { decodeFileHeader, fileHeaderBytes, frameBytes, frameFlag, frameHeaderBytes, VarveError } from '@varve/codec'
import type { FileHeader } from '@varve/codec'
import type { LogStorage } from 'varve'
import { headerSum } from './checksum.ts'
import type { FrameBytes } from './frame-fields.ts'

const windowBytes = 256 * 1024
const trailerBytes = 64

type OpenFile = Awaited<ReturnType<LogStorage['open']>>

/** What a walk over the frames of a file came to. */
export interface Found {
  readonly frame: FrameBytes
  /** Whether its header verifies. */
  readonly isGood: boolean
  /** Number of the record before it. */
  readonly lastSequence: number
}

/** A segment, read field by field: damage is what there is to see, and not an error. */
export class SegmentFile {
  readonly name: string
  readonly #file: OpenFile
  readonly #size: number
  #window: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #windowAt = 0

  private constructor(name: string, file: OpenFile, size: number) {
    this.name = name
    this.#file = file
    this.#size = size
  }

  /** Lends a file and closes it whatever happens. */
  static async use<T>(storage: LogStorage, name: string, use: (segment: SegmentFile) => Promise<T>): Promise<T> {
    const file = await storage.open(name, 'read')
    try {
      return await use(new SegmentFile(name, file, await file.size()))
    } finally {
      await file.close()
    }
  }

  /** The bytes from `position` on, fewer where the file ends. Not to be kept across calls. */
  async read(position: number, bytes: number): Promise<Uint8Array> {
    const end = this.#windowAt + this.#window.length
    if (position < this.#windowAt || position + bytes > end) {
      const length = Math.max(0, Math.min(Math.max(bytes, windowBytes), this.#size - position))
      const target = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        const count = await this.#file.read(target.subarray(filled), position + filled)
        if (count === 0) break
        filled += count
      }
      this.#window = target.subarray(0, filled)
      this.#windowAt = position
    }
    return this.#window.subarray(position - this.#windowAt, position - this.#windowAt + bytes)
  }

  /** The first 128 bytes. */
  async headerBytes(): Promise<Uint8Array> {
    const bytes = await this.read(0, fileHeaderBytes)
    if (bytes.length === fileHeaderBytes) return bytes.slice()
    throw this.#corrupt(`it ends inside its header, at ${this.#size}`, 0)
  }

  /** @throws VarveError `CORRUPT` when it does not verify: salts and checksums of frames hang on it. */
  async header(): Promise<FileHeader> {
    const result = decodeFileHeader(await this.headerBytes())
    if (result.kind === 'header') return result.header
    throw this.#corrupt('its header does not verify, and no frame can be checked without it; look at --header', 0)
  }

  /** The last 64 bytes of the capacity; undefined where the file does not have them. */
  async trailer({ capacity }: FileHeader): Promise<FrameBytes | undefined> {
    const position = capacity - trailerBytes
    const bytes = await this.read(position, trailerBytes)
    return bytes.length === trailerBytes ? { position, bytes: bytes.slice() } : undefined
  }

  /** The first frame for which `isIt` holds, or the first that does not verify; undefined when frames end before. */
  async find(header: FileHeader, isIt: (view: DataView) => boolean): Promise<Found | undefined> {
    let position = header.blockBytes
    let lastSequence = header.firstSequence - 1
    for (;;) {
      const bytes = await this.read(position, frameHeaderBytes)
      if (bytes.length < frameHeaderBytes || bytes.every((byte) => byte === 0)) return undefined
      const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes)
      const stored = view.getUint32(0, true).toString(16).padStart(8, '0')
      const isGood = stored === headerSum(header, bytes.subarray(4), position)
      const length = frameBytes(view.getUint32(4, true))
      if (!isGood || isIt(view)) {
        // The length in a header that does not verify may be any.
        const whole = await this.read(position, isGood ? length : Math.min(length, windowBytes))
        return { frame: { position, bytes: whole.slice() }, isGood, lastSequence }
      }
      if ((view.getUint8(38) & frameFlag.control) === 0) lastSequence = Number(view.getBigUint64(8, true))
      position += length
    }
  }

  #corrupt(what: string, position: number): VarveError {
    return new VarveError('CORRUPT', `${this.name}: ${what}`, { file: this.name, position })
  }
}
