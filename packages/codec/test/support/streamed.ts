import { type DecodedRecord, type RecordDecoderOptions, recordDecoderStream } from '../../src/index.ts'

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

/** A stream of what there is already. `ReadableStream.from` is not in every browser. */
export function streamOf<T>(chunks: Iterable<T>): ReadableStream<T> {
  const left = chunks[Symbol.iterator]()
  return new ReadableStream<T>({
    pull(controller) {
      const next = left.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
  })
}

/** The records that came through before the end, and the error that ended the stream. */
export async function decode(
  chunks: readonly Uint8Array[],
  options: RecordDecoderOptions = {},
): Promise<{ records: DecodedRecord[]; error: unknown }> {
  const records: DecodedRecord[] = []
  try {
    const stream: ReadableStream<DecodedRecord> = streamOf(chunks).pipeThrough(recordDecoderStream(options))
    for await (const record of stream) records.push(record)
  } catch (error) {
    return { records, error }
  }
  return { records, error: undefined }
}
