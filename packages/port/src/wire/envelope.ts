import { isFields, listOf, malformed } from './check.ts'

/** Raised when a side of an older version would misunderstand a message. */
export const protocolVersion = 1

/** Who a message is for. A port may carry both directions to both sides, as a `BroadcastChannel` of many does. */
export type Side = 'server' | 'client'

/** One thing that is said: its kind, and what belongs to it. `outbox.ts` lists the kinds. */
export type Part = readonly [kind: string, ...rest: unknown[]]

/** All that one side has said in one tick. */
export interface Envelope {
  readonly varve: 'port'
  readonly to: Side
  readonly parts: readonly Part[]
  /** Payloads, which the parts refer to by offset. */
  readonly bytes: ArrayBuffer | undefined
  /** From the server: first, last and durable sequence when this was posted. */
  readonly at: readonly number[] | undefined
}

/** A message that was looked at. */
export interface Received {
  readonly parts: readonly Part[]
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly at: unknown
}

/**
 * What a message says; undefined when it is not of this package, or for the other side.
 *
 * @throws VarveError `INVALID_ARGUMENT` when it claims to be, and is not.
 */
export function open(data: unknown, side: Side): Received | undefined {
  if (!isFields(data) || data.varve !== 'port' || data.to !== side) return undefined
  const { parts, bytes, at } = data
  if (bytes !== undefined && !(bytes instanceof ArrayBuffer)) throw malformed('bytes that are no buffer')
  const checked = listOf(parts, 'parts')
  if (!checked.every(isPart)) throw malformed('a part without a kind')
  return { parts: checked, bytes: new Uint8Array(bytes ?? new ArrayBuffer(0)), at }
}

function isPart(part: unknown): part is Part {
  return Array.isArray(part) && typeof part[0] === 'string'
}
