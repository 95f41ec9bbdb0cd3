import { VarveError } from '@varve/codec'

/** The part of an `AbortSignal` that is used; the platform's own fits. */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The error of a call that was given up while it waited for room in the queue, or before. */
export function callAborted({ reason }: CancelSignal): VarveError {
  const message = 'the call was aborted by its signal before its turn came; nothing was staged, call again if need be'
  return new VarveError('ABORTED', message, {}, reason)
}
