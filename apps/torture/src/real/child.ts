import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Books, Finding } from './books.ts'
import { MessageReader, type Failure, type WriterMessage, type WriterOrders } from './messages.ts'

/** What a writer said of itself until it was no more. Its records are in the books. */
export interface Course {
  /** It got to open the log. */
  readonly opened: boolean
  /** From its start to the log being open. */
  readonly openingMs: number
  /** The row of the recovery table that it opened the log by. */
  readonly row: string | undefined
  readonly closed: boolean
  readonly killed: boolean
  readonly failures: readonly Failure[]
  readonly findings: readonly Finding[]
}

const script = fileURLToPath(new URL('./writer.ts', import.meta.url))
const flags = ['--conditions=@varve/source', '--no-warnings']

/** A writer that says nothing for so long has hung. */
const silenceMs = 30_000

/** A writing process. What it says goes into the books as it comes. */
export class Child {
  /** Resolves when it opened the log, or ended before it could. */
  readonly opened: Promise<void>
  /** Resolves when it acknowledged something, or ended before it could. */
  readonly acknowledged: Promise<void>
  /** Resolves when it is no more, and all that was in its pipe is in the books. */
  readonly ended: Promise<Course>
  readonly #process: ChildProcessByStdio<null, Readable, Readable>
  readonly #orders: WriterOrders
  readonly #books: Books
  readonly #failures: Failure[] = []
  readonly #findings: Finding[] = []
  readonly #started = performance.now()
  #openedAt: number | undefined
  #row: string | undefined
  #closed = false
  #complaint = ''
  #onOpened: () => void = () => {}
  #onAcknowledged: () => void = () => {}

  /**
   * @param compileCache - A directory for what children compile: it makes a start several times cheaper.
   * @param environment - Variables beside those of this process.
   */
  constructor(
    orders: WriterOrders,
    books: Books,
    compileCache: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#orders = orders
    this.#books = books
    this.#process = spawn(process.execPath, [...flags, script, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...environment },
    })
    const ended = this.#watch()
    this.opened = new Promise((resolve) => {
      this.#onOpened = resolve
      ended.then(() => { resolve() }, () => { resolve() })
    })
    this.acknowledged = new Promise((resolve) => {
      this.#onAcknowledged = resolve
      ended.then(() => { resolve() }, () => { resolve() })
    })
    this.ended = ended
  }

  /** Sends a `SIGKILL`: it does nothing more that anyone could hear of. */
  strike(): void {
    this.#process.kill('SIGKILL')
  }

  /** As {@link strike}, and waits until it is no more. */
  kill(): Promise<Course> {
    this.strike()
    return this.ended
  }

  #watch(): Promise<Course> {
    const child = this.#process
    const silence = setTimeout(() => {
      this.#findings.push({ promised: 'a writer goes on', found: `it said nothing for ${silenceMs / 1000} s` })
      child.kill('SIGKILL')
    }, silenceMs)
    const reader = new MessageReader()
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      silence.refresh()
      for (const message of reader.read(chunk)) this.#hear(message)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#complaint += chunk
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      // Not 'exit': what is still in the pipe was said too.
      child.on('close', (code, by) => {
        clearTimeout(silence)
        resolve(this.#course(code, by))
      })
    })
  }

  #course(code: number | null, by: NodeJS.Signals | null): Course {
    const killed = by === 'SIGKILL'
    if (!killed && code !== 0) {
      const found = `it ended with ${by ?? String(code)}: ${this.#complaint.trim().slice(0, 500)}`
      this.#findings.push({ promised: 'what fails is told as an error; no process dies of it', found })
    }
    return {
      opened: this.#openedAt !== undefined,
      openingMs: (this.#openedAt ?? performance.now()) - this.#started,
      row: this.#row,
      closed: this.#closed,
      killed,
      failures: this.#failures,
      findings: this.#findings,
    }
  }

  #hear(message: WriterMessage): void {
    const books = this.#books
    switch (message.kind) {
      case 'opened':
        this.#openedAt = performance.now()
        this.#row = message.row
        this.#findings.push(...books.opened(this.#orders.life, this.#orders.durability, message.lastSequence))
        this.#onOpened()
        break
      case 'attempted':
        books.attempt(message.through)
        break
      case 'acknowledged':
        this.#findings.push(...books.acknowledge(message.through))
        this.#onAcknowledged()
        break
      case 'covered':
        books.cover(message.through)
        break
      case 'shown':
        books.show(message.through)
        break
      case 'broken':
        this.#findings.push({ promised: message.promised, found: message.found })
        break
      case 'failed':
        this.#failures.push(message)
        break
      case 'closed':
        this.#closed = true
    }
  }
}
