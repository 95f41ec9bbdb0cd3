import { openLog, openLogSync, type LogStorage, type OpenOptions } from '../../src/node.ts'
import { payloadOf, unitAt } from './history.ts'

/** Small enough that the workload rotates. */
export const smallSegments: OpenOptions = { segmentBytes: 4096, blockBytes: 128 }

/** How many records the workload appends. */
const workloadRecords = 34

/** What a workload saw until it was over. */
export interface Course {
  /** Number of the last record that was acknowledged, with all before it. */
  readonly acknowledged: number
  /** What failed, in order, as `append: POISONED`. */
  readonly failures: readonly string[]
  /** What must not happen, such as an acknowledgement behind a failure. */
  readonly broken: readonly string[]
}

export type Workload = (storage: LogStorage) => Promise<Course>

class Observer {
  acknowledged = 0
  readonly failures: string[] = []
  readonly broken: string[] = []

  failed(what: string, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
    this.failures.push(`${what}: ${code}`)
    const isExplained = error instanceof Error && error.name === 'VarveError'
    if (!isExplained) this.broken.push(`${what} failed with ${String(error)}`)
  }

  succeeded(last: number): void {
    if (last < this.acknowledged) this.broken.push(`${last} was acknowledged behind ${this.acknowledged}`)
    if (this.failures.length > 0) this.broken.push(`${last} was acknowledged although ${this.failures.join(', ')}`)
    this.acknowledged = last
  }
}

function unitFrom(first: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: unitAt(first) }, (_, at) => payloadOf(first + at))
}

/** Appends the history: first one unit at a time, then all that is left at once; then a fence, then close. */
export async function appendAsynchronously(storage: LogStorage): Promise<Course> {
  const seen = new Observer()
  try {
    const log = await openLog({ storage, ...smallSegments })
    const append = async (first: number): Promise<void> => {
      const acknowledgement = log.appendBatch(unitFrom(first))
      await acknowledgement.then(
        ({ last }) => { seen.succeeded(last) },
        (error: unknown) => { seen.failed('append', error) },
      )
    }
    const rest: Promise<void>[] = []
    for (let first = 1; first <= workloadRecords; first += unitAt(first)) {
      const under = append(first)
      if (first < 20) await under
      else rest.push(under)
    }
    await Promise.all(rest)
    await log.sync().catch((error: unknown) => { seen.failed('sync', error) })
    await log.close().catch((error: unknown) => { seen.failed('close', error) })
  } catch (error) {
    seen.failed('open', error)
  }
  return seen
}

/** The same without an event loop. */
export async function appendSynchronously(storage: LogStorage): Promise<Course> {
  const seen = new Observer()
  const attempt = (what: string, action: () => void): void => {
    try {
      action()
    } catch (error) {
      seen.failed(what, error)
    }
  }
  attempt('open', () => {
    const log = openLogSync({ storage, ...smallSegments })
    for (let first = 1; first <= workloadRecords; first += unitAt(first)) {
      attempt('append', () => { seen.succeeded(log.appendBatchSync(unitFrom(first)).last) })
    }
    attempt('sync', () => { log.syncSync() })
    attempt('close', () => { log.closeSync() })
  })
  return await Promise.resolve(seen)
}
