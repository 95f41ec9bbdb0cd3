import { join } from 'node:path'
import { connectLog, serveLog } from '@varve/port'
import { openLog, type Log } from 'varve'
import { compete, type Contestant } from '../contestant.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'

const payload = new Uint8Array(256).fill(7)
const callers = 1024
/** One after the other: what is measured is an append behind one of its own kind. */
const appendsPerTurn = 10
const direct = 'append'
const through = 'append over a MessageChannel'

/** What a port costs: the same appends, to a log of this thread and to one that is reached through a port. */
export const ports: Measurement = { name: 'port 256 B', run: measurePorts }

async function measurePorts({ directory, scale }: Place): Promise<readonly Row[]> {
  const one = await compete(scale.singles, await contestants(join(directory, 'one'), 1), appendsPerTurn)
  const tick = await compete(scale.cell, await contestants(join(directory, 'tick'), callers), 4)
  const group = `${callers.toLocaleString('en-US')} appends of 256 B in one turn of the event loop, through a port`
  return [
    ...rowsOf('one append of 256 B in async mode, through a port', 'µs', 'durations', measured(one, 1000)),
    ...rowsOf(group, 'ms', 'durations', measured(tick, 1)),
  ]
}

function measured(samples: ReadonlyMap<string, readonly number[]>, factor: number): Parameters<typeof rowsOf>[3] {
  return [...samples].map(([name, all]) => ({ name, samples: all.map((ms) => ms * factor) }))
}

/** In the async mode, where an append waits for no disk: what is left is what a port adds. */
async function contestants(directory: string, many: number): Promise<readonly Contestant[]> {
  const near = await openLog(join(directory, 'near'), { durability: 'async' })
  const far = await openLog(join(directory, 'far'), { durability: 'async' })
  const { port1, port2 } = new MessageChannel()
  serveLog(port1, far, { ownsLog: true })
  const client = await connectLog(port2)
  const appendAll = async (log: Pick<Log, 'append'>): Promise<unknown> =>
    await Promise.all(Array.from({ length: many }, () => log.append(payload)))
  const closeAll = async (): Promise<void> => {
    await client.close()
    port1.close()
  }
  return [
    { name: direct, work: () => appendAll(near), close: () => near.close() },
    { name: through, work: () => appendAll(client), close: closeAll },
  ]
}
