import { VarveError } from './errors.ts'

/**
 * Throws `INVALID_ARGUMENT` unless `value` is an integer from `min` to `max` and a multiple of `multiple`.
 * `name` is the argument as the caller knows it.
 */
export function checkInteger(name: string, value: number, min: number, max: number, multiple = 1): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max && (multiple === 1 || value % multiple === 0)) return
  const step = multiple === 1 ? 'an integer' : `a multiple of ${multiple}`
  throw new VarveError('INVALID_ARGUMENT', `${name} must be ${step} from ${min} to ${max}, got ${String(value)}`, {
    argument: name,
    value: String(value),
  })
}

/** Throws `INVALID_ARGUMENT` unless `value` is bytes, of `length` when that is given. */
export function checkBytes(name: string, value: unknown, length?: number): void {
  if (value instanceof Uint8Array && (length === undefined || value.length === length)) return
  const size = length === undefined ? '' : ` of ${length} bytes`
  throw new VarveError('INVALID_ARGUMENT', `${name} must be a Uint8Array${size}`, { argument: name })
}

/** Throws `INVALID_ARGUMENT` unless `value` is one of `allowed`. */
export function checkOneOf(name: string, value: unknown, allowed: readonly (string | number)[]): void {
  if ((allowed as readonly unknown[]).includes(value)) return
  throw new VarveError('INVALID_ARGUMENT', `${name} must be one of ${allowed.join(', ')}, got ${String(value)}`, {
    argument: name,
    value: String(value),
  })
}
