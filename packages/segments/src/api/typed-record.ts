import { VarveError, type EntryCodec } from '@varve/codec'
import type { LogRecord } from '../read/log-record.ts'
import type { BatchEntry, RecordOptions } from '../write/entry.ts'

/** A record of a typed log. */
export interface TypedRecord<Entry> {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly entry: Entry
}

/** A record as the codec reads it. Throws `INVALID_ARGUMENT` with the codec's own failure as the cause. */
export function decoded<Entry>(codec: EntryCodec<Entry>, record: LogRecord): TypedRecord<Entry> {
  const { sequence, timestamp, type } = record
  return { sequence, timestamp, type, entry: decodedEntry(codec, record) }
}

export function decodedEntry<Entry>(codec: EntryCodec<Entry>, record: Pick<LogRecord, 'sequence' | 'payload'>): Entry {
  const { sequence, payload } = record
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

/** All payloads of a batch, before any of it is staged. A codec may use one buffer for all of them. */
export function encodedBatch<Entry>(
  codec: EntryCodec<Entry>,
  entries: readonly Entry[],
  options: RecordOptions | undefined,
): BatchEntry[] {
  return entries.map((entry) => ({ ...options, payload: codec.encode(entry).slice() }))
}
