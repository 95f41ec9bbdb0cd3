import { openLog, type ConnectedLog, type Durability } from 'varve'
import { logDirectory } from './logic/names.ts'

/** An open log, and the worker that has it, if this tab started it. */
export interface Connection {
  readonly log: ConnectedLog
  /** Whether the log is in a worker of this tab; otherwise it is used through the tab that leads. */
  readonly leads: boolean
  /** Ends the worker in the middle of whatever it does, as a crash would. */
  kill(): void
}

/** What a log is opened with here. */
export interface Opening {
  readonly durability: Durability
  /** Whether every byte is verified, or seals only. */
  readonly verify: 'seals' | 'all'
  readonly segmentBytes: number
}

/** Opens the log in a worker, or joins the tab that has it. */
export async function connect(options: Opening, directory = logDirectory): Promise<Connection> {
  let mine: Worker | undefined
  const start = (): Worker => {
    const worker = new Worker(new URL('./worker/log-worker.js', import.meta.url), { type: 'module', name: directory })
    const end = worker.terminate.bind(worker)
    // Whose log it is, `openLog` does not say; but it ends the worker when another tab turns out to have the log.
    const terminate = (): void => {
      mine = undefined
      end()
    }
    mine = Object.assign(worker, { terminate })
    return worker
  }
  const log = await openLog(directory, { ...options, worker: start })
  const worker = mine
  return { log, leads: worker !== undefined, kill: () => worker?.terminate() }
}
