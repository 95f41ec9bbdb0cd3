import { VarveError, isVarveError } from '@varve/codec'
import type { MaybePromise } from '../contract.ts'

/** What a procedure waits for. Only drivers look inside. */
export type Suspension =
  | { readonly on: 'promise'; readonly promise: PromiseLike<unknown> }
  | { readonly on: 'gate'; readonly gate: Waitable }
  | { readonly on: 'turn' }

/** Something that resumes whoever waits for it. */
export interface Waitable {
  readonly isOpen: boolean
  /** Calls `resume` once, when the gate opens. Drivers only. */
  onOpen(resume: () => void): void
}

/**
 * A piece of work that does I/O and does not know whether it is synchronous: a generator that suspends itself where
 * it has to wait. Call it with `yield*` from another procedure, or hand it to a {@link Runtime}. A procedure that is
 * called and then dropped does nothing at all, which is why a lint rule forbids it.
 */
export type Procedure<T> = Generator<Suspension, T, unknown>

/**
 * Does one storage operation and waits for it if it is not done at once. What it throws, at once or later, is thrown
 * here as a `VarveError` whose message starts with `doing` and whose stack names the whole chain of procedures.
 *
 * It takes a function and not a value, because storage may throw before there is a value.
 */
export function* io<T>(doing: string, operation: () => MaybePromise<T>): Procedure<T> {
  try {
    const value = operation()
    if (!isThenable(value)) return value
    return (yield { on: 'promise', promise: value }) as T
  } catch (cause) {
    throw storageFailure(doing, cause)
  }
}

/**
 * Calls code that is not storage, such as a caller's, and waits for what it returns. What it throws is thrown here as
 * it is. Only for code that may take its time; waiting for something of this process goes through a gate.
 */
export function* callOut<T>(call: () => MaybePromise<T>): Procedure<T> {
  const value = call()
  if (!isThenable(value)) return value
  return (yield { on: 'promise', promise: value }) as T
}

export function isThenable<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Storage of others may throw anything; whatever it is, it becomes a `VarveError` that keeps it as its cause. */
function storageFailure(doing: string, cause: unknown): VarveError {
  if (isVarveError(cause)) {
    const prefix = `${cause.code}: `
    const message = cause.message.startsWith(prefix) ? cause.message.slice(prefix.length) : cause.message
    return new VarveError(cause.code, `${doing}: ${message}`, cause.context, cause)
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new VarveError('IO', `${doing}: the storage failed: ${reason}`, {}, cause)
}
