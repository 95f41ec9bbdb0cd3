import type { Sink } from '../system.ts'
import type { Style } from './style.ts'

/** Text is handed on in pieces of about this size. */
const pieceBytes = 64 * 1024
const columnsDefault = 80
const columnsMin = 40

/** What one stream of the process is written through. */
export class Output {
  readonly style: Style
  /** Whether one document, or one object a line, is printed in place of text for people. */
  readonly isJson: boolean
  readonly #sink: Sink
  #waiting: (string | Uint8Array)[] = []
  #waitingBytes = 0

  constructor(sink: Sink, style: Style, isJson: boolean) {
    this.#sink = sink
    this.style = style
    this.isJson = isJson
  }

  get isTerminal(): boolean {
    return this.#sink.isTerminal
  }

  /** Width to fit text into. */
  get columns(): number {
    return Math.max(columnsMin, this.#sink.columns ?? columnsDefault)
  }

  /** Whether it is time to `flush` before more is printed. */
  get isFull(): boolean {
    return this.#waitingBytes >= pieceBytes
  }

  print(data: string | Uint8Array): void {
    this.#waiting.push(data)
    this.#waitingBytes += data.length
  }

  line(text = ''): void {
    this.print(`${text}\n`)
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text)
  }

  /** One document, readable. Bytes become hexadecimal digits. */
  document(value: unknown): void {
    this.line(JSON.stringify(value, replacer, 2))
  }

  /** One object on a line of its own. */
  object(value: unknown): void {
    this.line(JSON.stringify(value, replacer))
  }

  /** Hands on what waits, and waits until the other side took it. */
  async flush(): Promise<void> {
    const pieces = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    let text = ''
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        text += piece
        continue
      }
      if (text !== '') await this.#sink.write(text)
      text = ''
      await this.#sink.write(piece)
    }
    if (text !== '') await this.#sink.write(text)
  }
}

function replacer(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
