import { crc32 } from '@varve/codec'
import type { LogRecord } from 'varve'

export const exportFormats = ['ndjson', 'length-crc32', 'raw'] as const
export type ExportFormat = (typeof exportFormats)[number]

type Encoder = (record: LogRecord) => readonly (string | Uint8Array)[]

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a record becomes in each format. */
export const encoders: Readonly<Record<ExportFormat, Encoder>> = {
  ndjson: (record) => [`${JSON.stringify({ ...fieldsOf(record), ...payloadField(record.payload) })}\n`],
  'length-crc32': ({ payload }) => [prefixOf(payload), payload],
  raw: ({ payload }) => [payload],
}

function fieldsOf({ sequence, type, timestamp }: LogRecord): Pick<LogRecord, 'sequence' | 'type' | 'timestamp'> {
  return { sequence, type, timestamp }
}

/** Text where the bytes are UTF-8 and nothing else, so that the same bytes come back. */
function payloadField(payload: Uint8Array): { readonly payload: string } | { readonly payloadBase64: string } {
  try {
    return { payload: decoder.decode(payload) }
  } catch {
    return { payloadBase64: Buffer.from(payload).toString('base64') }
  }
}

function prefixOf(payload: Uint8Array): Uint8Array {
  const prefix = new DataView(new ArrayBuffer(8))
  prefix.setUint32(0, payload.length)
  prefix.setUint32(4, crc32(payload))
  return new Uint8Array(prefix.buffer)
}
