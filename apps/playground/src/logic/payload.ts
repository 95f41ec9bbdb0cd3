/** Bytes in front of every payload: whose record it is, and the how manyth of theirs. */
export const payloadBytesMin = 8

/** Who made a record, as its payload says. */
export interface Origin {
  /** Number of the tab. */
  readonly tab: number
  /** Counts what that tab has sent, from 1. */
  readonly serial: number
}

/** A payload of so many bytes, from 8, every one of which depends on who made it: what comes back can be compared. */
export function payloadOf({ tab, serial }: Origin, bytes: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(Math.max(bytes, payloadBytesMin))
  const view = new DataView(payload.buffer)
  view.setUint32(0, tab, true)
  view.setUint32(4, serial, true)
  for (let at = payloadBytesMin; at < payload.length; at += 1) payload[at] = byteAt(serial, at)
  return payload
}

/** Who made a payload. Undefined when a byte of it is not the one that {@link payloadOf} would put there. */
export function originOf(payload: Uint8Array): Origin | undefined {
  if (payload.length < payloadBytesMin) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const serial = view.getUint32(4, true)
  for (let at = payloadBytesMin; at < payload.length; at += 1) {
    if (payload[at] !== byteAt(serial, at)) return undefined
  }
  return { tab: view.getUint32(0, true), serial }
}

function byteAt(serial: number, at: number): number {
  return (serial * 7 + at * 31) & 0xff
}
