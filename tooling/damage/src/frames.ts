import {
  decodeFileHeader,
  frameHeaderBytes,
  wordToBytes,
  xxh64,
  type FileHeader,
} from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { bytesOf, withFile } from './image.ts'

const checksumAt = 120

export function headerOf(snapshot: MemorySnapshot, name: string): FileHeader {
  const result = decodeFileHeader(bytesOf(snapshot, name))
  if (result.kind !== 'header') throw new Error(result.kind)
  return result.header
}

/** Where the SEAL of a sealed segment stands, as its trailer says. */
export function sealOffset(snapshot: MemorySnapshot, name: string): number {
  const bytes = bytesOf(snapshot, name)
  return Number(new DataView(bytes.buffer).getBigUint64(bytes.length - 56, true))
}

/** The log with another file header, whose checksum is right. */
export function withHeader(snapshot: MemorySnapshot, name: string, change: (header: DataView) => void): MemorySnapshot {
  const bytes = bytesOf(snapshot, name).slice()
  change(new DataView(bytes.buffer))
  bytes.set(wordToBytes(xxh64(bytes.subarray(0, checksumAt))), checksumAt)
  return withFile(snapshot, name, bytes)
}

/** The log with another frame at `position`, whose checksums are right. `change` sees header and payload. */
export function withFrame(
  snapshot: MemorySnapshot,
  name: string,
  position: number,
  change: (frame: DataView) => void,
): MemorySnapshot {
  const { salt } = headerOf(snapshot, name)
  const bytes = bytesOf(snapshot, name).slice()
  const frame = new DataView(bytes.buffer, position)
  change(frame)
  const from = position + frameHeaderBytes
  bytes.set(wordToBytes(xxh64(bytes.subarray(from, from + frame.getUint32(4, true)), salt)), position + 24)
  // Files of tests are short: the offset only reaches the low half.
  const low = salt.low + position
  const seed = { low: low >>> 0, high: (salt.high + (low >= 2 ** 32 ? 1 : 0)) >>> 0 }
  frame.setUint32(0, xxh64(bytes.subarray(position + 4, from), seed).low, true)
  return withFile(snapshot, name, bytes)
}
