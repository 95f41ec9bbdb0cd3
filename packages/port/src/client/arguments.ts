import { VarveError } from '@varve/codec'
import type { BatchEntry, CancelSignal, RecordOptions } from '@varve/segments'

/** The error of a call that was given up before its record was staged. */
export function callAborted(reason: unknown): VarveError {
  const message = 'the call was aborted by its signal before its turn came; nothing was staged, call again if need be'
  return new VarveError('ABORTED', message, {}, reason)
}

/** @throws VarveError `ABORTED` */
export function checkNotAborted(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) throw callAborted(signal.reason)
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkPayload(payload: unknown): asserts payload is Uint8Array {
  if (payload instanceof Uint8Array) return
  throw new VarveError('INVALID_ARGUMENT', 'a payload must be a Uint8Array; encode other values first')
}

/**
 * What is said of a record. Only the log can check the range; here is checked what a message could not carry.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export function recordOptions({ type = 0, timestamp }: RecordOptions): Required<RecordOptions> {
  return { type: numberOf('type', type), timestamp: timestamp === undefined ? NaN : timestampOf(timestamp) }
}

/** NaN stands for none on the way, so it must not come from the caller. */
function timestampOf(timestamp: number): number {
  const checked = numberOf('timestamp', timestamp)
  return Number.isNaN(checked) ? -1 : checked
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function numberOf(name: string, value: unknown): number {
  if (typeof value === 'number') return value
  throw new VarveError('INVALID_ARGUMENT', `${name} is ${typeof value}; it must be a number`, { name })
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function entryOf(item: BatchEntry | Uint8Array): Required<BatchEntry> {
  const { payload, ...options } = item instanceof Uint8Array ? { payload: item } : item
  checkPayload(payload)
  return { payload, ...recordOptions(options) }
}

/**
 * Those of the options that are there, which a message can carry; the log checks what they say.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export function plainOptions(options: object, names: readonly string[]): Readonly<Record<string, unknown>> {
  const given = Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined)
  for (const [name, value] of given) {
    if (typeof value === 'number' || typeof value === 'string') continue
    throw new VarveError('INVALID_ARGUMENT', `${name} is ${typeof value}; it must be a number or a name`, { name })
  }
  return Object.fromEntries(given)
}
