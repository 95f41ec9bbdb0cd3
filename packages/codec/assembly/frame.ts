import {
  atHeaderChecksum,
  atPayloadBytes,
  atTail,
  controlMark,
  controlSeal,
  controlTypeMax,
  flagControl,
  flagsKnown,
  frameAlignment,
  frameHeaderBytes,
  frameVersion,
  inChainHigh,
  inChainLow,
} from './layout'
import { xxh64OfHeader } from './xxh64'

/** The size of a frame: header, payload, zeros up to a multiple of eight. Beyond 32 bits for the longest payloads. */
@inline
export function frameBytes(payloadBytes: u32): i64 {
  return frameHeaderBytes + ((<i64>payloadBytes + (frameAlignment - 1)) & -(<i64>frameAlignment))
}

/** The last eight bytes of a header: durable end (32 bits), type (16), flags (8), version (8). */
@inline
export function tailOf(at: usize): u64 {
  return load<u64>(at, atTail)
}

/** In bytes of the file. */
@inline
export function durableEndOf(tail: u64): i64 {
  return (tail & 0xffff_ffff) << 3
}

@inline
export function typeOf(tail: u64): u32 {
  return <u32>(tail >> 32) & 0xffff
}

@inline
export function flagsOf(tail: u64): u32 {
  return <u32>(tail >> 48) & 0xff
}

@inline
export function versionOf(tail: u64): u64 {
  return tail >> 56
}

@inline
export function isControl(tail: u64): bool {
  return (flagsOf(tail) & flagControl) != 0
}

/** Whether this code knows the version, the flags and, of a control record, the type. */
@inline
export function isKnown(tail: u64): bool {
  if (versionOf(tail) != frameVersion || flagsOf(tail) > flagsKnown) return false
  return !isControl(tail) || typeOf(tail) - 1 < controlTypeMax
}

/** Whether the control type ends what can be read: only the beginning of another life may follow. */
@inline
export function isFinalControl(type: u32): bool {
  return type == controlSeal || type == controlMark
}

/** What the header at `at`, which stands at `position` of the file, has to have as its checksum. */
@inline
export function headerChecksum(at: usize, position: i64, salt: u64): u32 {
  return <u32>xxh64OfHeader(at + atPayloadBytes, salt + position)
}

@inline
export function storedChecksum(at: usize): u32 {
  return load<u32>(at, atHeaderChecksum)
}

/** Advances the chain digest by one frame, unless that is a SEAL or a MARK. See `foldChain` in `src/frame.ts`. */
@inline
export function foldChain(tail: u64, checksum: u32): void {
  if (isControl(tail) && isFinalControl(typeOf(tail))) return
  const low = (load<u32>(inChainLow) ^ checksum) * 0x9e3779b1
  const high = load<u32>(inChainHigh) + rotl<u32>(low, 13)
  store<u32>(inChainLow, low ^ rotl<u32>(high, 17))
  store<u32>(inChainHigh, high * 0x85ebca77)
}
