import { controlType, createFrameFields, frameBytes, frameFlag, readFrame } from '@varve/codec'
import type { StreamChunk } from '../../src/index.ts'
import { trailerBytes } from '../../src/format/trailer.ts'

const names = new Map<number, string>(Object.entries(controlType).map(([name, type]) => [type, name]))

/** What streamed, in words: records by their number, control records by their name. */
export function framesOf(chunks: readonly StreamChunk[]): string[] {
  return chunks.flatMap(framesIn)
}

function framesIn({ from, bytes }: StreamChunk): string[] {
  const isTrailer = bytes.length === trailerBytes && bytes[0] === 0x56
  if (from.offset === 0 || isTrailer) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const { flags, type, sequence, payloadBytes } = readFrame(view, at, createFrameFields())
    const isControl = (flags & frameFlag.control) !== 0
    found.push(isControl ? (names.get(type) ?? `control ${type}`) : `record ${sequence}`)
    at += frameBytes(payloadBytes)
  }
  return found
}
