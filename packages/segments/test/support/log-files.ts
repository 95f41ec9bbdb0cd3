import {
  controlType,
  createFrameFields,
  decodeFileHeader,
  frameBytes,
  frameFlag,
  frameHeaderBytes,
  readFrame,
  type FileHeader,
} from '@varve/codec'
import type { MemorySnapshot } from '@varve/storage-memory'

/** What a frame says of itself, read without verifying anything. */
export interface PlainFrame {
  /** Offsets in the file. */
  readonly position: number
  readonly end: number
  readonly sequence: number
  readonly timestamp: number
  readonly durableEnd: number
  readonly flags: number
  /** `record`, or what kind of control record it is. */
  readonly kind: 'record' | keyof typeof controlType
  readonly payload: Uint8Array<ArrayBuffer>
}

export interface PlainSegment {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly header: FileHeader
  /** Up to the first place that holds no frame. */
  readonly frames: readonly PlainFrame[]
}

const controlNames = new Map<number, keyof typeof controlType>(
  Object.entries(controlType).map(([name, type]) => [type, name as keyof typeof controlType]),
)

/** The segments of a snapshot, in order, taken apart. */
export function segmentsOf(snapshot: MemorySnapshot): readonly PlainSegment[] {
  const names = [...snapshot.files.keys()].filter((name) => /^[0-9a-f]{8}-/.test(name)).sort()
  return names.map((name) => segmentIn(name, snapshot.files.get(name) as Uint8Array<ArrayBuffer>))
}

function segmentIn(name: string, bytes: Uint8Array<ArrayBuffer>): PlainSegment {
  const result = decodeFileHeader(bytes)
  if (result.kind !== 'header') throw new Error(`${name} has no header: ${result.kind}`)
  return { name, bytes, header: result.header, frames: framesIn(bytes, result.header.blockBytes) }
}

function framesIn(bytes: Uint8Array<ArrayBuffer>, from: number): PlainFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: PlainFrame[] = []
  for (let position = from; position + frameHeaderBytes <= bytes.length; ) {
    const fields = readFrame(view, position, createFrameFields())
    if (fields.version === 0) break
    const { sequence, timestamp, durableEnd, flags, payloadBytes, type } = fields
    const end = position + frameBytes(payloadBytes)
    const control = (flags & frameFlag.control) !== 0
    const kind = control ? (controlNames.get(type) ?? 'mark') : 'record'
    const payload = bytes.slice(position + frameHeaderBytes, position + frameHeaderBytes + payloadBytes)
    frames.push({ position, end, sequence, timestamp, durableEnd, flags, kind, payload })
    position = end
  }
  return frames
}
