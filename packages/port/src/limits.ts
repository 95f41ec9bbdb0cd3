import { VarveError } from '@varve/codec'

/** What one client may have in flight: sent, and not answered. */
export interface PortLimits {
  /** Payload bytes of appends. One append or batch above it is still taken when nothing else is. */
  readonly maxBytes: number
  /** Calls that change the log; and as many again that read it. */
  readonly maxCalls: number
  /** Iterators of `read` and `tail` that have not ended. */
  readonly maxIterators: number
}

const limitsDefault: PortLimits = { maxBytes: 16 * 2 ** 20, maxCalls: 16_384, maxIterators: 1024 }

/** Bytes of records in one answer to an iterator, but for a record that is larger by itself. */
export const batchBytesDefault = 65_536
export const batchBytesMax = 1_048_576
/** What a record costs besides its payload. */
export const recordOverheadBytes = 32

/**
 * The limits that were asked for, each from 1.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export function limitsOf(options: Partial<PortLimits>, most: PortLimits | undefined): PortLimits {
  const limit = (name: keyof PortLimits): number => {
    const value = options[name] ?? limitsDefault[name]
    if (!Number.isSafeInteger(value) || value < 1) {
      const message = `${name} is ${value}; it must be a whole number from 1`
      throw new VarveError('INVALID_ARGUMENT', message, { option: name })
    }
    return most === undefined ? value : Math.min(value, most[name])
  }
  return { maxBytes: limit('maxBytes'), maxCalls: limit('maxCalls'), maxIterators: limit('maxIterators') }
}

/** The error of who has too much in flight. */
export function tooMuch(what: string, limit: number): VarveError {
  return new VarveError(
    'BACKPRESSURE',
    `${what} in flight would be more than ${limit}; wait for answers, then try again; nothing was staged`,
    { limit },
  )
}
