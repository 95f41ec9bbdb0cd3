import { join } from 'node:path'
import { createCheckpointPublisher, openLog, recover, type Log } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import { takeTurns, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(1024).fill(7)
const batch = Array.from({ length: 1000 }, () => payload)
const state = new Uint8Array(65_536).fill(7)
/** What a checkpoint leaves to be replayed. */
const share = 0.01

/**
 * What a checkpoint near the end of a log is worth: opening the log and recovering from it, beside replaying only what
 * is behind it, and beside replaying everything. The log is the same for all, and has all of its records: the state
 * before the first one is published as well, so that none of them is given up.
 */
export const checkpointed: Measurement = { name: 'recovery from a checkpoint', run: measureCheckpointed }

async function measureCheckpointed({ directory, scale }: Place): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const sequence = await write(path, scale.checkpointedLogBytes)
  const opened = (use: (log: Log) => Promise<unknown>) => () =>
    timedWaiting(async () => {
      const log = await openLog(path)
      await use(log)
      await log.close()
    })
  const samples = await takeTurns(scale.reopens, {
    behind: opened((log) => log.replay(() => undefined, { from: sequence + 1 })),
    recover: opened((log) => recoverFrom(log, sequence)),
    all: opened((log) => log.replay(() => undefined)),
  })
  const mebibytes = Math.round(scale.checkpointedLogBytes / 2 ** 20)
  return rowsOf(`a log of ${mebibytes} MiB with a checkpoint of 64 KiB at 99 %, cached`, 'ms', 'durations', [
    { name: 'open, replay of the last 1 %, close', samples: samples.behind },
    { name: 'open, recover, close', samples: samples.recover },
    { name: 'open, replay of everything, close', samples: samples.all },
  ])
}

/** Writes the log and both checkpoints; returns the sequence of the newer one. */
async function write(path: string, bytes: number): Promise<number> {
  const log = await openLog(path, { durability: 'async' })
  const publisher = createCheckpointPublisher(log)
  await publisher.publish(new Uint8Array(0))
  while (log.lastSequence * payload.length < bytes) await log.appendBatch(batch)
  const sequence = Math.floor(log.lastSequence * (1 - share))
  await publisher.publish(state, { sequence })
  await log.close()
  return sequence
}

/** Fails where it did anything else than what is measured. */
async function recoverFrom(log: Log, sequence: number): Promise<void> {
  let restored = 0
  const { records } = await recover(log, {
    async restore(chunks) {
      for await (const chunk of chunks) restored += chunk.length
    },
    apply: () => undefined,
  })
  if (restored === state.length && records === log.lastSequence - sequence) return
  throw new Error(`${restored} bytes of state and ${records} records were recovered`)
}
