import type { SourceRecord } from './source.ts'

export interface ParsedLine extends Omit<SourceRecord, 'offset'> {
  /** Of the log that it was exported from; only compared with its neighbours. */
  readonly sequence?: number
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const typeMax = 0xffff

/** The line as it is, which must be JSON; or what is wrong with it. */
export function parseLine(bytes: Uint8Array): ParsedLine | string {
  const parsed = parseJson(bytes)
  return 'problem' in parsed ? parsed.problem : { payload: bytes }
}

/** A record of the fields that `varve export` writes; or what is wrong with it. */
export function parseFields(bytes: Uint8Array): ParsedLine | string {
  const parsed = parseJson(bytes)
  if ('problem' in parsed) return parsed.problem
  const { value } = parsed
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object with fields'
  const unknown = Object.keys(value).find((key) => !fieldNames.includes(key))
  if (unknown !== undefined) return `a field ${JSON.stringify(unknown)}, which is none of ${fieldNames.join(', ')}`
  const { type, timestamp, sequence, payload, payloadBase64 }: Partial<Record<string, unknown>> = value
  if (!isWhole(type, typeMax)) return `its type is not a whole number from 0 to ${typeMax}`
  if (!isWhole(timestamp)) return 'its timestamp is not a whole number from 0'
  if (!isWhole(sequence)) return 'its sequence is not a whole number from 0'
  const content = payloadOf(payload, payloadBase64)
  if (typeof content === 'string') return content
  return {
    payload: content,
    ...(type === undefined ? {} : { type }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(sequence === undefined ? {} : { sequence }),
  }
}

const fieldNames = ['sequence', 'type', 'timestamp', 'payload', 'payloadBase64']

function parseJson(bytes: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return { problem: 'it is not UTF-8' }
  }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { problem: `it is not JSON: ${(error as SyntaxError).message}` }
  }
}

function isWhole(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number | undefined {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max)
}

/** Text as UTF-8, or bytes as base64; or what is wrong. Neither may be read as something other than it says. */
function payloadOf(text: unknown, base64: unknown): Uint8Array | string {
  if ((text === undefined) === (base64 === undefined)) return 'it needs either a payload or a payloadBase64'
  if (typeof text === 'string') {
    const bytes = encoder.encode(text)
    return decoder.decode(bytes) === text ? bytes : 'its payload is text that has no UTF-8: half of a surrogate pair'
  }
  if (typeof base64 === 'string') {
    const bytes = Buffer.from(base64, 'base64')
    return bytes.toString('base64') === base64 ? bytes : 'its payloadBase64 is not base64'
  }
  return 'its payload is no text; objects are payloads without --fields'
}
