import { VarveError, type VarveErrorCode } from './errors.ts'
import type { DecodeFailure, IncompleteResult } from './record.ts'

const codes = {
  incomplete: 'SHORT_READ',
  invalid: 'CORRUPT',
  'not-a-log': 'NOT_A_LOG',
  unsupported: 'UNSUPPORTED_FORMAT',
  'too-large': 'RECORD_TOO_LARGE',
} as const satisfies Record<(DecodeFailure | IncompleteResult)['kind'], VarveErrorCode>

/**
 * A failure as the error to throw where exceptions are wanted: `SHORT_READ`, `CORRUPT`, `NOT_A_LOG`,
 * `UNSUPPORTED_FORMAT` or `RECORD_TOO_LARGE`. `context` holds the position and the numbers of the failure.
 */
export function decodeError(failure: DecodeFailure | IncompleteResult): VarveError {
  const { kind, message, ...context } = failure
  return new VarveError(codes[kind], message, context)
}
