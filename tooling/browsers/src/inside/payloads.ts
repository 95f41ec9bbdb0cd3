// What the writers of scenarios append: each record says who wrote it as which of his, and every byte can be checked.

const headerBytes = 8

/** The record number `n` of a producer, of 8 to 8 + `bytesMax` bytes. */
export function payloadOf(producer: number, n: number, bytesMax: number): Uint8Array<ArrayBuffer> {
  let state = Math.imul(producer + 1, 0x9e37_79b1) ^ Math.imul(n, 0x85eb_ca6b)
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x6d2b_79f5
    return state >>> 8
  }
  const bytes = new Uint8Array(headerBytes + (next() % (bytesMax + 1)))
  for (let at = headerBytes; at < bytes.length; at += 1) bytes[at] = next()
  const view = new DataView(bytes.buffer)
  view.setUint32(0, producer)
  view.setUint32(4, n)
  return bytes
}

/** Who wrote it as which of his. @throws Error when a byte is not as he wrote it. */
export function readPayload(payload: Uint8Array, bytesMax: number): { producer: number; n: number } {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const [producer, n] = [view.getUint32(0), view.getUint32(4)]
  const expected = payloadOf(producer, n, bytesMax)
  if (expected.length !== payload.length || expected.some((byte, at) => byte !== payload[at])) {
    throw new Error(`the record ${n} of producer ${producer} is not what he wrote`)
  }
  return { producer, n }
}
