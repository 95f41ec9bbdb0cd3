import {
  checksumId,
  createPortableKernel,
  crc32,
  frameBytes,
  frameHeaderBytes,
  wordToBytes,
  xxh64,
  type FileLife,
  type Word64,
} from '@varve/codec'

/** Makes checksums right again where fields were changed: what no accident does, and a reader must survive. */

/** The seed of the header checksum of a frame at `position`: the salt plus the position, in 64 bits. */
function seedAt(salt: Word64, position: number): Word64 {
  const low = salt.low + (position % 2 ** 32)
  const high = salt.high + Math.floor(position / 2 ** 32) + (low >= 2 ** 32 ? 1 : 0)
  return { low: low % 2 ** 32, high: high % 2 ** 32 }
}

function checksumOf(bytes: Uint8Array, life: FileLife, seed: Word64): Word64 {
  if (life.checksum === checksumId.xxh64) return xxh64(bytes, seed)
  return { low: crc32(bytes, crc32(wordToBytes(seed))), high: 0 }
}

/** Whether a frame header stands at `at` that verifies there. */
function isFrameAt(bytes: Uint8Array, at: number, life: FileLife, position = at): boolean {
  if (at + frameHeaderBytes > bytes.length) return false
  const stored = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true)
  return stored === checksumOf(bytes.subarray(at + 4, at + frameHeaderBytes), life, seedAt(life.salt, position)).low
}

/** Offsets of all frame headers in `bytes` that verify where they stand. */
export function framesIn(bytes: Uint8Array, life: FileLife, from: number, position = from): number[] {
  const found: number[] = []
  for (let at = from; at + frameHeaderBytes <= bytes.length; at += 8) {
    if (bytes[at + 39] !== 0 && isFrameAt(bytes, at, life, position + at - from)) found.push(at)
  }
  return found
}

/** Writes the checksum of the payload, if it lies within `bytes`, and of the frame header at `at`, in place. */
export function resealFrame(bytes: Uint8Array, at: number, life: FileLife, position = at): void {
  if (at + frameHeaderBytes > bytes.length) return
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, frameHeaderBytes)
  const end = at + frameHeaderBytes + view.getUint32(4, true)
  if (end <= bytes.length) {
    const sum = checksumOf(bytes.subarray(at + frameHeaderBytes, end), life, life.salt)
    view.setUint32(24, sum.low, true)
    view.setUint32(28, sum.high, true)
  }
  const header = bytes.subarray(at + 4, at + frameHeaderBytes)
  view.setUint32(0, checksumOf(header, life, seedAt(life.salt, position)).low, true)
}

/** Makes the checksum of a file header right, in place. */
export function resealFileHeader(bytes: Uint8Array): void {
  if (bytes.length < 128) return
  bytes.set(wordToBytes(xxh64(bytes.subarray(0, 120))), 120)
}

/** Makes the checksum of a segment's trailer right, in place. */
export function resealTrailer(bytes: Uint8Array, salt: Word64): void {
  if (bytes.length < 64) return
  const at = bytes.length - 64
  bytes.set(wordToBytes(xxh64(bytes.subarray(at, at + 56), salt)), at + 56)
}

export interface ForgedFrame {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly flags: number
  readonly payload: Uint8Array
}

/** A frame as a writer makes it that knows everything, also how to lie. */
export function forgeFrame(life: FileLife, position: number, durableEnd: number, frame: ForgedFrame): Uint8Array {
  const { sequence, timestamp, type, flags, payload } = frame
  const kernel = createPortableKernel(new Uint8Array(frameBytes(payload.length)))
  kernel.use(life)
  const size = kernel.stage(0, payload.length, sequence, timestamp, type, flags)
  kernel.memory.set(payload, frameHeaderBytes)
  kernel.seal(0, size, position, durableEnd, { low: 0, high: 0 })
  return kernel.memory
}
