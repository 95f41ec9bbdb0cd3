import { closeSync, constants, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs'

const zeros = new Uint8Array(2 ** 20)

/**
 * A file whose blocks are there before they are written: filled with zeros, synced, and begun again at its start when
 * its end is reached. With `isDurable` each write is durable when it returns (O_DSYNC), and nothing needs to be synced.
 */
export class PreparedFile {
  readonly #fd: number
  readonly #isDurable: boolean
  readonly #size: number
  #position = 0

  /** `size` in bytes: at least that of the largest write. */
  constructor(path: string, size: number, isDurable: boolean) {
    const fd = openSync(path, 'w')
    for (let at = 0; at < size; at += zeros.length) writeSync(fd, zeros, 0, Math.min(zeros.length, size - at), at)
    fsyncSync(fd)
    closeSync(fd)
    const { O_DSYNC: durable, O_RDWR: both } = constants as { O_DSYNC?: number; O_RDWR: number }
    // Where there is no such flag the write is followed by a sync all the same.
    this.#isDurable = isDurable && durable !== undefined
    this.#fd = openSync(path, both | (isDurable ? (durable ?? 0) : 0))
    this.#size = size
  }

  writeAndSync(bytes: Uint8Array): void {
    if (this.#position + bytes.length > this.#size) this.#position = 0
    this.#position += writeSync(this.#fd, bytes, 0, bytes.length, this.#position)
    if (!this.#isDurable) fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
