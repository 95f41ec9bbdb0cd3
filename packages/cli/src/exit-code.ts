import type { VarveErrorCode } from 'varve'

/** What the shell is told. The same table stands in README.md and in `varve help exit-codes`. */
export const exitCode = {
  fine: 0,
  notice: 1,
  corrupt: 2,
  usage: 3,
  locked: 4,
  notALog: 5,
  io: 6,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Each code with what it means, for people. */
export const exitCodes: readonly (readonly [code: ExitCode, means: string])[] = [
  [0, 'all is well, and what was asked for was done'],
  [1, 'something to know: a torn tail, a record that is not there, a plan that nothing was done about'],
  [2, 'corrupt: something that had been durable is damaged or missing'],
  [3, 'the command line cannot be understood, or asks for what cannot be done'],
  [4, 'another process has the lock'],
  [5, 'not a log, not found, or written by a newer version'],
  [6, 'reading, writing or syncing failed, or there is no space'],
  [130, 'interrupted by Ctrl-C'],
]

const byError: Readonly<Record<VarveErrorCode, ExitCode>> = {
  INVALID_ARGUMENT: exitCode.usage,
  RECORD_TOO_LARGE: exitCode.usage,
  READ_ONLY: exitCode.usage,
  EXISTS: exitCode.usage,
  LOCKED: exitCode.locked,
  NOT_FOUND: exitCode.notALog,
  NOT_A_LOG: exitCode.notALog,
  FOREIGN_FILE: exitCode.notALog,
  UNSUPPORTED_FORMAT: exitCode.notALog,
  UNSUPPORTED: exitCode.notALog,
  CORRUPT: exitCode.corrupt,
  TORN_TAIL: exitCode.notice,
  RECLAIMED: exitCode.notice,
  ABORTED: exitCode.interrupted,
  IO: exitCode.io,
  NO_SPACE: exitCode.io,
  SHORT_READ: exitCode.io,
  POISONED: exitCode.io,
  CLOSED: exitCode.io,
  BACKPRESSURE: exitCode.io,
  STORAGE_IS_ASYNC: exitCode.io,
}

export function exitCodeOf(code: VarveErrorCode): ExitCode {
  return byError[code]
}
