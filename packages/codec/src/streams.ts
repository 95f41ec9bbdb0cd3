import { decodeError } from './decode-error.ts'
import type { DecodedRecord, RecordInput } from './record.ts'
import { platformGlobal, type Transformer } from './platform.ts'
import { RecordDecoder, type RecordDecoderOptions } from './record-decoder.ts'
import { RecordEncoder, type RecordEncoderOptions } from './record-encoder.ts'

declare global {
  /**
   * Merges with the platform's own interface where its types are there (the DOM's, Node's), and stands for it where
   * they are not, so that this package needs none to be built or used. Merging demands just these type parameters.
   */
  // eslint-disable-next-line -- see above: empty, with unused parameters that default to any
  interface TransformStream<I = any, O = any> {}
}

/** The platform's `TransformStream`: from `Input` on its writable side to `Output` on its readable one. */
export type RecordTransform<Input, Output> = TransformStream<Input, Output> & {
  readonly readable: object
  readonly writable: object
}

const advice = 'use RecordEncoder and RecordDecoder'

function createTransform<Input, Output>(transformer: Transformer<Input, Output>): RecordTransform<Input, Output> {
  const TransformStream = platformGlobal('TransformStream', advice)
  return new TransformStream(transformer) as RecordTransform<Input, Output>
}

/**
 * A web stream from payloads or records to bytes: the file header, then a chunk for each record. Errors of
 * {@link RecordEncoder.encode} end the stream. Throws what the constructor of {@link RecordEncoder} throws, and
 * `UNSUPPORTED` where there are no web streams.
 *
 * @example
 * await records.pipeThrough(recordEncoderStream()).pipeTo(file)
 */
export function recordEncoderStream(
  options: RecordEncoderOptions = {},
): RecordTransform<Uint8Array | RecordInput, Uint8Array<ArrayBuffer>> {
  const encoder = new RecordEncoder(options)
  return createTransform<Uint8Array | RecordInput, Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (encoder.header.length > 0) controller.enqueue(encoder.header)
    },
    transform(input, controller) {
      controller.enqueue(encoder.encode(input))
    },
  })
}

/**
 * A web stream from bytes, in chunks of any size, to records. It ends with a `VarveError` whose context holds the
 * position: `NOT_A_LOG`, `UNSUPPORTED_FORMAT`, `CORRUPT`, `RECORD_TOO_LARGE`, or `SHORT_READ` when the bytes end inside
 * the header, a frame or a batch. Records before the bad place have been handed out by then. Throws `INVALID_ARGUMENT`
 * for options out of range and `UNSUPPORTED` where there are no web streams.
 *
 * @example
 * for await (const record of response.body.pipeThrough(recordDecoderStream())) use(record.payload)
 */
export function recordDecoderStream(options: RecordDecoderOptions = {}): RecordTransform<Uint8Array, DecodedRecord> {
  const decoder = new RecordDecoder(options)
  return createTransform<Uint8Array, DecodedRecord>({
    transform(chunk, controller) {
      for (const result of decoder.push(chunk)) {
        if (result.kind !== 'record') throw decodeError(result)
        controller.enqueue(result.record)
      }
    },
    flush() {
      const end = decoder.finish()
      if (end !== undefined) throw decodeError(end)
    },
  })
}
