import { VarveError, type EntryCodec } from '@varve/codec'
import type { LogRecord, TypedRecord } from '@varve/segments'

/** A record as the codec reads it. Throws `INVALID_ARGUMENT` with the codec's own failure as the cause. */
export function decoded<Entry>(codec: EntryCodec<Entry>, record: LogRecord): TypedRecord<Entry> {
  const { sequence, timestamp, type, payload } = record
  return { sequence, timestamp, type, entry: decodedEntry(codec, sequence, payload) }
}

export function decodedEntry<Entry>(codec: EntryCodec<Entry>, sequence: number, payload: Uint8Array): Entry {
  try {
    return codec.decode(payload)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VarveError(
      'INVALID_ARGUMENT',
      `record ${sequence} is not an entry of the ${codec.name} codec (${reason}); read it with the codec that it was ` +
        'written with, or its bytes through `log`',
      { sequence, codec: codec.name },
      cause,
    )
  }
}
