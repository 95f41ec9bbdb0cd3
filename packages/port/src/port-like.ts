/**
 * Something that carries messages between two sides, each of which sees what the other one posts. It is structural:
 * `MessagePort`, `Worker`, the global scope of a dedicated worker, `BroadcastChannel`, and `MessagePort` and `Worker`
 * of `node:worker_threads` all fit. It needs `addEventListener` or `on`, one of the two.
 *
 * Other messages may go through the same port: what does not come from this package is left alone.
 */
export interface PortLike {
  /** Transfers what is named, where the port can; a `BroadcastChannel` clones it. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener?(type: string, listener: (event: unknown) => void): void
  removeEventListener?(type: string, listener: (event: unknown) => void): void
  /** As an event emitter of Node. */
  on?(type: string, listener: (value: unknown) => void): unknown
  off?(type: string, listener: (value: unknown) => void): unknown
  /** A `MessagePort` delivers nothing before it is started. */
  start?(): void
}

/** What is heard of a port. */
export interface PortListener {
  readonly message: (data: unknown) => void
  /** The other side is gone, or something that it said is. */
  readonly lost: (reason: string, cause: unknown) => void
}

/**
 * Why a port is lost, by the event that says so. Workers have `error`, for what nobody caught or a script that could
 * not be loaded: nothing is expected of such a one any more. Those of Node have `exit`.
 */
const losses = {
  close: 'the port was closed',
  exit: 'the worker has ended',
  error: 'the other side has failed',
  messageerror: 'a message could not be read',
} as const

/** Begins to listen, at once: nothing that is posted from now on is missed. Returns what ends it. */
export function listen(port: PortLike, { message, lost }: PortListener): () => void {
  const isEmitter = port.addEventListener === undefined
  const handlers: [type: string, handler: (value: unknown) => void][] = [
    ['message', isEmitter ? message : (event): void => { message((event as { readonly data: unknown }).data) }],
    ...Object.entries(losses).map(([type, reason]): [string, (cause: unknown) => void] => [
      type,
      (cause) => { lost(reason, cause) },
    ]),
  ]
  for (const [type, handler] of handlers) {
    if (isEmitter) port.on?.(type, handler)
    else port.addEventListener?.(type, handler)
  }
  port.start?.()
  return () => {
    for (const [type, handler] of handlers) {
      if (isEmitter) port.off?.(type, handler)
      else port.removeEventListener?.(type, handler)
    }
  }
}
