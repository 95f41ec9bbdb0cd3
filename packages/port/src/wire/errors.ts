import { isVarveError, VarveError, type VarveErrorCode, type VarveErrorContext } from '@varve/codec'
import { isFields, type Fields } from './check.ts'

/** Causes of causes are followed so far. */
const depthMax = 8

/** All codes, so that one that comes from the other side can be looked up. */
const codes: Readonly<Record<VarveErrorCode, true>> = {
  INVALID_ARGUMENT: true,
  CLOSED: true,
  POISONED: true,
  LOCKED: true,
  READ_ONLY: true,
  NOT_FOUND: true,
  EXISTS: true,
  IO: true,
  NO_SPACE: true,
  SHORT_READ: true,
  CORRUPT: true,
  TORN_TAIL: true,
  NOT_A_LOG: true,
  FOREIGN_FILE: true,
  UNSUPPORTED_FORMAT: true,
  UNSUPPORTED: true,
  RECORD_TOO_LARGE: true,
  BACKPRESSURE: true,
  RECLAIMED: true,
  STORAGE_IS_ASYNC: true,
  ABORTED: true,
}

/** An error as every port can carry it. What is no error is carried as text, unless it is plain itself. */
export function encodeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) && !isVarveError(error)) return isPlain(error) ? error : describe(error)
  const cause =
    error.cause === undefined || depth === depthMax ? {} : { cause: encodeError(error.cause, depth + 1) }
  if (!isVarveError(error)) return { name: error.name, message: error.message, ...cause }
  const { code, message } = error
  const prefix = `${code}: `
  const text = message.startsWith(prefix) ? message.slice(prefix.length) : message
  return { code, message: text, context: plainContext(error.context), ...cause }
}

/** The error that {@link encodeError} was given, as far as it could be carried. */
export function decodeError(value: unknown, depth = 0): unknown {
  if (!isFields(value)) return isPlain(value) ? value : undefined
  const { code, name, message, context, cause } = value
  const because = cause === undefined || depth === depthMax ? undefined : decodeError(cause, depth + 1)
  const text = String(message)
  if (typeof code === 'string' && Object.hasOwn(codes, code)) {
    return new VarveError(code as VarveErrorCode, text, plainContext(isFields(context) ? context : {}), because)
  }
  const error = new Error(text, because === undefined ? undefined : { cause: because })
  if (typeof name === 'string') error.name = name
  return error
}

function isPlain(value: unknown): value is string | number | boolean | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function plainContext(context: Fields): VarveErrorContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => isPlain(value))) as VarveErrorContext
}

/** Whatever a program may throw, in words; what cannot even be described is left out. */
function describe(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something that has no description'
  }
}
