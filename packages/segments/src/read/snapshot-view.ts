import { VarveError } from '@varve/codec'
import type { LogStorage, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import type { Segment } from '../segment.ts'
import type { Damage } from './errors.ts'
import type { Lease, Leases } from './leases.ts'
import type { Lookup } from './lookup.ts'
import type { Pulse } from './pulse.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { ForeignLog, LogView } from './view.ts'

/** A log as it was visible at one moment, and a claim on the segments that hold it. */
export class SnapshotView implements LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly buffers: ReadBuffers
  readonly leases: Leases
  readonly moved: Pulse
  readonly lastSequence: number
  readonly checkpoints: Uint8Array<ArrayBuffer>
  /** It is not streamed. */
  readonly durableEnd = 0
  readonly #base: LogView
  readonly #firstSequence: number
  readonly #lease: Lease
  #isClosed = false

  constructor(base: LogView, visibility: Visibility | undefined) {
    this.storage = base.storage
    this.runtime = base.runtime
    this.buffers = base.buffers
    this.leases = base.leases
    this.moved = base.moved
    this.checkpoints = base.checkpoints
    this.#base = base
    this.#firstSequence = base.firstSequence
    this.lastSequence = base.visibleSequence(visibility)
    this.#lease = base.leases.take(base.segmentOf(this.#firstSequence)?.index ?? 0)
  }

  /** What is not held may be gone: what another process writes it also removes, and a closed snapshot holds nothing. */
  get firstSequence(): number {
    const isHeld = this.foreign === undefined && !this.#isClosed
    return isHeld ? this.#firstSequence : Math.max(this.#firstSequence, this.#base.firstSequence)
  }

  get segments(): readonly Segment[] {
    return this.#base.segments
  }

  get damage(): readonly Damage[] {
    return this.#base.damage
  }

  get lookup(): Lookup | undefined {
    return this.#base.lookup
  }

  get foreign(): ForeignLog | undefined {
    return this.#base.foreign
  }

  segmentOf(sequence: number): Segment | undefined {
    return this.#base.segmentOf(sequence)
  }

  visibleSequence(): number {
    return this.lastSequence
  }

  /** @throws VarveError `CLOSED` */
  checkOpen(): void {
    if (this.#isClosed) throw new VarveError('CLOSED', 'the snapshot was closed; take another one')
  }

  close(): void {
    this.#isClosed = true
    this.leases.end(this.#lease)
  }
}
