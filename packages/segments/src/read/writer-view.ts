import type { LogStorage, Runtime } from '@varve/storage'
import { segmentOf, type Segment } from '../segment.ts'
import type { LogSettings, Visibility } from '../api/options.ts'
import type { Committer } from '../write/committer.ts'
import type { Damage } from './errors.ts'
import type { Leases } from './leases.ts'
import type { Lookup } from './lookup.ts'
import type { Pulse } from './pulse.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { LogView } from './view.ts'

/** A log as the readers of the writer's own process see it: what has been acknowledged, unless they ask otherwise. */
export class WriterView implements LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  readonly damage: readonly Damage[] = []
  readonly leases: Leases
  readonly lookup: Lookup
  readonly moved: Pulse
  readonly #committer: Committer
  readonly #usual: Visibility

  constructor(settings: LogSettings, committer: Committer, leases: Leases, lookup: Lookup, moved: Pulse) {
    const { storage, runtime, buffers, durability, visibility } = settings
    this.storage = storage
    this.runtime = runtime
    this.buffers = buffers
    this.leases = leases
    this.lookup = lookup
    this.moved = moved
    this.#committer = committer
    this.#usual = visibility ?? (durability === 'async' ? 'written' : 'durable')
  }

  get firstSequence(): number {
    const { closed, active, book } = this.#committer
    return Math.max(closed[0]?.firstSequence ?? active.writer.header.firstSequence, book.durable.floor)
  }

  get segments(): readonly Segment[] {
    const { closed, active } = this.#committer
    return [...closed, active.segment]
  }

  segmentOf(sequence: number): Segment | undefined {
    const { closed, active } = this.#committer
    return sequence >= active.writer.header.firstSequence ? active.segment : segmentOf(closed, sequence)
  }

  get durableEnd(): number {
    return this.#committer.active.writer.durableEnd
  }

  get checkpoints(): Uint8Array<ArrayBuffer> {
    return this.#committer.book.durable.checkpoints
  }

  visibleSequence(visibility: Visibility = this.#usual): number {
    const { durableSequence, writtenSequence } = this.#committer
    return visibility === 'durable' ? durableSequence : writtenSequence
  }
}
