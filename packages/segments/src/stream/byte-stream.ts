import type { Procedure } from '@varve/storage'
import { Following, isPassing, type Followed } from '../read/following.ts'
import type { LogEnd } from '../read/tail-options.ts'
import type { LogView } from '../read/view.ts'
import type { CancelSignal } from '../signal.ts'
import { ByteSource } from './byte-source.ts'
import type { StreamChunk, StreamStart } from './position.ts'

/** What to stream, and until when. */
export interface StreamOptions {
  /** Where to go on. Default: the beginning of the oldest segment that is left. */
  readonly from?: StreamStart | undefined
  /** Whether to wait for more at the end of what is durable. Default false. */
  readonly follow?: boolean
  /** Ends the stream with `ABORTED`. */
  readonly signal?: CancelSignal
  /** As for `tail`. */
  readonly pollMs?: number
}

/** The durable bytes of a log, a piece at a time. */
class ByteStream implements Followed<readonly StreamChunk[]> {
  readonly #view: LogView
  readonly #source: ByteSource

  constructor(view: LogView, from?: StreamStart) {
    this.#view = view
    this.#source = new ByteSource(view, from)
  }

  get place(): string {
    return this.#source.place
  }

  *load(): Procedure<readonly StreamChunk[] | undefined> {
    const chunk = yield* this.#source.next()
    return chunk && [chunk]
  }

  isLasting(error: unknown): boolean {
    return !isPassing(error)
  }

  *restart(): Procedure<void> {
    const { foreign } = this.#view
    if (foreign !== undefined) yield* foreign.refresh()
    yield* this.#source.leave()
  }

  *close(): Procedure<void> {
    yield* this.#source.close()
  }
}

/** A stream of a log that ends as `end` says. */
export function followBytes(
  view: LogView,
  end: () => LogEnd,
  options: StreamOptions = {},
): Following<readonly StreamChunk[]> {
  const { from, follow: waits = false, signal, pollMs } = options
  return new Following(view, end, new ByteStream(view, from), { waits, signal, pollMs })
}
