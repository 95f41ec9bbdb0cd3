import type { Procedure } from '@varve/storage'
import { errnoOf, systemFailure, type Place } from './errors.ts'

/** A value, or a promise of Node's. */
export type Waiting<T> = T | Promise<T>

/** How often in a row a call is repeated that a signal interrupted or that the system asks to try again. */
const retriesMax = 100

function isTransient(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'EINTR' || errno === 'EAGAIN'
}

/** Makes one system call; what it throws becomes a `VarveError` that names the place. Not repeated. */
export function once<T>(place: Place, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw systemFailure(place, error)
  }
}

/** As {@link once}, and repeats a call that did nothing because it was interrupted. Never for a sync. */
export function repeated<T>(place: Place, call: () => T): T {
  return once(place, () => {
    for (let retry = 0; ; retry += 1) {
      try {
        return call()
      } catch (error) {
        if (!isTransient(error) || retry === retriesMax) throw error
      }
    }
  })
}

/** Waits for a call that may have gone to the thread pool. */
export function* settled<T>(value: Waiting<T>): Procedure<T> {
  return value instanceof Promise ? ((yield { on: 'promise', promise: value }) as T) : value
}

/** As {@link once}, for a call that may have gone to the thread pool. */
export function* settledOnce<T>(place: Place, call: () => Waiting<T>): Procedure<T> {
  try {
    return yield* settled(call())
  } catch (error) {
    throw systemFailure(place, error)
  }
}

/** As {@link repeated}, for a call that may have gone to the thread pool. */
export function* settledRepeated<T>(place: Place, call: () => Waiting<T>): Procedure<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return yield* settled(call())
    } catch (error) {
      if (!isTransient(error) || retry === retriesMax) throw systemFailure(place, error)
    }
  }
}
