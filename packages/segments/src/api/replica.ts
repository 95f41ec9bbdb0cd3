import { VarveError } from '@varve/codec'
import { asynchronousRuntime, synchronousRuntime, type MaybePromise, type Procedure } from '@varve/storage'
import type { ReplicaReport } from '../replica/open-replica.ts'
import { openReplicaSession, type ReplicaSession } from '../replica/session.ts'
import type { StreamChunk, StreamPosition } from '../stream/position.ts'
import { Log } from './log.ts'
import { checkSynchronous } from './open-sync.ts'
import { settle, type LogOptions, type LogSettings } from './options.ts'
import { openSession, poisonWhenLost, type Session } from './session.ts'
import { SynchronousLog } from './synchronous-log.ts'

/** What a replica needs and may be told; as for a log. */
export type ReplicaOptions = Pick<LogOptions, 'storage' | 'kernel' | 'readBytes' | 'ownsStorage' | 'runtime'>

/** A directory that receives the bytes of a log. Calls are carried out in their order. */
export class Replica {
  /** What opening found and did. */
  readonly report: ReplicaReport
  readonly #session: ReplicaSession
  readonly #settings: LogSettings
  #closing: Promise<void> | undefined

  /** Use {@link openReplica}. */
  constructor(session: ReplicaSession, settings: LogSettings) {
    this.#session = session
    this.#settings = settings
    this.report = session.report
  }

  /** Where the stream has to go on: pass it as `from`. Undefined while nothing has come. */
  get position(): StreamPosition | undefined {
    return this.#session.position
  }

  /** Everything before it is durable here, and stays. Undefined while nothing is. */
  get synced(): StreamPosition | undefined {
    return this.#session.synced
  }

  /** Oldest sequence number that the log promises, as far as it has been synced. */
  get floor(): number {
    return this.#session.floor
  }

  /**
   * Verifies a piece of a stream and hands it to the operating system; {@link sync} makes it durable.
   *
   * @throws VarveError (as a rejection) with nothing written: `INVALID_ARGUMENT` when it does not continue what is
   * here, `CORRUPT` when it was changed on its way, `FOREIGN_FILE` when source and replica are no copies of each other,
   * `UNSUPPORTED_FORMAT`, `CLOSED`. `POISONED`: an operation failed; close the replica and open it again.
   */
  async write(chunk: StreamChunk): Promise<void> {
    await this.#run(this.#session.write(chunk))
  }

  /** Makes everything written so far durable, and moves `synced` there. */
  async sync(): Promise<void> {
    await this.#run(this.#session.sync())
  }

  /**
   * Writes and syncs each piece before it asks for the next, until the stream ends. While it syncs, a source that
   * follows gathers what comes.
   *
   * @example
   * await replica.receive(log.stream({ from: replica.position, follow: true, signal }))
   */
  async receive(chunks: AsyncIterable<StreamChunk>): Promise<void> {
    for await (const chunk of chunks) {
      await this.write(chunk)
      await this.sync()
    }
  }

  /** Removes the segments wholly below the floor, oldest first; returns their names. The newest two always stay. */
  async reclaim(): Promise<readonly string[]> {
    return await this.#run(this.#session.reclaim())
  }

  /** Waits for what is under way and gives the lock back. What was not synced may be lost. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    await this.#run(this.#session.close())
  }

  #run<T>(procedure: Procedure<T>): MaybePromise<T> {
    return this.#settings.runtime.run(procedure)
  }
}

/** A replica whose every call does its work before it returns. See {@link Replica}. */
export class SynchronousReplica {
  readonly report: ReplicaReport
  readonly #session: ReplicaSession
  readonly #settings: LogSettings

  /** Use {@link openReplicaSync}. */
  constructor(session: ReplicaSession, settings: LogSettings) {
    this.#session = session
    this.#settings = settings
    this.report = session.report
  }

  get position(): StreamPosition | undefined {
    return this.#session.position
  }

  get synced(): StreamPosition | undefined {
    return this.#session.synced
  }

  get floor(): number {
    return this.#session.floor
  }

  writeSync(chunk: StreamChunk): void {
    this.#run(this.#session.write(chunk))
  }

  syncSync(): void {
    this.#run(this.#session.sync())
  }

  receiveSync(chunks: Iterable<StreamChunk>): void {
    for (const chunk of chunks) {
      this.writeSync(chunk)
      this.syncSync()
    }
  }

  reclaimSync(): readonly string[] {
    return this.#run(this.#session.reclaim())
  }

  closeSync(): void {
    this.#run(this.#session.close())
  }

  [Symbol.dispose](): void {
    this.closeSync()
  }

  #run<T>(procedure: Procedure<T>): T {
    return this.#settings.runtime.run(procedure) as T
  }
}

/**
 * Opens a directory that receives a log, or makes an empty one that. What lies behind the synced position is cut off
 * and comes again. Only `promoteReplica` makes it a log; until then `openLog` reads it with `readOnly`.
 *
 * @throws VarveError (as a rejection) `EXISTS` when the directory holds a log of its own; `LOCKED`, `CORRUPT`,
 * `UNSUPPORTED` on a storage with eventual names; `INVALID_ARGUMENT`, `IO`. Nothing is left locked.
 */
export async function openReplica(options: ReplicaOptions): Promise<Replica> {
  const settings = settle(options, options.runtime ?? asynchronousRuntime())
  const session = await settings.runtime.run(openReplicaSession(settings))
  poisonWhenLost(session, session.lock)
  return new Replica(session, settings)
}

/** As {@link openReplica}, without an event loop. The storage must be synchronous. */
export function openReplicaSync(options: ReplicaOptions): SynchronousReplica {
  checkSynchronous(options)
  const settings = settle(options, options.runtime ?? synchronousRuntime())
  const session = settings.runtime.run(openReplicaSession(settings)) as ReplicaSession
  poisonWhenLost(session, session.lock)
  return new SynchronousReplica(session, settings)
}

/**
 * Makes a replica a log, and opens it: everything that was synced, and what verifies behind it. It goes on in a segment
 * of its own with a higher epoch, so that what the old primary writes from then on is refused. If this fails or dies,
 * the replica is as it was, or promoted: call it again, and when it answers `NOT_FOUND` open the log.
 *
 * @throws VarveError (as a rejection) as `openLog`; `NOT_FOUND` when the directory is no replica, or nothing has come.
 */
export async function promoteReplica(options: LogOptions): Promise<Log> {
  const settings = settle(writable(options), options.runtime ?? asynchronousRuntime(), true)
  return new Log(await settings.runtime.run(openSession(settings)))
}

/** As {@link promoteReplica}, without an event loop. */
export function promoteReplicaSync(options: LogOptions): SynchronousLog {
  checkSynchronous(options)
  const settings = settle(writable(options), options.runtime ?? synchronousRuntime(), true)
  return new SynchronousLog(settings.runtime.run(openSession(settings)) as Session)
}

function writable(options: LogOptions): LogOptions {
  if (options.readOnly !== true) return options
  const message = 'a promotion writes: open the replica with openLog to read it, or leave readOnly out'
  throw new VarveError('INVALID_ARGUMENT', message, { option: 'readOnly' })
}
