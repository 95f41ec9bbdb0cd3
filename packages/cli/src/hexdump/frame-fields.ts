import { controlType, frameFlag, frameFlagsKnown, frameHeaderBytes, frameVersion, type FileLife } from '@varve/codec'
import { headerSum, sum } from './checksum.ts'
import { FieldReader, isZeros, type Field } from './field.ts'
import { eighth } from './header-fields.ts'

const controls = new Map<number, string>(Object.entries(controlType).map(([name, type]) => [type, name.toUpperCase()]))

/** The bytes of a frame, or of what stands where one could. */
export interface FrameBytes {
  /** Offset in the file. */
  readonly position: number
  /** Of a frame: header, payload and the zeros behind it, as far as the file has them. */
  readonly bytes: Uint8Array
}

/** The header of a frame (FORMAT.md, 5), payload checksum included. */
export function frameHeaderFields({ position, bytes }: FrameBytes, life: FileLife): Field[] {
  const fields = new FieldReader(bytes, position)
  const { view } = fields
  const checksum = hex32(view.getUint32(0, true))
  const payloadBytes = view.getUint32(4, true)
  const flags = view.getUint8(38)
  const version = view.getUint8(39)
  const type = view.getUint16(36, true)
  const isControl = (flags & frameFlag.control) !== 0
  const payload = bytes.subarray(frameHeaderBytes, frameHeaderBytes + payloadBytes)
  const isWhole = payload.length === payloadBytes
  fields.take('header checksum', 4, checksum, checksum === headerSum(life, bytes.subarray(4, 40), position))
  fields.take('payload bytes', 4, String(payloadBytes), isWhole)
  fields.takeNumber('sequence')
  fields.takeNumber('timestamp')
  fields.takeWord('payload checksum', isWhole && fields.wordAt(24) === sum(life.checksum, payload, life.salt))
  const durableEnd = view.getUint32(32, true)
  fields.take('durable end / 8', 4, durableEnd === 0 ? '0, claims nothing' : eighth(durableEnd))
  fields.take('type', 2, isControl ? `${type} ${controls.get(type) ?? 'unknown'}` : String(type))
  fields.take('flags', 1, flagsText(flags), (flags & ~frameFlagsKnown) === 0)
  fields.take('version', 1, String(version), version === frameVersion)
  return fields.fields
}

/** The zeros behind a payload; empty where there are none. */
export function paddingFields({ position, bytes }: FrameBytes): Field[] {
  const end = frameHeaderBytes + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
  const padding = bytes.subarray(end)
  if (padding.length === 0) return []
  const isGood = isZeros(padding)
  return [{ offset: position + end, bytes: padding, name: 'zeros', value: isGood ? 'zeros' : 'not zeros', isGood }]
}

/** The payload of a SEAL (FORMAT.md, 6). */
export function sealFields({ position, bytes }: FrameBytes): Field[] {
  const payloadBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
  const payload = bytes.subarray(frameHeaderBytes, frameHeaderBytes + payloadBytes)
  const fields = new FieldReader(payload, position + frameHeaderBytes)
  const checkpointBytes = fields.view.getUint32(48, true)
  const entries = fields.view.getUint32(52, true)
  const addsUp = payload.length === 56 + 16 * entries + checkpointBytes
  fields.takeNumber('records in this segment')
  fields.takeNumber('last sequence')
  fields.takeNumber('last timestamp')
  const end = fields.numberAt(24)
  fields.take('offset of the SEAL', 8, String(end), end === BigInt(position))
  fields.takeWord('chain digest')
  fields.takeNumber('floor')
  fields.take('checkpoint list bytes', 4, String(checkpointBytes), addsUp)
  fields.take('index entries', 4, String(entries), addsUp)
  if (!addsUp) return fields.fields
  for (let entry = 0; entry < entries; entry += 1) {
    const at = 56 + entry * 16
    const value = `sequence ${fields.numberAt(at)} at offset ${fields.numberAt(at + 8)}`
    fields.take(`index entry ${entry + 1}`, 16, value)
  }
  if (checkpointBytes > 0) fields.take('checkpoint list', checkpointBytes, `${checkpointBytes} bytes`)
  return fields.fields
}

/** The last 64 bytes of a sealed segment (FORMAT.md, 6). */
export function trailerFields(bytes: Uint8Array, position: number, life: FileLife): Field[] {
  const fields = new FieldReader(bytes, position)
  const magic = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  const isMagic = magic === 'VARVSEAL'
  fields.take('trailer magic', 8, isMagic ? magic : Buffer.from(bytes.subarray(0, 8)).toString('hex'), isMagic)
  fields.takeNumber('offset of the SEAL')
  fields.take('payload bytes of SEAL', 4, String(fields.view.getUint32(16, true)))
  const zeros = isZeros(bytes.subarray(20, 56))
  fields.take('reserved', 36, zeros ? 'zeros' : 'not zeros', zeros)
  // The trailer is always summed with XXH64.
  fields.takeWord('trailer checksum', fields.wordAt(56) === sum(1, bytes.subarray(0, 56), life.salt))
  return fields.fields
}

function flagsText(flags: number): string {
  const names = [
    ...((flags & frameFlag.control) === 0 ? [] : ['control record']),
    ...((flags & frameFlag.batchContinues) === 0 ? [] : ['more of this batch follow']),
  ]
  return names.length === 0 ? String(flags) : `${flags} ${names.join(', ')}`
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0')
}
