import { decodeError } from './decode-error.ts'
import type { DecodedRecord, RecordInput } from './record.ts'
import {
  platformGlobal,
  type Sink,
  type SinkController,
  type Source,
  type SourceController,
  type Transformer,
} from './platform.ts'
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

/** What `pipeThrough` takes, with the two sides of the platform's `TransformStream`: `Input` goes in, `Output` out. */
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
  const ends = new DecoderEnds(new RecordDecoder(options))
  const ReadableStream = platformGlobal('ReadableStream', advice)
  const WritableStream = platformGlobal('WritableStream', advice)
  const readable = new ReadableStream(ends.source, { highWaterMark: 0 })
  const sides: unknown = { readable, writable: new WritableStream(ends.sink) }
  return sides as RecordTransform<Uint8Array, DecodedRecord>
}

/**
 * The two ends of a stream that decodes. A `TransformStream` that fails throws away what was not read yet; here every
 * record waits until it is asked for, and the failure until all of them were taken.
 */
class DecoderEnds {
  readonly #decoder: RecordDecoder
  #out!: SourceController<DecodedRecord>
  #into!: SinkController
  /** Somebody reads, and has got nothing yet. */
  #isAsked = false
  /** One of the ends was given up: what still waits goes nowhere. */
  #isOver = false
  #wake = (): void => undefined

  constructor(decoder: RecordDecoder) {
    this.#decoder = decoder
  }

  readonly source: Source<DecodedRecord> = {
    start: (controller) => { this.#out = controller },
    pull: () => {
      this.#isAsked = true
      this.#wake()
    },
    cancel: (reason) => {
      this.#into.error(reason)
      this.#giveUp()
    },
  }

  readonly sink: Sink<Uint8Array> = {
    start: (controller) => {
      this.#into = controller
      // A write that waits to be read would keep `abort` waiting.
      controller.signal.addEventListener('abort', () => { this.#giveUp() })
    },
    write: (chunk) => this.#orFail(() => this.#decode(chunk)),
    close: () => this.#orFail(() => { this.#finish() }),
    abort: (reason) => { this.#out.error(reason) },
  }

  async #decode(chunk: Uint8Array): Promise<void> {
    await this.#demand()
    for (const result of this.#isOver ? [] : this.#decoder.push(chunk)) {
      if (result.kind !== 'record') throw decodeError(result)
      await this.#demand()
      if (this.#isOver) return
      this.#isAsked = false
      this.#out.enqueue(result.record)
    }
  }

  #finish(): void {
    const end = this.#decoder.finish()
    if (end !== undefined) throw decodeError(end)
    this.#out.close()
  }

  async #demand(): Promise<void> {
    if (this.#isAsked || this.#isOver) return
    await new Promise<void>((resolve) => { this.#wake = resolve })
  }

  /** What fails one end fails the other. */
  async #orFail(work: () => Promise<void> | void): Promise<void> {
    try {
      await work()
    } catch (error) {
      // A reader that was released before its answer came has left that record behind.
      if ((this.#out.desiredSize ?? 0) < 0) await this.#demand()
      this.#out.error(error)
      throw error
    }
  }

  #giveUp(): void {
    this.#isOver = true
    this.#wake()
  }
}
