import { isFields } from '../wire/check.ts'

/** What a page asks of the worker that it has started, before anything else. Plain data: it is posted. */
export interface WorkerRequest {
  readonly varve: 'open'
  readonly directory: string
  /** What the log is opened with. */
  readonly options: object
  /** Whether other tabs may use the log through this worker. */
  readonly isShared: boolean
  /** The lock by which the page knows that the worker lives; undefined where there are none. */
  readonly presence: string | undefined
}

/** Undefined for what is none. */
export function requestOf(data: unknown): WorkerRequest | undefined {
  if (!isFields(data) || data.varve !== 'open') return undefined
  const { directory, options, isShared, presence } = data
  if (typeof directory !== 'string' || !isFields(options) || typeof isShared !== 'boolean') return undefined
  if (presence !== undefined && typeof presence !== 'string') return undefined
  return { varve: 'open', directory, options, isShared, presence }
}

/** The lock of the worker that has a log, for the page that started it. */
export function workerName(directory: string, id: string): string {
  return `varve:${directory}:worker:${id}`
}
