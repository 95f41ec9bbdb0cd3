/** A view for reading and writing integers, over exactly the bytes of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * A copy of `[start, end)` of `bytes`, in a buffer of its own. Never `bytes.slice`: the one of a Node `Buffer` is a
 * view, and memory shared with another thread could change between a check and the use.
 */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(start, end))
}
