import type { EntryCodec } from '@varve/codec'
import { batchBytesDefault, type PortLimits } from '../limits.ts'
import type { PortLike } from '../port-like.ts'
import { ConnectedLog } from './connected-log.ts'
import { Line } from './line.ts'
import { TypedConnectedLog } from './typed-connected-log.ts'

/** How a client uses a log. */
export interface ConnectOptions extends Partial<Pick<PortLimits, 'maxBytes' | 'maxCalls'>> {
  /**
   * What `append` does when so much is in flight that the window is full: `wait` lets the call wait for its turn,
   * first come, first served, and holds its payload by reference until then, uncopied. `reject` refuses it with
   * `BACKPRESSURE`, at once. Default `wait`. The window is the smaller one of what both sides allow.
   */
  readonly onFull?: 'wait' | 'reject'
  /** Bytes of records that an iterator fetches at a time, up to 1 MiB. Default 64 KiB. Two such batches are here. */
  readonly batchBytes?: number
  /** Resolves, or rejects, when the other side is gone, where the port cannot tell. */
  readonly lost?: PromiseLike<unknown>
}

/** As {@link ConnectOptions}, for a log whose records are entries of one kind. */
export interface TypedConnectOptions<Entry> extends ConnectOptions {
  /** Turns entries into payloads and back, on this side. */
  readonly entry: EntryCodec<Entry>
}

/**
 * Connects to the log that `serveLog` serves on the other side of `port`. It may be called before that. With `entry`,
 * the log is typed. The port stays the caller's: closing the log ends the connection and does not close the port.
 *
 * @throws VarveError (as a rejection) `UNSUPPORTED`: the other side speaks another version. `CLOSED`: it is gone.
 * `INVALID_ARGUMENT`. What `openLog` on the other side was rejected with.
 *
 * @example
 * const worker = new Worker(new URL('./log-worker.js', import.meta.url), { type: 'module' })
 * await using log = await connectLog(worker)
 * await log.append(new Uint8Array([1, 2, 3]))
 */
export function connectLog<Entry>(
  port: PortLike,
  options: TypedConnectOptions<Entry>,
): Promise<TypedConnectedLog<Entry>>
export function connectLog(port: PortLike, options?: ConnectOptions): Promise<ConnectedLog>
export async function connectLog<Entry>(
  port: PortLike,
  options: ConnectOptions | TypedConnectOptions<Entry> = {},
): Promise<ConnectedLog | TypedConnectedLog<Entry>> {
  const { onFull = 'wait', lost, batchBytes = batchBytesDefault } = options
  const line = new Line(port, { ...options, onFull, lost })
  const log = new ConnectedLog(line, await line.welcomed, batchBytes)
  const { entry } = options as Partial<TypedConnectOptions<Entry>>
  return entry === undefined ? log : new TypedConnectedLog(log, entry)
}
