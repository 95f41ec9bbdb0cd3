import type { Log } from '@varve/segments'
import { limitsOf, type PortLimits } from '../limits.ts'
import type { PortLike } from '../port-like.ts'
import { Connection } from './connection.ts'

/** How a log is served through one port. */
export interface ServeOptions extends Partial<PortLimits> {
  /**
   * Whether the client's `close` closes the log as well, and waits for that. Default false: it ends the connection. A
   * connection that is lost closes nothing.
   */
  readonly ownsLog?: boolean
  /** Resolves, or rejects, when the client is gone, where the port cannot tell. */
  readonly lost?: PromiseLike<unknown>
}

/** A log that is served to one client. */
export interface LogServer extends AsyncDisposable {
  /** Resolves when the connection is over, whoever ended it, and no iterator or call of it is left. */
  readonly closed: Promise<void>
  /** Answers what was asked, ends the connection, and leaves log and port as they are. May be called again. */
  close(): Promise<void>
}

/**
 * Serves `log` to whoever calls `connectLog` on the other side of `port`: one client. Any number of ports may serve one
 * log; all of them append through its one writer, each in the order of its calls.
 *
 * Give it the promise of a log, and call it before anything is awaited: it listens at once, so that nothing is missed
 * that a client says while the log is being opened. If that fails, the client is told why.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 *
 * @example
 * // In the worker:
 * const server = serveLog(self, openLog({ storage }), { ownsLog: true })
 * await server.closed
 */
export function serveLog(port: PortLike, log: Log | PromiseLike<Log>, options: ServeOptions = {}): LogServer {
  const { ownsLog = false, lost } = options
  const connection = new Connection(port, limitsOf(options, undefined), ownsLog, lost)
  if ('then' in log) log.then((opened) => { connection.use(opened) }, (error: unknown) => { connection.refuse(error) })
  else connection.use(log)
  return {
    closed: connection.closed,
    close: () => connection.close(),
    [Symbol.asyncDispose]: () => connection.close(),
  }
}
