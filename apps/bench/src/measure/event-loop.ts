import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLog, type Log, type OpenOptions } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Row } from '../row.ts'
import { bytesText } from '../sizes.ts'
import { longestTurn } from '../turn-watch.ts'
import { takeTurns } from '../turns.ts'
import { filledLog, readAll } from './reading.ts'

const payloadBytes = 256
const idleMs = 200

/** The longest that anything else in the process has to wait while a log is recovered, replayed or iterated. */
export const eventLoop: Measurement = { name: 'event loop', run: measureEventLoop }

async function measureEventLoop({ directory, scale }: Place): Promise<readonly Row[]> {
  const path = join(directory, 'log')
  const writer = await filledLog(path, payloadBytes, scale.loopLogBytes / payloadBytes)
  await writer.close()
  const opened = async (options: OpenOptions, use: (log: Log) => Promise<unknown>): Promise<number> => {
    const log = await openLog(path, options)
    const ms = await longestTurn(() => use(log))
    await log.close()
    return ms
  }
  const samples = await takeTurns(scale.reopens, {
    'nothing but the watch': () => longestTurn(() => sleep(idleMs)),
    'open, verify all': async () => {
      let log: Log | undefined
      const ms = await longestTurn(async () => { log = await openLog(path, { verify: 'all' }) })
      await log?.close()
      return ms
    },
    replay: () => opened({}, (log) => log.replay(() => undefined)),
    'for await … read()': () => opened({}, (log) => readAll(log.read())),
  })
  const measured = Object.entries(samples).map(([name, times], at) => ({
    name,
    samples: times,
    budget: at === 0 ? undefined : valueAtMost(10),
  }))
  return rowsOf(`longest turn of the event loop, ${bytesText(scale.loopLogBytes)}`, 'ms', 'durations', measured)
}
