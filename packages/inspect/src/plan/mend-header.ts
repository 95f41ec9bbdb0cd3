import { decodeFileHeader, encodeFileHeader, fileHeaderBytes, fileKind, type FileHeader } from '@varve/codec'
import { readBytes, reading } from '@varve/segments/inspect'
import type { Procedure, Runtime } from '@varve/storage'
import type { SegmentPicture } from '../picture.ts'
import type { Settings } from '../settings.ts'

/**
 * The header of which a single byte is damaged, or undefined. There are 32,640 headers that differ from the bytes in
 * one place; that one of them has the right checksum of 64 bits by chance, and the name's index and sequence besides,
 * will not happen.
 */
export function* mendHeader(
  { storage, runtime }: Settings,
  { name, index, firstSequence, size }: SegmentPicture,
  logId: Uint8Array | undefined,
): Procedure<FileHeader | undefined> {
  const bytes = new Uint8Array(fileHeaderBytes)
  yield* reading(storage, name, (file) => readBytes(file, name, bytes, 0))
  const mended = yield* correct(bytes, runtime)
  if (mended === undefined) return undefined
  const isNamed = mended.segmentIndex === index && mended.firstSequence === firstSequence
  const isFitting = mended.bornEnd <= size && size <= mended.capacity && mended.kind === fileKind.segment
  const isOwn = logId?.every((byte, at) => byte === mended.logId[at]) ?? true
  return isNamed && isFitting && isOwn ? mended : undefined
}

function* correct(bytes: Uint8Array<ArrayBuffer>, runtime: Runtime): Procedure<FileHeader | undefined> {
  for (let at = 0; at < fileHeaderBytes; at += 1) {
    const before = bytes[at] as number
    for (let change = 1; change < 256; change += 1) {
      bytes[at] = before ^ change
      const result = decodeFileHeader(bytes)
      // What is written for this version has no reserved bytes, so what is encoded again must be what is there.
      if (result.kind === 'header' && isSame(encodeFileHeader(result.header), bytes)) return result.header
    }
    bytes[at] = before
    yield* runtime.turn()
  }
  return undefined
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, at) => byte === other[at])
}
