import { VarveError, wordToHex } from '@varve/codec'
import type { LogProcedures } from '@varve/segments'
import type { Gate, Procedure } from '@varve/storage'
import { decodeCheckpointList, type KeptCheckpoint } from './format/list.ts'
import { examine, isUnusable, type UnusableCheckpoint } from './read/verify.ts'

const shelves = new WeakMap<LogProcedures, Shelf>()

/**
 * The checkpoints of one open log, whoever in this process publishes or recovers: publishers of the same log share it,
 * so that none takes the file that another one is writing for an orphan.
 */
export class Shelf {
  /** What was kept when the log was opened and not written anew since: an earlier process had published it. */
  inherited: readonly KeptCheckpoint[]
  readonly #log: LogProcedures
  /** Open when whoever came last has ended. */
  #last: Gate | undefined
  /** Checkpoints that this process has written, or read from end to end; hardly more than are kept. */
  readonly #whole = new Set<string>()

  private constructor(log: LogProcedures) {
    this.#log = log
    this.inherited = decodeCheckpointList(log.checkpointList)
  }

  /** @throws VarveError as {@link decodeCheckpointList} */
  static of(log: LogProcedures): Shelf {
    const known = shelves.get(log)
    if (known !== undefined) return known
    const shelf = new Shelf(log)
    shelves.set(log, shelf)
    return shelf
  }

  /** What the log keeps, durably, newest first. */
  get kept(): readonly KeptCheckpoint[] {
    return decodeCheckpointList(this.#log.checkpointList)
  }

  /** Runs `procedure` when all that came before have ended: one at a time, in the order of the calls. */
  *inTurn<T>(procedure: () => Procedure<T>): Procedure<T> {
    const before = this.#last
    if (before?.isOpen === false && this.#log.runtime.kind === 'synchronous') throw withinItself()
    const own = this.#log.runtime.gate()
    this.#last = own
    try {
      if (before !== undefined) yield* before.wait()
      return yield* procedure()
    } finally {
      own.open()
    }
  }

  /** A checkpoint is durable under its name, which is young. */
  noteWritten(checkpoint: KeptCheckpoint): void {
    // What is not kept any more is never asked about again.
    const kept = new Set(this.kept.map(keyOf))
    for (const key of this.#whole) if (!kept.has(key)) this.#whole.delete(key)
    this.#whole.add(keyOf(checkpoint))
    this.inherited = this.inherited.filter(({ sequence }) => sequence !== checkpoint.sequence)
  }

  /** Whether a checkpoint can be used. Each is read once: what was whole is taken to be so until the log is closed. */
  *check(logId: Uint8Array<ArrayBuffer>, checkpoint: KeptCheckpoint): Procedure<UnusableCheckpoint | undefined> {
    if (this.#whole.has(keyOf(checkpoint))) return undefined
    const answer = yield* examine(this.#log, logId, checkpoint)
    if (isUnusable(answer)) return answer
    this.#whole.add(keyOf(checkpoint))
    return undefined
  }
}

function keyOf({ name, digest }: KeptCheckpoint): string {
  return `${name} ${wordToHex(digest)}`
}

function withinItself(): VarveError {
  return new VarveError(
    'UNSUPPORTED',
    'a publish or a recovery of this log is under way, and this call comes from its state, `restore` or `apply`; ' +
      'a synchronous log cannot do both at once: call it when the other has returned',
  )
}
