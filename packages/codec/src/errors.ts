/**
 * What can go wrong, as the caller sees it. Each code says what to do next.
 *
 * - `INVALID_ARGUMENT`: a value passed in is out of range. Nothing was changed; correct the call.
 * - `CLOSED`: the log, file or storage was closed. Open it again.
 * - `POISONED`: an earlier write or sync failed; the outcome of what was pending is unknown. Close, then open again:
 *   recovery finds out what is there. `cause` has the first failure.
 * - `LOCKED`: another writer holds the log. `context.holder` names it. Close it, or open read-only.
 * - `READ_ONLY`: the log was opened for reading. Open it for writing.
 * - `NOT_FOUND`: no file, record or log of that name or number.
 * - `EXISTS`: a file of that name is there already.
 * - `IO`: the operating system reported a failure. `cause` has it; check the device.
 * - `NO_SPACE`: the disk or the quota is full. Nothing acknowledged was lost; make room, open again.
 * - `SHORT_READ`: a file ended before the bytes that it promised.
 * - `CORRUPT`: bytes that had been durable are damaged or missing. `context` names the place and the records at stake.
 *   Restore a copy, open read-only for the intact part, or run a repair, which quarantines and never deletes.
 * - `TORN_TAIL`: a tail that was never acknowledged as durable is damaged, and the caller asked to be told.
 * - `NOT_A_LOG`: the file does not begin with a header of this format.
 * - `FOREIGN_FILE`: the file belongs to another log.
 * - `UNSUPPORTED_FORMAT`: written by a newer version, or with features that this one does not know. Upgrade.
 * - `UNSUPPORTED`: this platform or storage cannot do it. The message names the alternative.
 * - `RECORD_TOO_LARGE`: the record or batch is above the limit. Split it or raise the limit.
 * - `BACKPRESSURE`: the queue is full. Wait for acknowledgements, then try again; nothing was staged.
 * - `RECLAIMED`: the records asked for lie below the floor. `context.floor` is the oldest that is left.
 * - `STORAGE_IS_ASYNC`: a synchronous log needs a storage with `capabilities.synchronous`.
 * - `ABORTED`: the caller's signal was aborted while the call waited in a queue. Nothing was staged.
 */
export type VarveErrorCode =
  | 'INVALID_ARGUMENT'
  | 'CLOSED'
  | 'POISONED'
  | 'LOCKED'
  | 'READ_ONLY'
  | 'NOT_FOUND'
  | 'EXISTS'
  | 'IO'
  | 'NO_SPACE'
  | 'SHORT_READ'
  | 'CORRUPT'
  | 'TORN_TAIL'
  | 'NOT_A_LOG'
  | 'FOREIGN_FILE'
  | 'UNSUPPORTED_FORMAT'
  | 'UNSUPPORTED'
  | 'RECORD_TOO_LARGE'
  | 'BACKPRESSURE'
  | 'RECLAIMED'
  | 'STORAGE_IS_ASYNC'
  | 'ABORTED'

/** Facts about the place and the limits of an error: file names, offsets in bytes, sequence numbers, limits. */
export type VarveErrorContext = Readonly<Record<string, string | number | boolean | undefined>>

/** Registered, so that two copies of this package recognise each other's errors. */
const brand: symbol = Symbol.for('varve.error')

/**
 * The one error class of every varve package. Test for it with {@link isVarveError}, never with `instanceof`:
 * two copies of this package may be installed.
 */
export class VarveError extends Error {
  override readonly name = 'VarveError'
  readonly code: VarveErrorCode
  readonly context: VarveErrorContext

  constructor(code: VarveErrorCode, message: string, context: VarveErrorContext = {}, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.context = context
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether `error` is a {@link VarveError}, of `code` when that is given. */
export function isVarveError(error: unknown, code?: VarveErrorCode): error is VarveError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || (error as VarveError).code === code
}
