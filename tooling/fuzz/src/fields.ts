import fc from 'fast-check'
import { number32 } from './byte-changes.ts'

/** A number in a header: where it stands, and how many bytes it takes. */
export interface Field {
  readonly at: number
  readonly bytes: 1 | 2 | 4 | 8
}

/** Of a file header, without magic, id and salt, which say only whose it is. */
export const fileHeaderFields: readonly Field[] = [
  { at: 8, bytes: 2 }, { at: 10, bytes: 2 }, { at: 12, bytes: 1 }, { at: 13, bytes: 1 }, { at: 14, bytes: 2 },
  { at: 40, bytes: 8 }, { at: 48, bytes: 8 }, { at: 56, bytes: 4 }, { at: 60, bytes: 4 }, { at: 64, bytes: 8 },
  { at: 72, bytes: 8 }, { at: 80, bytes: 8 }, { at: 88, bytes: 4 }, { at: 92, bytes: 4 }, { at: 96, bytes: 4 },
]

/** Of a frame header, without its own checksum. */
export const frameFields: readonly Field[] = [
  { at: 4, bytes: 4 }, { at: 8, bytes: 8 }, { at: 16, bytes: 8 }, { at: 24, bytes: 8 }, { at: 32, bytes: 4 },
  { at: 36, bytes: 2 }, { at: 38, bytes: 1 }, { at: 39, bytes: 1 },
]

/** The two halves of a number, or a step from the one that is there. */
export type FieldValue = { readonly low: number; readonly high: number } | { readonly step: number }

/** Low numbers, those around the largest safe integer, any; and neighbours of what is there, which pass most checks. */
export const fieldValue: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.record({ low: number32, high: fc.constant(0) }),
  fc.record({ low: number32, high: fc.constantFrom(1, 2 ** 21 - 1, 2 ** 21, 2 ** 32 - 1) }),
  fc.record({ step: fc.constantFrom(-128, -8, -2, -1, 1, 2, 8, 128) }),
)

/** Writes `value` into the field of the header that begins at `start`, as far as it goes in. In place. */
export function setField(bytes: Uint8Array, start: number, field: Field, value: FieldValue): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + field.at, field.bytes)
  const low = 'step' in value ? lowOf(view, field) + value.step : value.low
  if (field.bytes === 1) view.setUint8(0, low)
  else if (field.bytes === 2) view.setUint16(0, low, true)
  else view.setUint32(0, low, true)
  if (field.bytes === 8 && 'high' in value) view.setUint32(4, value.high, true)
}

function lowOf(view: DataView, field: Field): number {
  if (field.bytes === 1) return view.getUint8(0)
  return field.bytes === 2 ? view.getUint16(0, true) : view.getUint32(0, true)
}
