import { isVarveError, VarveError } from '@varve/codec'
import type { AppendOptions, BatchEntry, CancelSignal, RecoveryReport, SequenceRange } from '@varve/segments'
import { deferred, ignore } from '../deferred.ts'
import { limitsOf, type PortLimits } from '../limits.ts'
import type { PortLike } from '../port-like.ts'
import { countOf, fieldsOf, isCount, listOf, malformed } from '../wire/check.ts'
import { protocolVersion, type Part } from '../wire/envelope.ts'
import { decodeError } from '../wire/errors.ts'
import { notSent } from '../wire/losses.ts'
import { Peer, type Decode, type PeerOwner, type Reply } from '../wire/peer.ts'
import type { Put } from '../wire/outbox.ts'
import { putAll, recordsOf } from '../wire/table.ts'
import { chunkOf, rangeOf, reportOf, sequenceOf } from './answers.ts'
import { callAborted, checkNotAborted, checkPayload, entryOf, recordOptions } from './arguments.ts'
import { Door } from './door.ts'
import { PayloadDigest } from './payload-digest.ts'
import { Restorings } from './restorings.ts'
import { SentStates } from './sent-states.ts'

/** What a line is made with. */
export interface LineOptions extends Partial<PortLimits> {
  readonly onFull: 'wait' | 'reject'
  readonly lost: PromiseLike<unknown> | undefined
}

/** What becomes of a call that was admitted. */
interface Outcome<T> {
  readonly decode: Decode<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

const nothing: Reply = () => undefined
/** Tells clients of one thread from each other. */
let tokens = 0

/** The client's end of a connection: sends calls within its window, and knows what the server last said. */
export class Line implements PeerOwner {
  readonly states: SentStates = new SentStates()
  readonly restorings: Restorings
  /** First, last and durable sequence as the server last said. */
  sequences: readonly number[] = [1, 0, 0]
  isClosing = false
  readonly #peer: Peer
  readonly #options: LineOptions
  readonly #token: number
  #writing: Door
  #reading: Door
  #isWelcomed = false
  #closed: Promise<void> | undefined
  readonly #welcomed = deferred<RecoveryReport>()
  readonly #failed = deferred<VarveError>()
  readonly #ended = deferred<undefined>()

  constructor(port: PortLike, options: LineOptions) {
    const limits = limitsOf(options, undefined)
    this.#options = options
    this.#writing = new Door(limits.maxBytes, limits.maxCalls)
    this.#reading = new Door(0, limits.maxCalls)
    this.restorings = new Restorings((of) => this.followUp('chunk', { of }, chunkOf))
    tokens += 1
    this.#token = tokens
    this.#peer = new Peer(port, 'client', this, options.lost)
    this.#greet()
  }

  /** Resolves with what opening the log found, when the server has answered. */
  get welcomed(): Promise<RecoveryReport> {
    return this.#welcomed.promise
  }

  /** See `ConnectedLog.closed`. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** See `ConnectedLog.failed`. */
  get failed(): Promise<VarveError> {
    return this.#failed.promise
  }

  /** Whether an append of so many bytes would now wait, or be refused. */
  isFull(bytes: number): boolean {
    return this.#writing.isFull(bytes)
  }

