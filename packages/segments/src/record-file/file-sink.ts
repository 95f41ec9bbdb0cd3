import { controlType, frameHeaderBytes, VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import type { LogSettings } from '../api/options.ts'
import type { FrameWriter } from '../write/frame-writer.ts'
import type { Metrics } from '../write/metrics.ts'
import { isBeyondBound, type Sink } from '../write/sink.ts'
import type { Staging } from '../write/staging.ts'

/** Moves staged records into one file, to which there is no next one. */
export class FileSink implements Sink {
  writtenSequence: number
  durableSequence: number
  readonly writer: FrameWriter
  readonly #settings: LogSettings
  readonly #staging: Staging
  readonly #metrics: Metrics
  #inFlightBytes = 0

  constructor(writer: FrameWriter, settings: LogSettings, staging: Staging, metrics: Metrics) {
    this.writer = writer
    this.#settings = settings
    this.#staging = staging
    this.#metrics = metrics
    this.writtenSequence = writer.lastSequence
    this.durableSequence = writer.lastSequence
  }

  get unsyncedBytes(): number {
    return this.writer.position - this.writer.durableEnd
  }

  /** The room for a CLOSE or MARK is kept free. What is being written counts twice for a moment, which is safe. */
  refusal(bytes: number): VarveError | undefined {
    const { position, header } = this.writer
    const end = position + this.#inFlightBytes + this.#staging.queuedBytes + bytes + frameHeaderBytes
    if (end <= header.capacity) return undefined
    const message = `${bytes} more bytes do not fit into the capacity of ${header.capacity}; begin another file`
    return new VarveError('NO_SPACE', message, { capacity: header.capacity, bytes })
  }

  *commit(durably: boolean): Procedure<void> {
    const slabs = this.#staging.take()
    this.#inFlightBytes = slabs.reduce((sum, slab) => sum + slab.end - slab.start, 0)
    const { runtime } = this.#settings
    const commitBegan = runtime.now()
    let began = commitBegan
    for (const slab of slabs) {
      const { kernel, start, end } = slab
      const after = this.unsyncedBytes + end - start
      if (this.unsyncedBytes > 0 && isBeyondBound(this.#settings, after)) yield* this.#sync(runtime.now())
      began = runtime.now()
      if (durably && slab === slabs.at(-1)) yield* this.writer.writeBeforeSync(kernel, start, end)
      else yield* this.writer.write(kernel, start, end)
      this.writer.lastSequence = slab.lastSequence
      this.writer.lastTimestamp = slab.lastTimestamp
      this.writtenSequence = slab.lastSequence
      this.#metrics.wrote(slab.records, end - start)
      this.#staging.give(slab)
    }
    this.#inFlightBytes = 0
    // One burst may be more than the bound allows: then nobody is told of it before it is durable.
    if (durably || isBeyondBound(this.#settings, this.unsyncedBytes)) yield* this.#sync(began)
    this.#metrics.committed(commitBegan, this.writtenSequence, this.durableSequence)
  }

  /** `began` is when the write did that may have been durable by itself. */
  *#sync(began: number): Procedure<void> {
    yield* this.#metrics.busyWith(this.writer.sync())
    this.durableSequence = this.writtenSequence
    this.#metrics.synced(this.#settings.runtime.now() - began)
  }

  get hasNews(): boolean {
    return this.writer.hasNews
  }

  *mark(): Procedure<void> {
    yield* this.writer.mark()
  }

  *shutDown(): Procedure<void> {
    const { position, header } = this.writer
    // A file that others made may be full to the last byte, and one that ends in a CLOSE needs no second one.
    if (position + frameHeaderBytes > header.capacity) return
    yield* this.writer.control(controlType.close, new Uint8Array(0))
    yield* this.writer.sync()
  }

  *dispose(): Procedure<void> {
    yield* this.writer.close()
  }
}
