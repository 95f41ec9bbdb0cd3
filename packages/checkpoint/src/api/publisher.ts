import { VarveError } from '@varve/codec'
import type { Log, LogProcedures, SynchronousLog } from '@varve/segments'
import type { Procedure } from '@varve/storage'
import { checkpointsMax, type KeptCheckpoint } from '../format/list.ts'
import type { PublishReport } from '../publish-report.ts'
import { publish } from '../publish.ts'
import { Shelf } from '../shelf.ts'
import {
  checkState,
  isAsyncIterable,
  Pieces,
  type CheckpointState,
  type SynchronousCheckpointState,
} from '../write/pieces.ts'

/** How a publisher works. */
export interface PublisherOptions {
  /**
   * How many checkpoints are kept, from 1 to 31; the log keeps every record behind the oldest of them, and gives none
   * up before there are so many. Default 2.
   */
  readonly keep?: number
}

/** What is said of one state. */
export interface PublishOptions {
  /**
   * The state is that of all records through this one; 0 is the state before the first. Default: the log's
   * `lastSequence` at the call.
   */
  readonly sequence?: number
}

const keepDefault = 2

/** Publishes checkpoints of one log. See {@link createCheckpointPublisher}. */
export class CheckpointPublisher {
  readonly #log: LogProcedures
  readonly #keep: number

  /** Use {@link createCheckpointPublisher}. */
  constructor(log: LogProcedures, options: PublisherOptions = {}) {
    this.#log = log
    this.#keep = checkKeep(options)
  }

  /** What the log keeps, durably, newest first. */
  list(): readonly KeptCheckpoint[] {
    return Shelf.of(this.#log).kept
  }

  /**
   * Writes `state` as the checkpoint of all records through `sequence`, and gives up what is not needed with it. When
   * it resolves, the checkpoint, its name, the list that names it and the floor are durable, and segments and
   * checkpoints that were only needed before are removed. Until then the log recovers from this checkpoint or from the
   * one before, whenever the power fails.
   *
   * Publishing what is there, whole and listed does not look at the state; what an earlier publish did not come to
   * remove is removed. Publishes of one log run one at a time, in the order of the calls; appends and readers go on.
   * The state must not wait for another publish.
   *
   * @throws VarveError (as a rejection) `INVALID_ARGUMENT`, `READ_ONLY`, `CLOSED`, `RECORD_TOO_LARGE` (the state takes
   * more than 32 GiB), `NO_SPACE`, `UNSUPPORTED_FORMAT`, `FOREIGN_FILE`, and whatever the state throws, as it is:
   * nothing was published. `POISONED`: the log has failed. `IO`: something could not be written or removed; if the
   * checkpoint is in {@link list}, it was published, and publishing it again removes the rest.
   *
   * @example
   * const publisher = createCheckpointPublisher(log)
   * const { sequence, reclaimed } = await publisher.publish(serialize(state))
   */
  async publish(state: CheckpointState, options: PublishOptions = {}): Promise<PublishReport> {
    checkState(state)
    return await this.#log.runtime.run(publication(this.#log, this.#keep, state, options))
  }
}

/** As {@link CheckpointPublisher}, for a synchronous log. */
export class SynchronousCheckpointPublisher {
  readonly #log: LogProcedures
  readonly #keep: number

  /** Use {@link createCheckpointPublisherSync}. */
  constructor(log: LogProcedures, options: PublisherOptions = {}) {
    this.#log = log
    this.#keep = checkKeep(options)
  }

  /** What the log keeps, durably, newest first. */
  list(): readonly KeptCheckpoint[] {
    return Shelf.of(this.#log).kept
  }

  /**
   * As {@link CheckpointPublisher.publish}; everything is done when it returns. From within the state of another
   * publish, or from `restore`, it throws `UNSUPPORTED`.
   */
  publishSync(state: SynchronousCheckpointState, options: PublishOptions = {}): PublishReport {
    checkState(state)
    if (isAsyncIterable(state)) {
      throw new VarveError(
        'INVALID_ARGUMENT',
        'a synchronous publisher cannot wait for a state; use createCheckpointPublisher with a log of openLog',
      )
    }
    // The driver has run the procedure to its end: what comes back is a value.
    return this.#log.runtime.run(publication(this.#log, this.#keep, state, options)) as PublishReport
  }
}

/**
 * Publishes checkpoints of `log`. Any number of publishers may be made of one log.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export function createCheckpointPublisher(log: Log, options?: PublisherOptions): CheckpointPublisher {
  return new CheckpointPublisher(log.procedures, options)
}

/** As {@link createCheckpointPublisher}, of a log of `openLogSync`. */
export function createCheckpointPublisherSync(
  log: SynchronousLog,
  options?: PublisherOptions,
): SynchronousCheckpointPublisher {
  return new SynchronousCheckpointPublisher(log.procedures, options)
}

/** What is asked for is fixed at the call, however long it waits for its turn. */
function publication(
  log: LogProcedures,
  keep: number,
  state: CheckpointState,
  { sequence = log.lastSequence }: PublishOptions,
): Procedure<PublishReport> {
  const shelf = Shelf.of(log)
  return shelf.inTurn(() => publish(log, shelf, { sequence, pieces: new Pieces(state), keep }))
}

function checkKeep({ keep = keepDefault }: PublisherOptions): number {
  if (Number.isInteger(keep) && keep >= 1 && keep <= checkpointsMax) return keep
  const message = `keep is ${keep}; it must be an integer from 1 to ${checkpointsMax}`
  throw new VarveError('INVALID_ARGUMENT', message, { keep })
}
