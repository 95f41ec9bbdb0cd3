import { expect } from 'vitest'
import { isVarveError, type VarveErrorCode } from '../../src/index.ts'

/** Matches a thrown VarveError of `code`, whose message matches `message` when that is given. */
export function refusal(code: VarveErrorCode, message = /./): Error {
  return expect.toSatisfy((error) => isVarveError(error, code) && message.test(error.message)) as Error
}
