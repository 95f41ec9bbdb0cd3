import { VarveError } from '@varve/codec'
import {
  openInWorker,
  type ConnectedLog,
  type OpenInWorkerOptions,
  type TypedConnectedLog,
  type TypedOpenInWorkerOptions,
  type WorkerLike,
} from '@varve/port'
import type { OpenOptions, Typed } from './options.ts'

/** Of a log in a worker: what it is opened with, what of that stays with the page, and where the worker comes from. */
export interface WorkerOptions
  extends Omit<OpenOptions, 'observer' | 'runtime' | 'readOnly'>,
    Pick<OpenInWorkerOptions, 'onFull' | 'maxBytes' | 'maxCalls' | 'tabs' | 'joinMs'> {
  /**
   * Starts the worker. Default: from a `Blob` that has the script in it. Where a content security policy forbids that,
   * pass `() => new Worker(new URL('./my-worker.js', import.meta.url), { type: 'module' })`, of a file of your own that
   * imports `varve/worker`.
   */
  readonly worker?: () => WorkerLike
}

interface Platform {
  readonly Worker?: new (url: string, options: { readonly name: string }) => WorkerLike
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => unknown
  readonly URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void }
}

/** Opens the log of a directory in a worker, or joins the tab that has it. */
export async function openDirectory(
  directory: string,
  options: WorkerOptions | Typed<WorkerOptions, unknown>,
): Promise<ConnectedLog | TypedConnectedLog<unknown>> {
  const { worker, onFull, maxBytes, maxCalls, tabs, joinMs, ...rest } = options
  const { entry, ...log } = rest as Partial<Typed<OpenOptions, unknown>>
  const given = { onFull, maxBytes, maxCalls, tabs, joinMs, entry }
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const start = worker ?? (await inlinedWorker(globalThis as unknown as Platform, directory))
  return await openInWorker(directory, { ...chosen, log, start } as TypedOpenInWorkerOptions<unknown>)
}

/** Starts workers whose script comes with the library: no file has to be found, whatever a bundler does. */
async function inlinedWorker({ Worker, Blob, URL }: Platform, directory: string): Promise<() => WorkerLike> {
  // Most of what a page loads, and nothing to who has a worker of their own.
  const { workerSource } = await import('./worker-source.ts')
  if (Worker === undefined || workerSource === undefined) {
    const lacks = Worker === undefined ? 'this platform has no workers' : 'this build has no worker in it'
    throw new VarveError('UNSUPPORTED', `${lacks} to open '${directory}' in; pass a storage or a worker in the options`)
  }
  return () => {
    const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
    try {
      return new Worker(url, { name: `varve ${directory}` })
    } finally {
      // What it names is fetched already, or as good as.
      URL.revokeObjectURL(url)
    }
  }
}
