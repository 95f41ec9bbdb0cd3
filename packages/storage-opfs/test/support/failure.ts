import { isVarveError, type VarveError, type VarveErrorCode } from '@varve/codec'
import type { MaybePromise } from '@varve/storage'

/** Expects a failure with `code`, thrown or rejected. */
export async function failure(code: VarveErrorCode, action: () => MaybePromise<unknown>): Promise<VarveError> {
  try {
    await action()
  } catch (error) {
    if (isVarveError(error, code)) return error
    throw error
  }
  throw new Error(`expected ${code}, got success`)
}

/** Expects a failure with `code`, thrown at once: a synchronous storage never returns a promise. */
export function thrownBy(code: VarveErrorCode, action: () => unknown): VarveError {
  let value: unknown
  try {
    value = action()
  } catch (error) {
    if (isVarveError(error, code)) return error
    throw error
  }
  throw new Error(`expected ${code}, got ${String(value)}`)
}
