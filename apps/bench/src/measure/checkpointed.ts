import { join } from 'node:path'
import { openLog, type Log } from 'varve'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { takeTurns, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(1024).fill(7)
const batch = Array.from({ length: 1000 }, () => payload)
/** What a checkpoint leaves to be replayed. */
const share = 0.01

/**
 * What a checkpoint near the end of a log is worth: opening the log and replaying what is behind it, beside replaying
 * everything. Where `recover` reads the checkpoint itself, it takes the place of {@link replayBehind}.
 */
export async function measureCheckpointed(directory: string, scale: Scale): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const written = await openLog(path, { durability: 'async' })
  while (written.lastSequence * payload.length < scale.checkpointedLogBytes) await written.appendBatch(batch)
  const { lastSequence } = written
  await written.close()
  const from = Math.floor(lastSequence * (1 - share)) + 1
  const opened = (replay: (log: Log) => Promise<number>) => () =>
    timedWaiting(async () => {
      const log = await openLog(path)
      await replay(log)
      await log.close()
    })
  const samples = await takeTurns(scale.reopens, {
    behind: opened((log) => replayBehind(log, from)),
    all: opened((log) => replayBehind(log, 1)),
  })
  const opening = await openLog(path)
  const replays = await takeTurns(scale.reopens, { behind: () => timedWaiting(() => replayBehind(opening, from)) })
  await opening.close()
  const mebibytes = Math.round(scale.checkpointedLogBytes / 2 ** 20)
  return rowsOf(`a log of ${mebibytes} MiB with a checkpoint at 99 %, cached`, 'ms', 'durations', [
    { name: 'replay of the last 1 %, log open', samples: replays.behind },
    { name: 'open, replay of the last 1 %, close', samples: samples.behind },
    { name: 'open, replay of everything, close', samples: samples.all },
  ])
}

async function replayBehind(log: Log, from: number): Promise<number> {
  return await log.replay(() => undefined, { from })
}
