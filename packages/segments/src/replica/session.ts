import { VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import { afterFailure } from '../after-failure.ts'
import { Exclusive } from '../exclusive.ts'
import type { StreamChunk, StreamPosition } from '../stream/position.ts'
import type { ReceiverParts } from './filling.ts'
import { openReplica, type OpenedReplica, type ReplicaReport } from './open-replica.ts'
import type { Receiver } from './receiver.ts'

/** What a replica is opened with, before it has an asynchronous or a synchronous face. */
export interface ReplicaParts extends ReceiverParts {
  /** Whether closing the replica closes the storage as well. */
  readonly ownsStorage: boolean
}

/** An open replica: one call after the other, and the lock. */
export class ReplicaSession {
  readonly report: ReplicaReport
  readonly lock: StorageLock
  readonly #receiver: Receiver
  readonly #parts: ReplicaParts
  readonly #turns: Exclusive
  #isClosed = false

  constructor(parts: ReplicaParts, lock: StorageLock, { receiver, report }: OpenedReplica) {
    this.#parts = parts
    this.lock = lock
    this.#receiver = receiver
    this.report = report
    this.#turns = new Exclusive(parts.runtime)
  }

  get position(): StreamPosition | undefined {
    return this.#receiver.position
  }

  get synced(): StreamPosition | undefined {
    return this.#receiver.synced
  }

  get floor(): number {
    return this.#receiver.floor
  }

  *write(chunk: StreamChunk): Procedure<void> {
    yield* this.#inTurn(() => this.#receiver.write(chunk))
  }

  *sync(): Procedure<void> {
    yield* this.#inTurn(() => this.#receiver.sync())
  }

  *reclaim(): Procedure<readonly string[]> {
    return yield* this.#inTurn(() => this.#receiver.reclaim())
  }

  /** Whatever is under way comes to its end; nothing is written after it. */
  poison(cause: VarveError): void {
    this.#receiver.poison(cause)
  }

  /** Waits for what is under way; the lock is given back whatever fails, and the storage if it is its own. */
  *close(): Procedure<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      yield* this.#turns.run(() => this.#receiver.close())
    } finally {
      yield* this.#giveBack()
    }
  }

  *#giveBack(): Procedure<void> {
    try {
      yield* io('release the lock', () => this.lock.release())
    } finally {
      if (this.#parts.ownsStorage) yield* io('close the storage', () => this.#parts.storage.close())
    }
  }

  *#inTurn<T>(step: () => Procedure<T>): Procedure<T> {
    if (this.#isClosed) throw new VarveError('CLOSED', 'the replica was closed; open it again')
    return yield* this.#turns.run(step)
  }
}

/** Takes the lock and opens the replica. If that fails, the lock is given back, and the storage if it is its own. */
export function* openReplicaSession(parts: ReplicaParts): Procedure<ReplicaSession> {
  const { storage } = parts
  try {
    const lock = yield* io('take the lock', () => storage.lock())
    return yield* openLocked(parts, lock)
  } catch (error) {
    if (parts.ownsStorage) yield* afterFailure(() => io('close the storage', () => storage.close()))
    throw error
  }
}

function* openLocked(parts: ReplicaParts, lock: StorageLock): Procedure<ReplicaSession> {
  try {
    return new ReplicaSession(parts, lock, yield* openReplica(parts))
  } catch (error) {
    yield* afterFailure(() => io('release the lock', () => lock.release()))
    throw error
  }
}
