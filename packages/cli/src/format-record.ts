import type { LogRecord } from 'varve'
import type { Output } from './output/output.ts'
import { hexLines } from './output/hex.ts'
import { count } from './output/units.ts'

/** How records are printed. */
export const recordFormats = ['text', 'json', 'hex', 'raw', 'length-prefixed'] as const
export type RecordFormat = (typeof recordFormats)[number]

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const nothing = { from: 0, to: 0 }

/** Prints one record. */
export function printRecord(record: LogRecord, format: RecordFormat, out: Output): void {
  const { payload } = record
  switch (format) {
    case 'text':
      out.line(out.isTerminal ? visible(lenient.decode(payload)) : lenient.decode(payload))
      return
    case 'json':
      out.object(recordObject(record))
      return
    case 'hex':
      printHex(record, out)
      return
    case 'raw':
      out.print(payload)
      return
    case 'length-prefixed':
      out.print(lengthPrefix(payload.length))
      out.print(payload)
  }
}

/** A record as JSON: `text` if the payload is UTF-8, else `hex`. */
function recordObject({ sequence, timestamp, type, payload }: LogRecord): object {
  const head = { sequence, timestamp, type, bytes: payload.length }
  try {
    return { ...head, text: strict.decode(payload) }
  } catch {
    return { ...head, hex: Buffer.from(payload).toString('hex') }
  }
}

function printHex({ sequence, timestamp, type, payload }: LogRecord, out: Output): void {
  const { style } = out
  out.line(
    `${style.bold(count(sequence))}  ${style.dim('type')} ${type}  ${style.dim('timestamp')} ${timestamp}  ` +
      `${style.dim('bytes')} ${count(payload.length)}`,
  )
  out.lines(hexLines(payload, 0, nothing, style).map((line) => `  ${line}`))
}

function lengthPrefix(bytes: number): Uint8Array {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes)
  return prefix
}

/** A terminal would obey control characters of whoever wrote the record; so they are spelt out, but for tabs. */
function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
