import { copyOf } from './bytes.ts'
import { checkBytes } from './check.ts'
import { VarveError } from './errors.ts'
import { platformGlobal } from './platform.ts'

/**
 * Turns entries of a typed log into payloads and back. Implement it to plug in another format: `decode` must give back
 * what `encode` was given, must not keep `bytes` or a view of them, and both throw on what they cannot take.
 */
export interface EntryCodec<Entry> {
  /** For messages. */
  readonly name: string
  /** The payload of `entry`. varve copies it. */
  encode(entry: Entry): Uint8Array
  /** The entry of a payload. `bytes` may be changed as soon as the call returns. */
  decode(bytes: Uint8Array): Entry
}

/** {@link EntryCodec} of bytes as they are: takes any, gives bytes in a buffer of their own. */
export interface BytesCodec extends EntryCodec<Uint8Array<ArrayBuffer>> {
  encode(entry: Uint8Array): Uint8Array
}

/** Entries are bytes. `decode` copies them. */
export const bytesCodec: BytesCodec = {
  name: 'bytes',
  encode(entry: Uint8Array): Uint8Array {
    checkBytes('entry', entry)
    return entry
  },
  decode(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return copyOf(bytes, 0, bytes.length)
  },
}

/**
 * Entries are strings, stored as UTF-8, byte order marks included. Throws `INVALID_ARGUMENT`, with the cause, for a
 * string with half a surrogate pair, which UTF-8 cannot hold, and for bytes that are not UTF-8.
 */
export const textCodec: EntryCodec<string> = {
  name: 'text',
  encode(entry: string): Uint8Array<ArrayBuffer> {
    if (typeof entry === 'string' && !halfPair.test(entry)) return encodeText(entry)
    const message = 'an entry of the text codec must be a well-formed string'
    throw new VarveError('INVALID_ARGUMENT', message, { codec: 'text' })
  },
  decode(bytes: Uint8Array): string {
    return decodeWith('text', bytes, (text) => text)
  },
}

/**
 * Entries are what JSON holds. Throws `INVALID_ARGUMENT`, with the cause, for an entry that JSON cannot hold (a cycle,
 * a BigInt, `undefined`, a function) and for bytes that are not JSON in UTF-8. What is decoded is not checked to be an
 * `Entry`: that only the writer knows.
 *
 * @example
 * const codec = jsonCodec<{ id: number }>()
 */
export function jsonCodec<Entry>(): EntryCodec<Entry> {
  return {
    name: 'json',
    encode(entry: Entry): Uint8Array<ArrayBuffer> {
      return encodeText(toJson(entry))
    },
    decode(bytes: Uint8Array): Entry {
      return decodeWith('json', bytes, (text) => JSON.parse(text) as Entry)
    },
  }
}

/** A surrogate that is not one of a pair. */
const halfPair = /\p{Surrogate}/u

const advice = 'give a codec of your own'

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new (platformGlobal('TextEncoder', advice))().encode(text)
}

function decodeWith<Entry>(codec: string, bytes: Uint8Array, parse: (text: string) => Entry): Entry {
  const TextDecoder = platformGlobal('TextDecoder', advice)
  try {
    return parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    const message = `${bytes.length} bytes are not an entry of the ${codec} codec`
    throw new VarveError('INVALID_ARGUMENT', message, { codec, bytes: bytes.length }, cause)
  }
}

function toJson(entry: unknown): string {
  const message = 'the json codec cannot hold this entry'
  // Not always a string, whatever the declaration says: `undefined` for `undefined` and functions.
  let text: unknown
  try {
    text = JSON.stringify(entry)
  } catch (cause) {
    throw new VarveError('INVALID_ARGUMENT', message, { codec: 'json' }, cause)
  }
  if (typeof text === 'string') return text
  throw new VarveError('INVALID_ARGUMENT', message, { codec: 'json', type: typeof entry })
}