  append(payload: Uint8Array, options: AppendOptions = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      checkPayload(payload)
      const { type, timestamp } = recordOptions(options)
      const { signal } = options
      const outcome = { decode: sequenceOf, resolve, reject }
      this.#enter([payload], signal, reject, (bytes) => {
        const id = this.#expect(this.#writing, bytes, true, outcome, signal)
        this.#peer.outbox.append(id, payload, type, timestamp, signal !== undefined)
      })
    })
  }

  appendBatch(batch: readonly (BatchEntry | Uint8Array)[], signal: CancelSignal | undefined): Promise<SequenceRange> {
    return new Promise((resolve, reject) => {
      const entries = batch.map(entryOf)
      const numbers = entries.flatMap(({ payload, type, timestamp }) => [payload.length, type, timestamp])
      const payloads = entries.map(({ payload }) => payload)
      const outcome = { decode: rangeOf, resolve, reject }
      this.#enter(payloads, signal, reject, (bytes) => {
        const id = this.#expect(this.#writing, bytes, true, outcome, signal)
        const { outbox } = this.#peer
        const args = { rows: Float64Array.from(numbers), at: putAll(outbox.put, entries), id: signal && id }
        outbox.add(['call', id, 'appendBatch', args])
      })
    })
  }

  /** A call that changes the log, or waits for changes: in its turn among appends. */
  write<T>(method: string, args: object, decode: Decode<T>): Promise<T> {
    return this.#through(this.#writing, true, method, args, decode)
  }

  /** A call that reads: appends that wait do not hold it up. */
  read<T>(method: string, args: object, decode: Decode<T>): Promise<T> {
    return this.#through(this.#reading, false, method, args, decode)
  }

  /** A call that belongs to something that was begun. */
  followUp<T>(method: string, args: object, decode: Decode<T>): Promise<T> {
    return this.#peer.call(method, () => args, decode)
  }

  /** Ends the connection behind everything that was called before, once. */
  closed(): Promise<void> {
    this.#closed ??= this.#peer.isOver ? Promise.resolve() : this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const closed = this.write('close', {}, ignore)
    this.isClosing = true
    try {
      await closed
    } catch (error) {
      // It is over already, or has come to its end meanwhile: that is what was wanted, and calls were told of it.
      if (!this.#peer.isOver) throw error
    } finally {
      this.#peer.end(undefined)
    }
  }

  async call(method: string, args: unknown, bytes: Uint8Array<ArrayBuffer>): Promise<Reply> {
    const { of: number, rows, at, info } = fieldsOf(args, 'arguments')
    const of = countOf(number, 'something of number')
    if (method === 'piece') return chunkReply(await this.states.chunk(of))
    if (method === 'restore') await this.restorings.restore(of, info)
    else if (method === 'apply') await this.restorings.apply(of, recordsOf(rows, bytes, countOf(at, 'records at')))
    else throw malformed(`a call '${method.slice(0, 40)}'`)
    return nothing
  }

  answered(): void {}

  hear([kind, first, second]: Part): void {
    if (kind === 'ready') this.#greet()
    else if (kind === 'welcome') this.#welcome(first, second)
    else if (kind === 'failed') this.#failed.resolve(decodeError(first) as VarveError)
    else throw malformed(`a part '${kind.slice(0, 40)}'`)
  }

  note(at: unknown): void {
    if (at === undefined) return
    const sequences = listOf(at, 'sequences')
    if (sequences.length !== 3 || !sequences.every(isCount)) throw malformed('sequences that are none')
    this.sequences = sequences
  }

  at(): undefined {
    return undefined
  }

  over(error: VarveError | undefined): void {
    const reason = notSent(error)
    this.#writing.fail(reason)
    this.#reading.fail(reason)
    // Whoever is still waiting to be welcomed wants to hear what was wrong, and not only that something was.
    this.#welcomed.reject(isVarveError(error?.cause) ? error.cause : error)
    if (error !== undefined && !this.isClosing) this.#failed.resolve(error)
    this.#ended.resolve(undefined)
  }

  #greet(): void {
    if (!this.#isWelcomed) this.#peer.outbox.add(['hello', protocolVersion, this.#token])
  }

  #welcome(version: unknown, facts: unknown): void {
    if (version !== protocolVersion || this.#isWelcomed) throw malformed(`a welcome of version ${String(version)}`)
    const { recovery, limits } = fieldsOf(facts, 'a welcome')
    const { maxBytes, maxCalls } = limitsOf(this.#options, limitsOf(fieldsOf(limits, 'limits'), undefined))
    this.#writing = new Door(maxBytes, maxCalls)
    this.#reading = new Door(0, maxCalls)
    this.#isWelcomed = true
    this.#welcomed.resolve(reportOf(recovery))
  }

  #enter(
    payloads: readonly Uint8Array[],
    signal: CancelSignal | undefined,
    reject: (error: unknown) => void,
    admit: (bytes: number) => void,
  ): void {
    checkNotAborted(signal)
    this.#checkOpen()
    const bytes = payloads.reduce((sum, { length }) => sum + length, 0)
    this.#writing.enter({
      bytes,
      admit: () => { admit(bytes) },
      reject,
      signal,
      isRefused: this.#options.onFull === 'reject',
      held: () => {
        const digest = new PayloadDigest(payloads)
        return () => { digest.check() }
      },
    })
  }

  #through<T>(door: Door, isWrite: boolean, method: string, args: object, decode: Decode<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#checkOpen()
      const outcome = { decode, resolve, reject }
      const admit = (): void => {
        const id = this.#expect(door, 0, isWrite, outcome, undefined)
        this.#peer.outbox.add(['call', id, method, args])
      }
      door.enter({ bytes: 0, admit, reject, signal: undefined, held: undefined, isRefused: false })
    })
  }

  /** Files a call that was admitted: when it is answered, it leaves the window. */
  #expect<T>(
    door: Door,
    bytes: number,
    isWrite: boolean,
    { decode, resolve, reject }: Outcome<T>,
    signal: CancelSignal | undefined,
  ): number {
    const cancel = (): void => { this.#peer.outbox.add(['cancel', id]) }
    const leave = (): void => {
      signal?.removeEventListener('abort', cancel)
      door.leave(bytes)
    }
    const id = this.#peer.expect({
      isWrite,
      settle: (value, from) => {
        resolve(decode(value, from))
        leave()
      },
      reject: (error) => {
        // The reason stays here, for it may be anything.
        reject(isVarveError(error, 'ABORTED') && signal !== undefined ? callAborted(signal.reason) : error)
        leave()
      },
    })
    signal?.addEventListener('abort', cancel)
    return id
  }

  /** @throws VarveError `CLOSED` */
  #checkOpen(): void {
    if (this.#peer.isOver) throw notSent(this.#peer.error)
    if (this.isClosing) throw new VarveError('CLOSED', 'the log was closed on this side of the port; connect again')
  }
}

function chunkReply(chunk: Uint8Array | undefined): Reply {
  return chunk === undefined ? nothing : (put: Put) => ({ at: put(chunk), length: chunk.length })
}
