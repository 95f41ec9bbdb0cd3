import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'

/** What a program does that knows nothing better: a file that grows, and a sync after each write. */
export class GrowingFile {
  readonly #fd: number
  #position = 0

  constructor(path: string) {
    this.#fd = openSync(path, 'w')
  }

  write(bytes: Uint8Array): void {
    this.#position += writeSync(this.#fd, bytes, 0, bytes.length, this.#position)
  }

  writeAndSync(bytes: Uint8Array): void {
    this.write(bytes)
    fdatasyncSync(this.#fd)
  }

  sync(): void {
    fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
