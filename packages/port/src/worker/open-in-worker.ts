import { isVarveError, type EntryCodec } from '@varve/codec'
import type { CancelSignal } from '@varve/segments'
import { connectLog, type ConnectOptions } from '../client/connect-log.ts'
import type { ConnectedLog } from '../client/connected-log.ts'
import type { TypedConnectedLog } from '../client/typed-connected-log.ts'
import { deferred } from '../deferred.ts'
import type { PortLike } from '../port-like.ts'
import { joinTabs } from '../tabs/join-tabs.ts'
import { absenceOf } from '../tabs/presence.ts'
import { seamIfAny, type TabsSeam } from '../tabs/seam.ts'
import { workerName, type WorkerRequest } from './request.ts'

/** A worker as the page sees it. `Worker` fits, and that of `node:worker_threads`. */
export interface WorkerLike extends PortLike {
  terminate(): unknown
}

/** How a log is opened in a worker. */
export interface OpenInWorkerOptions extends Omit<ConnectOptions, 'lost'> {
  /** Starts the worker, whose script calls `serveWorker`. It may be called more than once. */
  readonly start: () => WorkerLike
  /** What the log is opened with there: plain data. */
  readonly log?: object
  /**
   * What happens when another tab has the log: `share` uses it through that tab, `exclusive` is `LOCKED`. Default
   * `share`, where the platform has what tabs need to meet.
   */
  readonly tabs?: 'share' | 'exclusive'
  /** How long to look for the tab that has it, in milliseconds. Default 5,000. */
  readonly joinMs?: number
  /** Where tabs meet. Default: the platform's own, if it has one. */
  readonly seam?: TabsSeam
}

/** As {@link OpenInWorkerOptions}, for a log whose records are entries of one kind. */
export interface TypedOpenInWorkerOptions<Entry> extends OpenInWorkerOptions {
  /** Turns entries into payloads and back, on this side. */
  readonly entry: EntryCodec<Entry>
}

type Opened = ConnectedLog | TypedConnectedLog<unknown>

/** How long one try to join may take: then the tab that had the log may be gone, and it can be opened here. */
const joinTryMs = 1000

/** The part of the platform that this uses; the same in browsers, Node, Bun and Deno. */
interface Platform {
  readonly AbortController: new () => { readonly signal: CancelSignal; abort(): void }
  readonly performance: { now(): number }
  readonly setTimeout: (task: () => void, delayMs: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
}

const platform = globalThis as unknown as Platform

/**
 * Opens the log of a directory in a worker of its own, or joins the tab that has it open. The worker ends when the log
 * is closed.
 *
 * The tab that opened a log is the leader of those that joined it. When the leader closes it, or is closed, their logs
 * fail (`failed` resolves, and what was in flight has an unknown outcome): they open it again, and one of them leads.
 *
 * @throws VarveError (as a rejection) as `openLog`; `LOCKED` when another tab has it and does not share it.
 *
 * @example
 * const start = () => new Worker(new URL('./log-worker.js', import.meta.url), { type: 'module' })
 * const log = await openInWorker('orders', { start })
 */
export function openInWorker<Entry>(
  directory: string,
  options: TypedOpenInWorkerOptions<Entry>,
): Promise<TypedConnectedLog<Entry>>
export function openInWorker(directory: string, options: OpenInWorkerOptions): Promise<ConnectedLog>
export async function openInWorker(directory: string, options: OpenInWorkerOptions): Promise<Opened> {
  const { seam = seamIfAny(), tabs = 'share', joinMs = 5000 } = options
  const shared = tabs === 'share' ? seam : undefined
  const until = platform.performance.now() + joinMs
  for (;;) {
    try {
      return await openHere(directory, options, seam, shared !== undefined)
    } catch (error) {
      if (shared === undefined || !isVarveError(error, 'LOCKED')) throw error
      const joined = await join(directory, options, shared)
      if (joined !== undefined) return joined
      if (platform.performance.now() >= until) throw error
    }
  }
}

async function openHere(
  directory: string,
  { start, log = {}, ...options }: OpenInWorkerOptions,
  seam: TabsSeam | undefined,
  isShared: boolean,
): Promise<Opened> {
  const presence = seam && workerName(directory, seam.randomId())
  const worker = start()
  const request: WorkerRequest = { varve: 'open', directory, options: log, isShared, presence }
  const death = deferred<undefined>()
  try {
    worker.postMessage(request, [])
    const opened = await connectLog(worker, { ...options, lost: death.promise })
    // It took its lock before it opened the log.
    if (seam !== undefined && presence !== undefined) {
      void absenceOf(seam.locks, presence).then(() => { death.resolve(undefined) })
    }
    return opened
  } catch (error) {
    worker.terminate()
    throw error
  }
}

/** Undefined if nobody answers, or whoever did is gone again. */
async function join(directory: string, options: OpenInWorkerOptions, seam: TabsSeam): Promise<Opened | undefined> {
  const giveUp = new platform.AbortController()
  const timer = platform.setTimeout(() => { giveUp.abort() }, joinTryMs)
  try {
    const tab = await joinTabs(directory, { signal: giveUp.signal, seam })
    try {
      const opened = await connectLog(tab.port, { ...options, lost: tab.lost })
      void opened.closed.then(() => { tab.close() })
      return opened
    } catch (error) {
      tab.close()
      throw error
    }
  } catch (error) {
    if (isVarveError(error, 'ABORTED') || isVarveError(error, 'CLOSED')) return undefined
    throw error
  } finally {
    platform.clearTimeout(timer)
  }
}
