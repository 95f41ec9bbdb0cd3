import { VarveError } from '@varve/codec'

/** A connection that has come to its end without having been closed by this side. */
export function connectionLost(reason: string, cause?: unknown): VarveError {
  return new VarveError('CLOSED', `the connection to the log is over: ${reason}; connect again`, {}, cause)
}

/** What a call that changes the log is rejected with when its answer will never come. */
export function outcomeUnknown(cause: unknown): VarveError {
  return new VarveError(
    'POISONED',
    'the connection to the log was lost before the answer came, so the outcome is unknown; connect again and look',
    {},
    cause,
  )
}

/** The error of a call after the end. */
export function notSent(cause?: unknown): VarveError {
  return new VarveError('CLOSED', 'the connection to the log is over, and nothing was sent; connect again', {}, cause)
}

/** The error of a call to what the other side has let go of. */
export function letGo(what: string): VarveError {
  return new VarveError('CLOSED', `${what} is over; begin another one`)
}
