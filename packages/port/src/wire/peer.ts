import type { VarveError } from '@varve/codec'
import { listen, type PortLike } from '../port-like.ts'
import { countOf, malformed, textOf } from './check.ts'
import { open, type Envelope, type Part, type Received, type Side } from './envelope.ts'
import { decodeError, encodeError } from './errors.ts'
import { connectionLost, notSent, outcomeUnknown } from './losses.ts'
import { appendedWidth, Outbox, type Put } from './outbox.ts'
import { rowsOf } from './table.ts'

/** Makes the value of an answer when it is put into a message; bytes go in through `put`. */
export type Reply = (put: Put) => unknown

/** What a side does with what it hears. */
export interface PeerOwner {
  /** A call of the other side. What it throws, or rejects with, is the answer. */
  call(method: string, args: unknown, bytes: Uint8Array<ArrayBuffer>): Promise<Reply>
  /** A call of the other side has been answered. */
  answered(method: string): void
  /** A part that is neither a call nor an answer. What it throws ends the connection. */
  hear(part: Part, bytes: Uint8Array<ArrayBuffer>): void
  /** Numbers that come with every message of a server. */
  note(at: unknown): void
  /** Numbers that go with every message of a server. */
  at(): readonly number[] | undefined
  /** The connection is over: the reason, or nothing when this side has ended it in peace. */
  over(error: VarveError | undefined): void
}

interface Pending {
  readonly settle: (value: unknown, bytes: Uint8Array<ArrayBuffer>) => void
  readonly reject: (error: unknown) => void
  /** Whether it changes the log, so that a lost answer leaves an unknown outcome. */
  readonly isWrite: boolean
}

/** How an answer is read. */
export type Decode<T> = (value: unknown, bytes: Uint8Array<ArrayBuffer>) => T

const other: Readonly<Record<Side, Side>> = { server: 'client', client: 'server' }

/** One end of a connection: calls the other side, answers its calls, and knows when it is over. */
export class Peer {
  readonly outbox: Outbox
  /** Why the connection is over. */
  error: VarveError | undefined
  isOver = false
  readonly #port: PortLike
  readonly #side: Side
  readonly #owner: PeerOwner
  readonly #pending = new Map<number, Pending>()
  readonly #stop: () => void
  #calls = 0

