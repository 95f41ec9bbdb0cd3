import { isVarveError, VarveError } from '@varve/codec'
import type { AppendOptions, BatchEntry, Log } from '@varve/segments'
import { Cancel } from '../cancel.ts'
import { deferred } from '../deferred.ts'
import type { PortLimits } from '../limits.ts'
import type { PortLike } from '../port-like.ts'
import { countOf, fieldsOf, malformed, type Fields } from '../wire/check.ts'
import { encodeError } from '../wire/errors.ts'
import { protocolVersion, type Part } from '../wire/envelope.ts'
import { letGo } from '../wire/losses.ts'
import { appendWidth } from '../wire/outbox.ts'
import { Peer, type PeerOwner, type Reply } from '../wire/peer.ts'
import { PayloadWalk, rowsOf } from '../wire/table.ts'
import { Allowance } from './allowance.ts'
import { entriesOf, entryOf, followUps, reads, unknownMethod, writes, type Method, type Served } from './methods.ts'
import { Recoveries } from './recovering.ts'
import { ServedIterators } from './served-iterators.ts'

/** One client, from its hello to its end. */
export class Connection implements PeerOwner {
  readonly #peer: Peer
  readonly #limits: PortLimits
  readonly #ownsLog: boolean
  readonly #writing: Allowance
  readonly #reading: Allowance
  readonly #iterators: ServedIterators
  /** Appends that may still be given up, by their ids. */
  readonly #cancels = new Map<number, Cancel>()
  readonly #closed = deferred<undefined>()
  #log: Log | undefined
  #served: Served | undefined
  #token: unknown
  #closing: Promise<void> | undefined

  constructor(port: PortLike, limits: PortLimits, ownsLog: boolean, lost: PromiseLike<unknown> | undefined) {
    this.#limits = limits
    this.#ownsLog = ownsLog
    this.#writing = new Allowance(limits.maxBytes, limits.maxCalls)
    this.#reading = new Allowance(0, limits.maxCalls)
    this.#iterators = new ServedIterators(limits.maxIterators)
    this.#peer = new Peer(port, 'server', this, lost)
    this.#peer.outbox.add(['ready'])
  }

  /** Resolves when the connection is over and holds nothing of the log any more. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** The log is open. */
  use(log: Log): void {
    this.#log = log
    this.#welcome()
  }

  /** There will be no log. */
  refuse(error: unknown): void {
    this.#peer.bye(isVarveError(error) ? error : new VarveError('CLOSED', 'the log could not be opened', {}, error))
  }

  /** Answers what was asked, then ends the connection. */
  async close(): Promise<void> {
    await this.#shutDown(false)
    this.#peer.bye()
    await this.closed
  }

  async call(method: string, args: unknown, bytes: Uint8Array<ArrayBuffer>): Promise<Reply> {
    // Up to the first `await` of each, calls are begun in the order in which they came.
    if (method === 'appendBatch') return await this.#appendBatch(fieldsOf(args, 'a batch'), bytes)
    if (Object.hasOwn(writes, method)) return await this.#run(writes[method]!, args, bytes, this.#writing)
    if (Object.hasOwn(reads, method)) return await this.#run(reads[method]!, args, bytes, this.#reading)
    if (Object.hasOwn(followUps, method)) return await this.#run(followUps[method]!, args, bytes, undefined)
    if (method !== 'close') throw unknownMethod(method)
    await this.#shutDown(true)
    return () => undefined
  }

  answered(method: string): void {
    if (method === 'close') this.#peer.bye()
  }

  hear([kind, first, second]: Part, bytes: Uint8Array<ArrayBuffer>): void {
    if (kind === 'hello') this.#greeted(first, second)
    else if (kind === 'appends') this.#appendAll(countOf(first, 'payloads at'), second, bytes)
    else if (kind === 'cancel') this.#cancels.get(first as number)?.abort()
    else throw malformed(`a part '${kind.slice(0, 40)}'`)
  }

  note(): void {}

  at(): readonly number[] | undefined {
    const log = this.#log
    return log && [log.firstSequence, log.lastSequence, log.durableSequence]
  }

  over(): void {
    void this.#release()
  }

  #greeted(version: unknown, token: unknown): void {
    if (version !== protocolVersion) {
      throw new VarveError(
        'UNSUPPORTED',
        `the client speaks version ${String(version)} of the port protocol, and the log version ${protocolVersion}; ` +
          'use the same version of @varve/port on both sides',
        { version: Number(version), knownVersion: protocolVersion },
      )
    }
    // A client says hello again when it hears that this side listens: the first one may have been lost.
    if (this.#token !== undefined && this.#token !== token) throw malformed('a second hello: one client to a port')
    this.#token = token
    this.#welcome()
  }

