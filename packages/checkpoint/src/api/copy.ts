import type { Log, LogProcedures, SynchronousLog } from '@varve/segments'
import type { Procedure } from '@varve/storage'
import { copyListed, type CheckpointCopy } from '../copy.ts'
import { Shelf } from '../shelf.ts'

/**
 * Copies the checkpoint files that `log` lists to a replica of it, opened with `readOnly`: a stream has the records and
 * the list, and not the files. Call it after each publish, once the replica has received the records, and before the
 * replica reclaims. `recover` on the log that the replica is promoted to then begins with them.
 *
 * What is there and whole is left as it is. Each file is verified where it was copied to, and durable under its name
 * when this resolves. One whose records `replica` does not show is `pending`: open it again later. What is older than
 * all that the replica lists is removed. A crash leaves a file under a temporary name at most, which the next call
 * removes. Publishes of the log wait meanwhile. Only one call at a time may copy to a replica, and none once it is
 * promoted.
 *
 * @throws VarveError (as a rejection) `INVALID_ARGUMENT`: `replica` is open for writing. `FOREIGN_FILE`: it is a copy
 * of another log, or one that was promoted and has checkpoints of its own. `NO_SPACE`, `IO`, `SHORT_READ`,
 * `UNSUPPORTED_FORMAT`.
 *
 * @example
 * await replica.receive(log.stream({ from: replica.position }))
 * await using copy = await openLog('./copy', { readOnly: true })
 * const { pending } = await copyCheckpoints(log, copy)
 * if (pending.length === 0) await replica.reclaim()
 */
export async function copyCheckpoints(log: Log, replica: Log): Promise<CheckpointCopy> {
  return await log.procedures.runtime.run(copying(log.procedures, replica.procedures))
}

/** As {@link copyCheckpoints}, of logs of `openLogSync`. */
export function copyCheckpointsSync(log: SynchronousLog, replica: SynchronousLog): CheckpointCopy {
  return log.procedures.runtime.run(copying(log.procedures, replica.procedures)) as CheckpointCopy
}

/** No publish of this process removes a file that is being copied. */
function copying(log: LogProcedures, replica: LogProcedures): Procedure<CheckpointCopy> {
  return Shelf.of(log).inTurn(() => copyListed(log, replica))
}
