import { type DecodedRecord, type RecordDecoderOptions, recordDecoderStream } from '../../src/index.ts'

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

/** The records that came through before the end, and the error that ended the stream. */
export async function decode(
  chunks: readonly Uint8Array[],
  options: RecordDecoderOptions = {},
): Promise<{ records: DecodedRecord[]; error: unknown }> {
  const records: DecodedRecord[] = []
  try {
    const stream: ReadableStream<DecodedRecord> = ReadableStream.from(chunks).pipeThrough(recordDecoderStream(options))
    for await (const record of stream) records.push(record)
  } catch (error) {
    return { records, error }
  }
  return { records, error: undefined }
}
