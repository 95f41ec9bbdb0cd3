import type { Log } from '@varve/segments'
import { listen, type PortLike } from '../port-like.ts'
import { serveLog } from '../server/serve-log.ts'
import { hostTabs, type TabsHost } from '../tabs/host-tabs.ts'
import { bePresent } from '../tabs/presence.ts'
import { seamIfAny, type TabsSeam } from '../tabs/seam.ts'
import { requestOf, type WorkerRequest } from './request.ts'

/** The inside of a worker: the global scope of a dedicated worker fits, and `parentPort` of `node:worker_threads`. */
export interface WorkerScope extends PortLike {
  /** Ends the worker. */
  close?(): void
}

/** How a worker serves. */
export interface ServeWorkerOptions {
  /**
   * Opens the log of a directory, with the options that the page gave: plain data, not checked. The log is closed when
   * the page closes it.
   */
  readonly open: (directory: string, options: object) => Promise<Log>
  /** Where tabs meet. Default: the platform's own, if it has one. */
  readonly seam?: TabsSeam
}

/**
 * The inside of a worker that `openInWorker` starts: opens the log that the page asks for, serves it to the page, and
 * to the tabs that share it. The worker ends when the page has closed the log. Call it before anything is awaited.
 *
 * @example
 * serveWorker(self, { open: (directory, options) => openLog({ ...options, storage: opfsStorage({ directory }) }) })
 */
export function serveWorker(scope: WorkerScope, options: ServeWorkerOptions): void {
  const stop = listen(scope, {
    message(data) {
      const request = requestOf(data)
      if (request === undefined) return
      // What the page says next is for the log.
      stop()
      void serve(scope, request, options)
    },
    lost() {},
  })
}

async function serve(
  scope: WorkerScope,
  { directory, options, isShared, presence }: WorkerRequest,
  { open, seam = seamIfAny() }: ServeWorkerOptions,
): Promise<void> {
  let host: TabsHost | undefined
  const opening = async (): Promise<Log> => {
    if (seam !== undefined && presence !== undefined) await bePresent(seam.locks, presence)
    const log = await open(directory, options)
    if (seam !== undefined && isShared) host = await hostTabs(directory, log, { seam })
    return log
  }
  const server = serveLog(scope, opening(), { ownsLog: true })
  await server.closed
  await host?.close()
  scope.close?.()
}
