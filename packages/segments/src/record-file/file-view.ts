import type { LogStorage, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import type { Damage } from '../read/errors.ts'
import { Leases } from '../read/leases.ts'
import type { Pulse } from '../read/pulse.ts'
import type { ReadBuffers } from '../read/read-buffers.ts'
import type { LogView } from '../read/view.ts'
import { segmentOf, type Segment } from '../segment.ts'
import type { FileSink } from './file-sink.ts'
import type { RecordFileSettings } from './options.ts'

/** A record file as its readers see it: a log of one segment. */
export class FileView implements LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  readonly firstSequence: number
  readonly damage: readonly Damage[] = []
  /** It is not streamed. */
  readonly durableEnd = 0
  readonly checkpoints: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  readonly leases: Leases = new Leases()
  readonly moved: Pulse
  readonly #name: string
  readonly #sink: FileSink
  readonly #usual: Visibility

  constructor(settings: RecordFileSettings, sink: FileSink, moved: Pulse) {
    this.moved = moved
    this.storage = settings.storage
    this.runtime = settings.runtime
    this.buffers = settings.buffers
    this.firstSequence = sink.writer.header.firstSequence
    this.#name = settings.name
    this.#sink = sink
    this.#usual = settings.durability === 'async' ? 'written' : 'durable'
  }

  get segments(): readonly Segment[] {
    const { header, position: end, lastSequence } = this.#sink.writer
    const { firstSequence } = header
    const place = { index: 1, firstSequence, lastSequence, sparseIndex: undefined }
    return [{ name: this.#name, header, state: 'active', end, ...place }]
  }

  segmentOf(sequence: number): Segment | undefined {
    return segmentOf(this.segments, sequence)
  }

  visibleSequence(visibility: Visibility = this.#usual): number {
    return visibility === 'durable' ? this.#sink.durableSequence : this.#sink.writtenSequence
  }
}
