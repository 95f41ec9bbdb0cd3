import type { LogStorage, Runtime } from '@varve/storage'
import type { Visibility } from '../api/options.ts'
import type { Segment } from '../segment.ts'
import type { LogWriter } from '../write/log-writer.ts'
import type { Damage } from './errors.ts'
import type { LogView } from './view.ts'

/** A log as the readers of the writer's own process see it: what has been acknowledged, unless they ask otherwise. */
export class WriterView implements LogView {
  readonly storage: LogStorage
  readonly runtime: Runtime
  readonly kernel: 'auto' | 'portable'
  readonly readBytes: number
  readonly damage: readonly Damage[] = []
  readonly #writer: LogWriter
  readonly #usual: Visibility

  constructor(writer: LogWriter) {
    const { storage, runtime, kernel, readBytes, durability, visibility } = writer.settings
    this.storage = storage
    this.runtime = runtime
    this.kernel = kernel
    this.readBytes = readBytes
    this.#writer = writer
    this.#usual = visibility ?? (durability === 'async' ? 'written' : 'durable')
  }

  get firstSequence(): number {
    const { closed, active, state } = this.#writer.committer
    return Math.max(closed[0]?.firstSequence ?? active.segment.firstSequence, state.floor)
  }

  get segments(): readonly Segment[] {
    const { closed, active } = this.#writer.committer
    return [...closed, active.segment]
  }

  visibleSequence(visibility: Visibility = this.#usual): number {
    const { durableSequence, writtenSequence } = this.#writer.committer
    return visibility === 'durable' ? durableSequence : writtenSequence
  }
}
