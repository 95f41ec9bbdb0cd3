import type { LogOptions, LogStorage } from 'varve'

/** Somewhere to write to. */
export interface Sink {
  readonly isTerminal: boolean
  /** Width in characters; undefined where there is none. */
  readonly columns: number | undefined
  /** Resolves when more may be written. Rejects as the system does: with `EPIPE` when nobody reads any more. */
  write(data: string | Uint8Array): Promise<void>
}

/** Where input comes from. */
export interface Source extends AsyncIterable<Uint8Array> {
  readonly isTerminal: boolean
}

/** Everything outside of the commands, so that tests can stand in for it. */
export interface System {
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the user presses Ctrl-C. */
  readonly interrupt: AbortSignal
  /** Milliseconds since 1970. */
  now(): number
  /** Storage of a directory. Nothing is created before something is written. */
  storage(directory: string): LogStorage
  /** Clock and chance of the log; by default those of the platform. */
  readonly runtime?: LogOptions['runtime']
}
