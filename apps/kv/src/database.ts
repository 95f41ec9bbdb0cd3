import { createCheckpointPublisher, openLog, recover, VarveError } from 'varve'
import type { CheckpointPublisher, LocatedOptions, Log } from 'varve'
import { OrderedMap, type Entry, type KeyRange } from './ordered-map.ts'
import { decodeEntries, encodeEntries } from './snapshot.ts'
import { Transaction, type Change } from './transaction.ts'

/** The record type of transactions: their changes as JSON. Others are left for what may come. */
const transactionType = 1

/** Where the database lies, and whatever else a log may be told. When the queue is full, transactions are refused. */
export interface DatabaseOptions extends Omit<LocatedOptions, 'readOnly'> {
  /** After so many bytes of transactions a checkpoint is written by itself. Default 4 MiB. */
  readonly checkpointBytes?: number
}

/** The entries as transaction number `sequence` left them. */
interface Version {
  readonly sequence: number
  readonly entries: OrderedMap
}

/** Opens the database in a directory or a storage, or begins one. Rejects as `openLog` and `recover` do. */
export async function openDatabase(where: string | DatabaseOptions): Promise<Database> {
  const options: DatabaseOptions = typeof where === 'string' ? { directory: where } : where
  const { checkpointBytes = 4 * 1024 * 1024, ...rest } = options
  // A record that waits for room has no number yet, and is no refused one: what comes next would not build on it.
  const log = await openLog({ ...rest, queue: { ...rest.queue, onFull: 'reject' } })
  try {
    let entries = OrderedMap.of([])
    let logBytes = 0
    await recover(log, {
      // Of the newest checkpoint that is whole. It replaces the state, whatever that was.
      restore: async (state) => { entries = await decodeEntries(state) },
      apply({ sequence, type, payload }) {
        if (type !== transactionType) throw new VarveError('UNSUPPORTED_FORMAT', `record ${sequence}: no transaction`)
        const changes = JSON.parse(new TextDecoder().decode(payload)) as Change[]
        for (const change of changes) entries = entries.with(...change)
        logBytes += payload.length
      },
    })
    return new Database(log, { sequence: log.lastSequence, entries }, logBytes, checkpointBytes)
  } catch (error) {
    await log.close()
    throw error
  }
}

/** An ordered map in memory. Every change is in a log before anybody sees it. */
export class Database {
  readonly #log: Log
  readonly #publisher: CheckpointPublisher
  readonly #checkpointBytes: number
  /** With all that was handed to the log: what the next transaction builds on. */
  #staged: Version
  /** With all that the log has acknowledged: what readers see. */
  #shown: Version
  /** Bytes of transactions since a checkpoint was begun. */
  #logBytes: number
  #lastAppend: Promise<unknown> = Promise.resolve()
  #lastCheckpoint: Promise<unknown> = Promise.resolve()
  /** Of the last checkpoint that was begun by itself and failed. */
  #failure: unknown = 'none'
  /** Why nothing is answered any more. */
  #end: VarveError | undefined

  constructor(log: Log, version: Version, logBytes: number, checkpointBytes: number) {
    this.#log = log
    this.#publisher = createCheckpointPublisher(log)
    this.#checkpointBytes = checkpointBytes
    this.#staged = this.#shown = version
    this.#logBytes = logBytes
    void log.failed.then((failure) => { this.#end ??= failure })
  }

  /** All entries as they are now, whatever is written later. */
  snapshot(): OrderedMap {
    if (this.#end !== undefined) throw this.#end
    return this.#shown.entries
  }

  get(key: string): string | undefined {
    return this.snapshot().get(key)
  }

  scan(range?: KeyRange): Generator<Entry, void, undefined> {
    return this.snapshot().scan(range)
  }

  put(key: string, value: string): Promise<void> {
    return this.batch([[key, value]])
  }

  delete(key: string): Promise<void> {
    return this.batch([[key]])
  }

  batch(changes: readonly Change[]): Promise<void> {
    return this.transaction((transaction) => { for (const change of changes) transaction.change(change) })
  }

  /**
   * Makes all changes of `work` or none, and resolves with what it returned when the log has acknowledged them. `work`
   * sees its own changes and those of all transactions before it; none comes between, because it is synchronous. If it
   * throws, nothing has happened. Rejects as `Log.append` does.
   */
  async transaction<T>(work: (transaction: Transaction) => T): Promise<T> {
    if (this.#end !== undefined) throw this.#end
    const before = this.#staged
    const transaction = new Transaction(before.entries)
    const result = work(transaction)
    const isAlone = this.#staged === before && !(result instanceof Promise)
    if (!isAlone) throw new VarveError('INVALID_ARGUMENT', 'a transaction must be synchronous, and hold no other one')
    // Whoever only reads may have read what is not acknowledged yet, and is not answered before it is.
    if (transaction.changes.length === 0) await this.#lastAppend
    else await this.#commit(transaction)
    return result
  }

  /** One record, so that a crash leaves all of it or nothing. */
  async #commit({ changes, entries }: Transaction): Promise<void> {
    const payload = new TextEncoder().encode(JSON.stringify(changes))
    const append = this.#log.append(payload, { type: transactionType })
    const version = { sequence: this.#log.lastSequence, entries }
    // A record that was refused got no number, and nothing may build on it.
    if (version.sequence > this.#staged.sequence) {
      this.#staged = version
      this.#lastAppend = append
    }
    await append
    // Acknowledgements come in the order of the log: what is shown never goes back.
    this.#shown = version
    this.#logBytes += payload.length
    // If this fails the log only stays longer, and it is tried again after as many bytes.
    if (this.#logBytes >= this.#checkpointBytes) this.checkpoint().catch((error: unknown) => { this.#failure = error })
  }

  /** Writes down what is acknowledged now, while writes go on. The next open begins there; the log before it can go. */
  async checkpoint(): Promise<void> {
    if (this.#end !== undefined) throw this.#end
    const { sequence, entries } = this.#shown
    if (sequence === 0) return
    this.#logBytes = 0
    const publish = this.#lastCheckpoint.then(() => this.#publisher.publish(encodeEntries(entries), { sequence }))
    this.#lastCheckpoint = publish.catch(() => undefined)
    await publish
  }

  stats(): { keys: number; transactions: number; logBytes: number; checkpointFailure: unknown } {
    const { sequence, entries } = this.#shown
    return { keys: entries.size, transactions: sequence, logBytes: this.#logBytes, checkpointFailure: this.#failure }
  }

  /** Waits for what is under way and gives the storage back. May be called again. */
  async close(): Promise<void> {
    this.#end ??= new VarveError('CLOSED', 'the database was closed; open it again')
    await this.#lastCheckpoint
    await this.#log.close()
  }
}
