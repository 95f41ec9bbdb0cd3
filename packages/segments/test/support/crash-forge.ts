import {
  createPortableKernel,
  decodeFileHeader,
  encodeFileHeader,
  frameBytes,
  frameHeaderBytes,
  xxh64,
  type FileHeader,
} from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'
import { withFile } from './damage-image.ts'

/** Bytes that say what a test wants them to say, with checksums that fit. */

export interface ForgedFrame {
  readonly type: number
  readonly sequence: number
  readonly timestamp?: number
  readonly flags?: number
  readonly payload?: Uint8Array<ArrayBuffer>
  readonly durableEnd?: number
  /** Of the frame format; 1 is the one there is. */
  readonly version?: number
  /** A length other than that of its payload. */
  readonly announces?: number
}

/** A frame of this file, valid at `position`. */
export function forgeFrame(header: FileHeader, position: number, frame: ForgedFrame): Uint8Array<ArrayBuffer> {
  const { type, sequence, timestamp = 0, flags = 0, payload = new Uint8Array(0), durableEnd = 0 } = frame
  const bytes = new Uint8Array(frameBytes(payload.length))
  const kernel = createPortableKernel(bytes)
  kernel.use(header)
  kernel.stage(0, payload.length, sequence, timestamp, type, flags)
  bytes.set(payload, frameHeaderBytes)
  kernel.seal(0, bytes.length, position, durableEnd, { low: 0, high: 0 })
  const { version, announces } = frame
  if (version !== undefined) bytes[39] = version
  if (announces !== undefined) new DataView(bytes.buffer).setUint32(4, announces, true)
  if (version !== undefined || announces !== undefined) resealHeader(bytes, header, position)
  return bytes
}

/** No kernel stages another version than its own, or a wrong length: the checksum of the frame header is made here. */
function resealHeader(bytes: Uint8Array<ArrayBuffer>, header: FileHeader, position: number): void {
  const low = header.salt.low + position
  const seed = { low: low >>> 0, high: (header.salt.high + (low > 0xffff_ffff ? 1 : 0)) >>> 0 }
  const checksum = xxh64(bytes.subarray(4, frameHeaderBytes), seed)
  new DataView(bytes.buffer).setUint32(0, checksum.low, true)
}

/** The file with these bytes at `position`, longer if need be. */
export function withBytes(
  snapshot: MemorySnapshot,
  name: string,
  position: number,
  bytes: Uint8Array,
): MemorySnapshot {
  const before = fileOf(snapshot, name)
  const after = new Uint8Array(Math.max(before.length, position + bytes.length))
  after.set(before)
  after.set(bytes, position)
  return withFile(snapshot, name, after)
}

/** One bit of the file is another. */
export function flipped(snapshot: MemorySnapshot, name: string, position: number): MemorySnapshot {
  const byte = fileOf(snapshot, name)[position] as number
  return withBytes(snapshot, name, position, Uint8Array.of(byte ^ 1))
}

/** The file has a header that verifies and says something else. */
export function reheaded(snapshot: MemorySnapshot, name: string, changes: Partial<FileHeader>): MemorySnapshot {
  return withBytes(snapshot, name, 0, encodeFileHeader({ ...headerOf(snapshot, name), ...changes }))
}

/** The header's raw bytes are changed, and its checksum fits them. */
export function patchedHeader(snapshot: MemorySnapshot, name: string, at: number, byte: number): MemorySnapshot {
  const bytes = fileOf(snapshot, name).slice(0, 128)
  bytes[at] = byte
  const checksum = xxh64(bytes.subarray(0, 120))
  const view = new DataView(bytes.buffer)
  view.setUint32(120, checksum.low, true)
  view.setUint32(124, checksum.high, true)
  return withBytes(snapshot, name, 0, bytes)
}

export function renamed(snapshot: MemorySnapshot, from: string, to: string): MemorySnapshot {
  const files = [...snapshot.files].map(([name, bytes]) => [name === from ? to : name, bytes] as const)
  return { ...snapshot, files: new Map(files) }
}

export function fileOf(snapshot: MemorySnapshot, name: string): Uint8Array<ArrayBuffer> {
  const bytes = snapshot.files.get(name)
  if (bytes === undefined) throw new Error(`there is no ${name}`)
  return bytes
}

export function headerOf(snapshot: MemorySnapshot, name: string): FileHeader {
  const result = decodeFileHeader(fileOf(snapshot, name))
  if (result.kind !== 'header') throw new Error(`${name} has no header: ${result.kind}`)
  return result.header
}
