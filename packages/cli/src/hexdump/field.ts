/** One field of the format, as it stands in a file. */
export interface Field {
  /** In the file. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** As FORMAT.md calls it. */
  readonly name: string
  readonly value: string
  /** Whether it is what it must be; absent where nothing tells. */
  readonly isGood?: boolean
}

/** Reads fields one behind the other. */
export class FieldReader {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly fields: Field[] = []
  readonly #origin: number
  #at = 0

  /** `origin` is the offset in the file of the first byte. */
  constructor(bytes: Uint8Array, origin: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#origin = origin
  }

  /** Takes the next `length` bytes as a field. */
  take(name: string, length: number, value: string, isGood?: boolean): void {
    const bytes = this.bytes.subarray(this.#at, this.#at + length)
    const field = { offset: this.#origin + this.#at, bytes, name, value }
    this.fields.push(isGood === undefined ? field : { ...field, isGood })
    this.#at += length
  }

  /** Takes a u64 that counts something. */
  takeNumber(name: string, note = ''): void {
    this.take(name, 8, `${this.numberAt(this.#at)}${note}`)
  }

  /** Takes a word, which is no number. */
  takeWord(name: string, isGood?: boolean): void {
    this.take(name, 8, this.wordAt(this.#at), isGood)
  }

  /** Exact or not: what is above 2^53 is shown as it is. */
  numberAt(at: number): bigint {
    return this.view.getBigUint64(at, true)
  }

  wordAt(at: number): string {
    return this.numberAt(at).toString(16).padStart(16, '0')
  }
}

/** Whether all bytes are zeros. */
export function isZeros(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
