import { isVarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'
import { Cursor, type ReadRange } from './cursor.ts'
import { Following, type Followed } from './following.ts'
import type { LogRecord } from './log-record.ts'
import { nextRecords } from './records.ts'
import type { LogEnd, TailOptions } from './tail-options.ts'
import { isKnownDamage, type LogView } from './view.ts'

/** The records of a log that somebody else writes, in runs. */
class Follower implements Followed<readonly LogRecord[]> {
  /** What does not verify beside a writer may be there any time. */
  readonly patience = Infinity
  /** Number of the next record. */
  place: number
  readonly #view: LogView
  readonly #range: ReadRange
  #cursor: Cursor

  constructor(view: LogView, { visibility, from = view.visibleSequence(visibility) + 1 }: TailOptions) {
    this.#view = view
    this.#range = visibility === undefined ? {} : { visibility }
    this.place = from
    this.#cursor = this.#enter()
  }

  *load(): Procedure<readonly LogRecord[] | undefined> {
    const records = yield* nextRecords(this.#cursor)
    this.place = (records?.at(-1)?.sequence ?? this.place - 1) + 1
    return records
  }

  /** Beside a writer, what does not verify is not there yet, or was cut off and stands elsewhere by now. */
  isLasting(error: unknown): boolean {
    return !isVarveError(error, 'CORRUPT') || isKnownDamage(this.#view, this.place)
  }

  *restart(): Procedure<void> {
    yield* this.#cursor.close()
    this.#cursor = this.#enter()
  }

  *close(): Procedure<void> {
    yield* this.#cursor.close()
  }

  #enter(): Cursor {
    return new Cursor(this.#view, { ...this.#range, from: this.place })
  }
}

/** Follows a log that somebody else writes, and looks again at its end. */
export function followRecords(
  view: LogView,
  end: () => LogEnd,
  options: TailOptions = {},
): Following<readonly LogRecord[]> {
  const { signal, pollMs } = options
  return new Following(view, end, new Follower(view, options), { waits: true, signal, pollMs })
}