  constructor(port: PortLike, side: Side, owner: PeerOwner, lost: PromiseLike<unknown> | undefined) {
    this.#port = port
    this.#side = side
    this.#owner = owner
    this.outbox = new Outbox((parts, bytes) => { this.#post(parts, bytes) })
    this.#stop = listen(port, {
      message: (data) => { this.#receive(data) },
      lost: (reason, cause) => { this.end(connectionLost(reason, cause)) },
    })
    const gone = (reason: unknown): void => { this.end(connectionLost('the other side is gone', reason)) }
    lost?.then(gone, gone)
  }

  /** Calls the other side. */
  call<T>(method: string, args: (put: Put) => unknown, decode: Decode<T>, isWrite = false): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (value: unknown, bytes: Uint8Array<ArrayBuffer>): void => { resolve(decode(value, bytes)) }
      const id = this.expect({ settle, reject, isWrite })
      this.outbox.add(['call', id, method, args(this.outbox.put)])
    })
  }

  /**
   * Files a call whose part the caller adds, and returns its id.
   *
   * @throws VarveError `CLOSED`
   */
  expect(pending: Pending): number {
    if (this.isOver) throw notSent(this.error)
    this.#calls += 1
    this.#pending.set(this.#calls, pending)
    return this.#calls
  }

  /** Answers a call of the other side when `work` is done. */
  answer(id: number, work: Promise<Reply>): Promise<void> {
    return work.then(
      (reply) => { if (!this.isOver) this.outbox.add(['answer', id, reply(this.outbox.put)]) },
      (error: unknown) => { this.refuse(id, error) },
    )
  }

  refuse(id: number, error: unknown): void {
    if (!this.isOver) this.outbox.add(['error', id, encodeError(error)])
  }

  /** Gives all calls up that the other side has not answered. Their answers are passed over. */
  giveUp(error: VarveError): void {
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }

  /** Ends the connection, and says so. */
  bye(error?: VarveError): void {
    if (this.isOver) return
    this.outbox.add(['bye', error && encodeError(error)])
    this.outbox.flush()
    this.end(error)
  }

  /**
   * The connection is over. Everything in flight is rejected. In peace the other side had answered all that it was
   * asked, so what it has not answered has not come to it.
   */
  end(error: VarveError | undefined, isInPeace = false): void {
    if (this.isOver) return
    this.isOver = true
    this.error = error
    this.#stop()
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    // Those that wait for their turn are told first: they have none any more.
    this.#owner.over(error)
    for (const { reject, isWrite } of pending) {
      reject(isWrite && !isInPeace ? outcomeUnknown(error) : (error ?? connectionLost('it was closed')))
    }
  }

  #post(parts: readonly Part[], bytes: ArrayBuffer | undefined): void {
    if (this.isOver) return
    const envelope: Envelope = { varve: 'port', to: other[this.#side], parts, bytes, at: this.#owner.at() }
    try {
      this.#port.postMessage(envelope, bytes === undefined ? [] : [bytes])
    } catch (cause) {
      this.end(connectionLost('a message could not be posted', cause))
    }
  }

  #receive(data: unknown): void {
    try {
      const received = open(data, this.#side)
      if (received === undefined) return
      this.#owner.note(received.at)
      this.#hearAll(received)
    } catch (error) {
      // Whoever sends what cannot be understood may have meant anything: nothing more is believed.
      this.bye(error as VarveError)
    }
  }

  #hearAll({ parts, bytes }: Received): void {
    for (const part of parts) {
      if (this.isOver) return
      this.#hear(part, bytes)
    }
  }

  #hear(part: Part, bytes: Uint8Array<ArrayBuffer>): void {
    const [kind, first, second, third] = part
    if (kind === 'call') this.#called(countOf(first, 'a call of id'), textOf(second, 'a method'), third, bytes)
    else if (kind === 'answer') this.#answered(first, second, bytes)
    else if (kind === 'appended') this.#appended(second, bytes)
    else if (kind === 'error') this.#pendingOf(first)?.reject(decodeError(second))
    else if (kind === 'bye') this.end(saidBye(first), first === undefined)
    else this.#owner.hear(part, bytes)
  }

  #called(id: number, method: string, args: unknown, bytes: Uint8Array<ArrayBuffer>): void {
    void this.answer(id, this.#owner.call(method, args, bytes)).then(() => { this.#owner.answered(method) })
  }

  #answered(id: unknown, value: unknown, bytes: Uint8Array<ArrayBuffer>): void {
    const pending = this.#pendingOf(id)
    if (pending === undefined) return
    try {
      pending.settle(value, bytes)
    } catch (error) {
      pending.reject(pending.isWrite ? outcomeUnknown(error) : error)
      throw error
    }
  }

  #appended(table: unknown, bytes: Uint8Array<ArrayBuffer>): void {
    const rows = rowsOf(table, appendedWidth, 'answers')
    for (let row = 0; row < rows.length; row += appendedWidth) this.#answered(rows[row], rows[row + 1], bytes)
  }

  /** Undefined for a call that was given up. */
  #pendingOf(id: unknown): Pending | undefined {
    const pending = this.#pending.get(id as number)
    if (pending === undefined && !(countOf(id, 'an answer to') <= this.#calls && id !== 0)) {
      throw malformed(`an answer to call ${String(id)}, which nobody made`)
    }
    this.#pending.delete(id as number)
    return pending
  }
}

function saidBye(error: unknown): VarveError {
  return connectionLost('the other side has ended it', decodeError(error))
}
