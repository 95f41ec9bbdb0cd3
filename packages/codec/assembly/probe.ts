import { durableEndOf, headerChecksum, isKnown, storedChecksum, tailOf } from './frame'
import { atVersion, frameAlignment, frameHeaderBytes, frameVersion, inSalt, scratchBytes } from './layout'

/**
 * The first offset in `[offset, end)`, in steps of eight, of a header that verifies at its place; -1 if there is none.
 * Mirrors `probe` of the portable kernel.
 */
export function probe(offset: u32, end: u32, position: f64): i32 {
  const salt = load<u64>(inSalt)
  const first: usize = offset + scratchBytes
  const stop: usize = end + scratchBytes
  const base = <i64>position - first
  for (let at = first; at + frameHeaderBytes <= stop; at += frameAlignment) {
    if (load<u8>(at, atVersion) != <u8>frameVersion) continue
    const tail = tailOf(at)
    if (!isKnown(tail) || durableEndOf(tail) > base + at) continue
    if (headerChecksum(at, base + at, salt) == storedChecksum(at)) return <i32>(at - scratchBytes)
  }
  return -1
}
