import { openLog, openReplica, promoteReplica, type Log } from '@varve/segments'
import type { LogStorage } from '@varve/storage'
import {
  copyCheckpoints,
  createCheckpointPublisher,
  recover,
  type CheckpointCopy,
  type CheckpointRecovery,
} from '../../src/index.ts'
import { bytes, geometry } from './programs.ts'

/** Appends a record, and publishes the state behind it. */
export async function step(log: Log, keep = 2): Promise<void> {
  const sequence = await log.append(new Uint8Array(20))
  await createCheckpointPublisher(log, { keep }).publish(bytes(`state ${sequence}`))
}

/** Brings a replica up to date with its log. */
export async function follow(log: Log, target: LogStorage): Promise<void> {
  const replica = await openReplica({ storage: target, readBytes: 4096 })
  await replica.receive(log.stream({ from: replica.position }))
  await replica.close()
}

/** Copies the checkpoints of a log to where a replica of it lies. */
export async function copyTo(log: Log, target: LogStorage): Promise<CheckpointCopy> {
  const replica = await openLog({ ...geometry, storage: target, readOnly: true })
  try {
    return await copyCheckpoints(log, replica)
  } finally {
    await replica.close()
  }
}

/** What a replica is when it has become a log. */
export async function promoted(target: LogStorage): Promise<CheckpointRecovery & { readonly state: string }> {
  const log = await promoteReplica({ ...geometry, storage: target })
  let state = ''
  try {
    const report = await recover(log, {
      async restore(chunks) {
        for await (const chunk of chunks) state += Buffer.from(chunk).toString()
      },
      apply({ sequence }) { state += `, ${sequence}` },
    })
    return { ...report, state }
  } finally {
    await log.close()
  }
}
