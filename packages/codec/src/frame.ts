import type { MutableWord64 } from './kernel.ts'
import { controlType, controlTypeMax, frameField, frameFlag, frameFlagsKnown, frameVersion } from './layout.ts'
import { halfRange } from './word.ts'

/** The raw fields of a frame header. What they say means nothing before the header checksum was verified. */
export interface FrameFields {
  payloadBytes: number
  /** Not exact above `sequenceMax`, which no valid frame reaches. */
  sequence: number
  /** Not exact above `sequenceMax`, which no valid frame reaches. */
  timestamp: number
  /** In bytes of the file. */
  durableEnd: number
  type: number
  flags: number
  version: number
}

/** Fields to be filled by {@link readFrame}: make one, use it for every frame. */
export function createFrameFields(): FrameFields {
  return { payloadBytes: 0, sequence: 0, timestamp: 0, durableEnd: 0, type: 0, flags: 0, version: 0 }
}

/**
 * Reads the fields of the frame header at `offset` into `out`, without checking and without allocating. Returns `out`.
 * Throws a `RangeError` when the 40 bytes are not there.
 */
export function readFrame(view: DataView, offset: number, out: FrameFields): FrameFields {
  out.payloadBytes = view.getUint32(offset + frameField.payloadBytes, true)
  out.sequence = readNumber(view, offset + frameField.sequence)
  out.timestamp = readNumber(view, offset + frameField.timestamp)
  out.durableEnd = view.getUint32(offset + frameField.durableEnd, true) * 8
  out.type = view.getUint16(offset + frameField.type, true)
  out.flags = view.getUint8(offset + frameField.flags)
  out.version = view.getUint8(offset + frameField.version)
  return out
}

/** 64 bits as a number, exact up to `sequenceMax`. */
export function readNumber(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * halfRange
}

/** Writes a safe integer from 0 as 64 bits. */
export function writeNumber(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value >>> 0, true)
  view.setUint32(offset + 4, Math.floor(value / halfRange), true)
}

/** Whether this code knows the version, the flags and, of a control record, the type. */
export function isKnownFrame(version: number, flags: number, type: number): boolean {
  if (version !== frameVersion || (flags & ~frameFlagsKnown) !== 0) return false
  return (flags & frameFlag.control) === 0 || (type >= 1 && type <= controlTypeMax)
}

/** Whether the control type `type` ends what can be read: only the beginning of another life may follow. */
export function isFinalControl(type: number): boolean {
  return type === controlType.seal || type === controlType.mark
}

/**
 * Advances a chain digest by one frame: every frame except SEAL and MARK, in file order. For a given frame it is a
 * bijection of the digest, so two digests that differ never meet again over equal frames.
 */
export function foldChain(chain: MutableWord64, headerChecksum: number): void {
  const low = Math.imul(chain.low ^ headerChecksum, 0x9e3779b1)
  const high = (chain.high + ((low << 13) | (low >>> 19))) | 0
  chain.low = (low ^ ((high << 17) | (high >>> 15))) >>> 0
  chain.high = Math.imul(high, 0x85ebca77) >>> 0
}
