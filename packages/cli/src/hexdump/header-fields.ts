import { checksumId, fileKind, formatMajor, wordToHex, xxh64 } from '@varve/codec'
import { size } from '../output/units.ts'
import { FieldReader, isZeros, type Field } from './field.ts'

const magic = '93564152 56450d0a'.replace(' ', '')
const kinds = nameOfValue(fileKind)
const sums = nameOfValue(checksumId)

/** The file header (FORMAT.md, 3): the first 128 bytes of a file. */
export function headerFields(bytes: Uint8Array): Field[] {
  const fields = new FieldReader(bytes, 0)
  const { view } = fields
  const found = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  const checksum = wordToHex(xxh64(bytes.subarray(0, 120)))
  const major = view.getUint16(8, true)
  const [kind = 0, sumId = 0] = bytes.subarray(12, 14)
  const features = view.getUint16(14, true)
  fields.take('magic', 8, found === magic ? '\\x93VARVE\\r\\n' : found, found === magic)
  fields.take('major', 2, String(major), major === formatMajor)
  fields.take('minor', 2, String(view.getUint16(10, true)))
  fields.take('kind', 1, `${kind} ${kinds.get(kind) ?? 'unknown'}`, kinds.has(kind))
  fields.take('sum', 1, `${sumId} ${sums.get(sumId) ?? 'unknown'}`, sums.has(sumId))
  fields.take('required features', 2, String(features), features === 0)
  fields.take('log id', 16, Buffer.from(bytes.subarray(16, 32)).toString('hex'))
  fields.takeWord('salt')
  fields.takeNumber('first sequence')
  fields.takeNumber('last timestamp before')
  fields.take('segment index', 4, String(view.getUint32(56, true)))
  fields.take('block bytes', 4, String(view.getUint32(60, true)))
  fields.takeNumber('capacity', `, ${size(Number(fields.numberAt(64)))}`)
  fields.takeWord('chain digest before')
  fields.takeNumber('epoch')
  fields.take('born end / 8', 4, eighth(view.getUint32(88, true)))
  const cut = view.getUint32(92, true)
  fields.take('cut / 8', 4, cut === 0 ? '0, the segment before ends in a SEAL' : eighth(cut))
  const reserved = bytes.subarray(96, 120)
  fields.take('reserved', 24, isZeros(reserved) ? 'zeros' : 'not zeros', isZeros(reserved))
  fields.takeWord('header checksum', fields.wordAt(120) === checksum)
  return fields.fields
}

/** A field that counts in units of 8 bytes. */
export function eighth(value: number): string {
  return `${value}, offset ${value * 8}`
}

function nameOfValue(names: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(names).map(([name, value]) => [value, name]))
}
