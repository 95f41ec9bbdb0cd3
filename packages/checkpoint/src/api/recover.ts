import { VarveError } from '@varve/codec'
import type { Log, LogRecord, SynchronousLog } from '@varve/segments'
import type { Runtime } from '@varve/storage'
import type { ChunkSource } from '../read/chunk-source.ts'
import { recoverState, type CheckpointInfo, type CheckpointRecovery } from '../recover.ts'

/** How a state is made from a checkpoint and records. */
export interface RecoverOptions {
  /**
   * Makes the state that a checkpoint holds, from chunks of at most 64 KiB that are the caller's own. Called once or
   * not at all, before any record is applied. What it does not read is left out.
   */
  readonly restore: (state: AsyncIterable<Uint8Array<ArrayBuffer>>, info: CheckpointInfo) => unknown
  /** Applies one record to the state. The next one comes when the promise that this returns, if any, has resolved. */
  readonly apply: (record: LogRecord) => unknown
}

/** As {@link RecoverOptions}, where nothing waits. */
export interface RecoverSyncOptions {
  /** As in {@link RecoverOptions}. */
  readonly restore: (state: Iterable<Uint8Array<ArrayBuffer>>, info: CheckpointInfo) => unknown
  /** Applies one record to the state. */
  readonly apply: (record: LogRecord) => unknown
}

/**
 * Makes the state of a log that was just opened: restores its newest checkpoint that is whole, and applies every record
 * behind it, in order, up to the log's `lastSequence` at the call. Without a checkpoint it applies all records.
 *
 * A checkpoint is read to its end before `restore` sees a byte of it. One that is damaged or missing is reported, and
 * the one before is taken. A log that is open for writing is rid of the files that interrupted publishes left; one that
 * was opened with `readOnly` is left as it is.
 *
 * @throws VarveError (as a rejection) `CORRUPT`: no checkpoint is left and records are missing without one, or a
 * checkpoint lies beyond the log; `context` names the files and the records at stake. `UNSUPPORTED_FORMAT`,
 * `FOREIGN_FILE`, `IO`, `RECLAIMED`. What `restore` and `apply` throw, as it is.
 *
 * @example
 * const accounts = new Map()
 * const { checkpoint, records } = await recover(log, {
 *   restore: async (state) => { for await (const chunk of state) parser.push(chunk) },
 *   apply: ({ payload }) => { transfer(accounts, payload) },
 * })
 */
export async function recover(log: Log, options: RecoverOptions): Promise<CheckpointRecovery> {
  const { procedures } = log
  const { restore, apply } = options
  return await procedures.runtime.run(
    recoverState(procedures, {
      restore: (state, info) => restore(chunksOf(procedures.runtime, state), info),
      apply: (record) => apply(record),
    }),
  )
}

/**
 * As {@link recover}, on a log of `openLogSync`.
 *
 * @throws VarveError as `recover` rejects; `INVALID_ARGUMENT` where `restore` or `apply` returns a promise.
 */
export function recoverSync(log: SynchronousLog, options: RecoverSyncOptions): CheckpointRecovery {
  const { procedures } = log
  const { restore, apply } = options
  // The driver has run the procedure to its end: what comes back is a value.
  return procedures.runtime.run(
    recoverState(procedures, {
      restore: (state, info) => { mustBeDone('restore', restore(chunksOfSync(procedures.runtime, state), info)) },
      apply: (record) => { mustBeDone('apply', apply(record)) },
    }),
  ) as CheckpointRecovery
}

async function* chunksOf(
  runtime: Runtime,
  state: ChunkSource,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  for (;;) {
    const chunk = await runtime.run(state.next())
    if (chunk === undefined) return
    yield chunk
  }
}

function* chunksOfSync(runtime: Runtime, state: ChunkSource): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  for (;;) {
    const chunk = runtime.run(state.next()) as Uint8Array<ArrayBuffer> | undefined
    if (chunk === undefined) return
    yield chunk
  }
}

/** A promise that nobody waits for would let the next record overtake this one. */
function mustBeDone(call: string, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('then' in result)) return
  throw new VarveError('INVALID_ARGUMENT', `${call} returned a promise, which recoverSync cannot wait for; use recover`)
}
