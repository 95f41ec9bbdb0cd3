import { isVarveError, type VarveError, type VarveErrorCode } from '@varve/codec'

/** A promise that is watched and whose failure is not lost. */
export interface Watched<T> {
  readonly state: 'pending' | 'resolved' | 'rejected'
  readonly value: T | undefined
  readonly error: unknown
}

export function watch<T>(promise: Promise<T>): Watched<T> {
  type Mutable = { -readonly [K in keyof Watched<T>]: Watched<T>[K] }
  const watched: Mutable = { state: 'pending', value: undefined, error: undefined }
  promise.then(
    (value) => {
      watched.state = 'resolved'
      watched.value = value
    },
    (error: unknown) => {
      watched.state = 'rejected'
      watched.error = error
    },
  )
  return watched
}

/** The error that `action` throws or rejects with, which must be a `VarveError` of `code`. */
export async function failure(code: VarveErrorCode, action: () => unknown): Promise<VarveError> {
  try {
    await action()
  } catch (error) {
    if (isVarveError(error, code)) return error
    throw new Error(`expected ${code}`, { cause: error })
  }
  throw new Error(`expected ${code}, and nothing was thrown`)
}
