import { VarveError } from '@varve/codec'
import type { Visibility } from '../api/options.ts'
import type { CancelSignal } from '../signal.ts'

/** What to follow, and until when. */
export interface TailOptions {
  /** The first record. Default: the next one after the last that is visible. Below the floor: `RECLAIMED`. */
  readonly from?: number
  /** Ends the tail with `ABORTED`. */
  readonly signal?: CancelSignal
  /** Default: as for `read`. */
  readonly visibility?: Visibility
  /**
   * Only for a log that was opened with `readOnly`: how often to look at what another process appends, in milliseconds
   * from 1. Default 50. Where the storage tells of changes (`watch`), 20 times as seldom, for a hint may not come. The
   * timer keeps a process alive that does nothing else.
   */
  readonly pollMs?: number
}

/** How the log that is followed has ended, if it has. */
export interface LogEnd {
  readonly isOver: boolean
  /** The failure that poisoned it. */
  readonly failure: VarveError | undefined
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkPollMs(pollMs: number): void {
  if (pollMs >= 1) return
  throw new VarveError('INVALID_ARGUMENT', `pollMs is ${pollMs}; it must be 1 or more`)
}

export function aborted(reason: unknown): VarveError {
  const message = 'the reader was aborted by its signal; begin another one where it stood'
  return new VarveError('ABORTED', message, {}, reason)
}
