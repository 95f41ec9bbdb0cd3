import { openInWorker, type WorkerLike } from '@varve/port'
import { openLog, openLogSync, opfsStorage, type Log } from 'varve/opfs'
import { blocking, compete, type Contestant } from '../contestant.ts'
import { ratioAtMost, rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { rawHandle } from './raw-handle.ts'

/** What is measured in a dedicated worker of a browser, and where. */
export interface BrowserPlace {
  readonly scale: Pick<Scale, 'singles' | 'cell'>
  /** Directory in the origin-private file system; nobody else uses it. */
  readonly directory: string
  /** Starts a worker that serves a log: see `varve/worker`. */
  readonly startWorker: () => WorkerLike
}

const payload = new Uint8Array(256).fill(7)
/** What the log writes for it: a frame. */
const framed = new Uint8Array(296).fill(7)
const together = 1024
/** One after the other: what is measured is an append behind one of its own kind. */
const appendsPerTurn = 10
const segmentBytes = 16 * 2 ** 20
/** Below it, a raw file is overwritten from its beginning again. */
const rawBytes = 4 * 2 ** 20
/** What an append may cost beside the bare calls of the browser. */
const aim = ratioAtMost(1.3)

/** What an append costs in a browser, beside the browser's own calls, and what a port adds. */
export async function measureInBrowser({ scale, directory, startWorker }: BrowserPlace): Promise<readonly Row[]> {
  const logs = await openLogs(directory, startWorker)
  const raw = await rawHandle(`${directory}-raw`, rawBytes)
  const { near, synchronous, far } = logs
  const writeAndFlush = blocking('write and flush of a handle', () => { raw.writeAndFlush(framed) }, () => undefined)
  const one = await compete(
    scale.singles,
    [
      writeAndFlush,
      blocking('appendSync', () => { synchronous.appendSync(payload) }, () => undefined),
      { name: 'append', work: () => near.append(payload), close: () => undefined },
      { name: 'append from another thread', work: () => far.append(payload), close: () => undefined },
    ],
    appendsPerTurn,
  )
  const tick = await compete(
    scale.cell,
    [
      contestant('1,024 appends', near),
      contestant('1,024 appends from another thread', far),
    ],
    2,
  )
  raw.close()
  await logs.close()
  const budgets: Readonly<Record<string, typeof aim>> = { appendSync: aim, append: aim }
  const measured = (samples: ReadonlyMap<string, readonly number[]>, factor: number): Parameters<typeof rowsOf>[3] =>
    [...samples].map(([name, all]) => ({ name, samples: all.map((ms) => ms * factor), budget: budgets[name] }))
  return [
    ...rowsOf('one append of 256 B in sync mode, in a worker of a browser', 'µs', 'durations', measured(one, 1000)),
    ...rowsOf('1,024 appends of 256 B in one turn of its event loop', 'ms', 'durations', measured(tick, 1)),
  ]
}

function contestant(name: string, log: Pick<Log, 'append'>): Contestant {
  const work = async (): Promise<unknown> =>
    await Promise.all(Array.from({ length: together }, () => log.append(payload)))
  return { name, work, close: () => undefined }
}

interface Logs {
  readonly near: Log
  readonly synchronous: ReturnType<typeof openLogSync>
  /** In a worker of its own. */
  readonly far: Awaited<ReturnType<typeof openInWorker>>
  close(): Promise<void>
}

async function openLogs(directory: string, startWorker: () => WorkerLike): Promise<Logs> {
  const near = await openLog(`${directory}/near`, { segmentBytes })
  const storage = opfsStorage({ directory: `${directory}/sync`, synchronous: true })
  await storage.ready()
  const synchronous = openLogSync({ storage, segmentBytes })
  const far = await openInWorker(`${directory}/far`, { start: startWorker, log: { segmentBytes }, tabs: 'exclusive' })
  const close = async (): Promise<void> => {
    await near.close()
    synchronous.closeSync()
    await storage.close()
    await far.close()
  }
  return { near, synchronous, far, close }
}
