import { openLog, openLogSync, type Log, type LogProcedures, type SynchronousLog } from '@varve/segments'
import type { LogStorage, Procedure } from '@varve/storage'
import { copyListed, type CheckpointCopy } from '../copy.ts'
import { Shelf } from '../shelf.ts'

/**
 * Copies the checkpoint files that `log` lists into the storage of a replica of it: a stream has the records and the
 * list, and not the files. Call it after each publish, once the replica has received the records, and before the
 * replica reclaims. `recover` on the log that the replica is promoted to then begins with them.
 *
 * What is there and whole is left as it is. Each file is verified where it was copied to, and durable under its name
 * when this resolves. One whose records the replica does not have yet is `pending`: call again. What is older than all
 * that the replica lists is removed. A crash leaves a file under a temporary name at most, which the next call removes.
 * Publishes of the log wait meanwhile. Only one call at a time may copy to a storage, and only while it is a replica.
 *
 * @throws VarveError (as a rejection) `FOREIGN_FILE`: the storage holds a copy of another log, or one that was
 * promoted and has checkpoints of its own. `NO_SPACE`, `IO`, `UNSUPPORTED_FORMAT`, and what opening the copy throws.
 *
 * @example
 * await replica.receive(log.stream({ from: replica.position }))
 * const { present, pending } = await copyCheckpoints(log, storageOfReplica)
 * if (pending.length === 0) await replica.reclaim()
 */
export async function copyCheckpoints(log: Log, target: LogStorage): Promise<CheckpointCopy> {
  const { procedures } = log
  const copy = await openLog({ storage: target, readOnly: true, runtime: procedures.runtime })
  try {
    return await procedures.runtime.run(inTurn(procedures, copy.procedures))
  } finally {
    await copy.close()
  }
}

/** As {@link copyCheckpoints}, of a log of `openLogSync` to a storage that is synchronous. */
export function copyCheckpointsSync(log: SynchronousLog, target: LogStorage): CheckpointCopy {
  const { procedures } = log
  const copy = openLogSync({ storage: target, readOnly: true, runtime: procedures.runtime })
  try {
    return procedures.runtime.run(inTurn(procedures, copy.procedures)) as CheckpointCopy
  } finally {
    copy.closeSync()
  }
}

/** No publish of this process removes a file that is being copied. */
function inTurn(log: LogProcedures, copy: LogProcedures): Procedure<CheckpointCopy> {
  return Shelf.of(log).inTurn(() => copyListed(log, copy))
}
