import type { Field } from '../hexdump/field.ts'
import { hexLines, offsetText, spacedHex } from '../output/hex.ts'
import type { Output } from '../output/output.ts'
import { table, type Column } from '../output/table.ts'

/** A stretch of a file, field by field. */
export interface Dump {
  readonly file: string
  readonly title: string
  readonly fields: readonly Field[]
  /** What belongs to the caller and has no fields. */
  readonly payload?: { readonly offset: number; readonly bytes: Uint8Array }
}

const bytesPerLine = 8
const titles: readonly Column[] = ['offset', 'bytes', 'field', 'value', 'check'].map((title) => ({ title }))
const nothing = { from: 0, to: 0 }

export function presentFields({ file, title, fields, payload }: Dump, out: Output): void {
  const { style } = out
  out.line(`${style.bold(title)} ${style.dim('in')} ${file}`)
  out.line()
  out.lines(table(titles, fields.flatMap((field) => rowsOf(field, out)), style.dim))
  if (payload === undefined || payload.bytes.length === 0) return
  out.line()
  out.line(style.bold('payload'))
  out.lines(hexLines(payload.bytes, payload.offset, nothing, style))
}

/** A field that is longer than a line goes on below, without a name. */
function rowsOf({ offset, bytes, name, value, isGood }: Field, { style }: Output): string[][] {
  const check = isGood === undefined ? '' : isGood ? style.good('ok') : style.bad('bad')
  const first = [style.dim(offsetText(offset)), spacedHex(bytes.subarray(0, bytesPerLine)), name, value, check]
  const more: string[][] = []
  for (let at = bytesPerLine; at < bytes.length; at += bytesPerLine) {
    more.push([style.dim(offsetText(offset + at)), spacedHex(bytes.subarray(at, at + bytesPerLine))])
  }
  return [first, ...more]
}