  #welcome(): void {
    const log = this.#log
    if (log === undefined || this.#token === undefined || this.#served !== undefined || this.#peer.isOver) return
    const peer = this.#peer
    this.#served = { log, peer, iterators: this.#iterators, recoveries: new Recoveries(log, peer) }
    peer.outbox.add(['welcome', protocolVersion, { recovery: log.recovery, limits: this.#limits }])
    void log.failed.then((error) => { if (!peer.isOver) peer.outbox.add(['failed', encodeError(error)]) })
  }

  /** @throws VarveError `CLOSED`, and `INVALID_ARGUMENT` for a client that has not been welcomed. */
  #open(): Served {
    if (this.#served === undefined) throw malformed('a call before its hello was answered')
    if (this.#closing !== undefined) throw letGo('the connection')
    return this.#served
  }

  async #run(
    method: Method,
    args: unknown,
    bytes: Uint8Array<ArrayBuffer>,
    allowance: Allowance | undefined,
  ): Promise<Reply> {
    const served = this.#open()
    allowance?.enter(0)
    try {
      return await method(served, fieldsOf(args, 'arguments'), bytes)
    } finally {
      allowance?.leave(0)
    }
  }

  #appendAll(at: number, table: unknown, bytes: Uint8Array<ArrayBuffer>): void {
    const rows = rowsOf(table, appendWidth, 'appends')
    const walk = new PayloadWalk(bytes, at)
    for (let row = 0; row < rows.length; row += appendWidth) {
      const id = countOf(rows[row], 'an append of id')
      const payload = walk.take(rows[row + 1])
      this.#append(id, entryOf(payload, rows[row + 2]!, rows[row + 3]!), rows[row + 4] === 1)
    }
  }

  #append(id: number, { payload, ...entry }: BatchEntry, isCancellable: boolean): void {
    const { length } = payload
    try {
      const { log } = this.#open()
      this.#writing.enter(length)
      const options = isCancellable ? { ...entry, signal: this.#cancelOf(id) } : entry
      // Neither of the two can throw, and whoever is told has nothing to add.
      void log.append(payload, options).then(
        (sequence) => { this.#appended(id, length, sequence) },
        (error: unknown) => { this.#notAppended(id, length, error) },
      )
    } catch (error) {
      this.#peer.refuse(id, error)
    }
  }

  #appended(id: number, bytes: number, sequence: number): void {
    this.#left(id, bytes)
    if (!this.#peer.isOver) this.#peer.outbox.appended(id, sequence)
  }

  #notAppended(id: number, bytes: number, error: unknown): void {
    this.#left(id, bytes)
    this.#peer.refuse(id, error)
  }

  #left(id: number, bytes: number): void {
    this.#cancels.delete(id)
    this.#writing.leave(bytes)
  }

  async #appendBatch(args: Fields, bytes: Uint8Array<ArrayBuffer>): Promise<Reply> {
    const { log } = this.#open()
    const { id } = args
    const entries = entriesOf(args, bytes)
    const length = entries.reduce((sum, { payload }) => sum + payload.length, 0)
    this.#writing.enter(length)
    const options: AppendOptions = id === undefined ? {} : { signal: this.#cancelOf(countOf(id, 'a batch of id')) }
    try {
      const range = await log.appendBatch(entries, options)
      return () => range
    } finally {
      this.#left(id as number, length)
    }
  }

  #cancelOf(id: number): Cancel {
    const cancel = new Cancel()
    this.#cancels.set(id, cancel)
    return cancel
  }

  #shutDown(isAskedByClient: boolean): Promise<void> {
    this.#closing ??= this.#endAll(isAskedByClient)
    return this.#closing
  }

  async #endAll(isAskedByClient: boolean): Promise<void> {
    // States and recoveries that need the client come to their end by that.
    this.#peer.giveUp(letGo('the connection'))
    await this.#release()
    if (isAskedByClient && this.#ownsLog) await this.#log?.close()
  }

  /** Lets go of everything that the client had of the log. */
  async #release(): Promise<void> {
    await this.#iterators.closeAll()
    await Promise.all([this.#writing.settled(), this.#reading.settled()])
    if (this.#peer.isOver) this.#closed.resolve(undefined)
  }
}
