import { crc32 } from '@varve/codec'

/** A file that is read at places. */
export interface Input {
  /** Bytes that it had when it was opened. */
  readonly size: number
  /** Fills `into` from `position` on, as far as the file goes; resolves with the bytes read. */
  read(into: Uint8Array, position: number): Promise<number>
}

const windowBytesDefault = 1024 * 1024

/** A stretch of a file in memory, which moves on. It is as large as what is asked for, and never larger than needed. */
export class Window {
  readonly size: number
  readonly #input: Input
  readonly #windowBytes: number
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #start = 0

  constructor(input: Input, windowBytes: number = windowBytesDefault) {
    this.#input = input
    this.#windowBytes = windowBytes
    this.size = input.size
  }

  /** What stands there, valid until the next `load`; undefined when it is not in memory. */
  peek(position: number, bytes: number): Uint8Array<ArrayBuffer> | undefined {
    const at = position - this.#start
    return at >= 0 && at + bytes <= this.#bytes.length ? this.#bytes.subarray(at, at + bytes) : undefined
  }

  /** As `peek`, after reading. Ask only for what lies within `size`. */
  async load(position: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(Math.min(Math.max(bytes, this.#windowBytes), this.size - position))
    for (let filled = 0; filled < buffer.length; ) {
      const read = await this.#input.read(buffer.subarray(filled), position + filled)
      if (read === 0) throw new Error(`the file became shorter while it was read: ${position + filled} bytes`)
      filled += read
    }
    this.#bytes = buffer
    this.#start = position
    return buffer.subarray(0, bytes)
  }

  /** As large a piece as one load gives, from `position` up to `end`. */
  async piece(position: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = Math.min(end - position, this.#windowBytes)
    return this.peek(position, bytes) ?? await this.load(position, bytes)
  }

  /** CRC-32 of a stretch of any length, a piece at a time. */
  async crc32(position: number, bytes: number): Promise<number> {
    const end = position + bytes
    let crc = 0
    for (let at = position; at < end; ) {
      const piece = await this.piece(at, end)
      crc = crc32(piece, crc)
      at += piece.length
    }
    return crc
  }

  /** Whether there is nothing but zeros from `position` to the end of the file. */
  async isZeroFrom(position: number): Promise<boolean> {
    for (let at = position; at < this.size; ) {
      const piece = await this.piece(at, this.size)
      if (piece.some((byte) => byte !== 0)) return false
      at += piece.length
    }
    return true
  }
}
