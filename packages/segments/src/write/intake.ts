import { frameBytes } from '@varve/codec'
import type { LogSettings } from '../api/options.ts'
import type { Admission } from './admission.ts'
import type { CommitLoop } from './commit-loop.ts'
import { checkBatch, checkEntry, type BatchEntry, type CheckedBatch, type Entry } from './entry.ts'
import type { RecordOptions, SequenceRange, WaitOptions } from './entry.ts'
import { PayloadDigest } from './payload-digest.ts'
import type { Sink } from './sink.ts'
import type { Staging } from './staging.ts'

/** Takes records in: checks them when their call comes, and copies them when there is room. */
export class Intake {
  readonly #settings: LogSettings
  readonly #staging: Staging
  readonly #sink: Sink
  readonly #loop: CommitLoop
  readonly #admission: Admission

  constructor(settings: LogSettings, staging: Staging, sink: Sink, loop: CommitLoop, admission: Admission) {
    this.#settings = settings
    this.#staging = staging
    this.#sink = sink
    this.#loop = loop
    this.#admission = admission
  }

  /** @throws VarveError `INVALID_ARGUMENT`, `RECORD_TOO_LARGE`, `NO_SPACE`. Nothing is changed. */
  check(payload: Uint8Array, options: RecordOptions | undefined): Entry {
    const entry = checkEntry(payload, options, this.#admission.lastTimestamp, this.#settings.maxRecordBytes)
    this.#checkFits(frameBytes(payload.length))
    return entry
  }

  /** As {@link check}, for a batch. */
  checkBatch(batch: readonly (BatchEntry | Uint8Array)[]): CheckedBatch {
    const checked = checkBatch(batch, this.#admission.lastTimestamp, this.#settings.maxRecordBytes)
    this.#checkFits(checked.bytes)
    return checked
  }

  stage(entry: Entry): number {
    this.#loop.noteArrival()
    return this.#staging.stage(entry)
  }

  stageBatch({ entries, bytes }: CheckedBatch): SequenceRange {
    this.#loop.noteArrival()
    const first = this.#staging.lastSequence + 1
    this.#staging.stageBatch(entries, bytes)
    return { first, last: this.#staging.lastSequence }
  }

  /** Lets records wait for their turn, by reference. Throws `BACKPRESSURE` in a log where nobody waits. */
  wait(
    { entries, bytes, lastTimestamp }: CheckedBatch,
    options: WaitOptions | undefined,
    stage: () => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#settings.queue.onFull === 'reject') throw this.#admission.refusal()
    const digest = new PayloadDigest(entries)
    const admit = (): void => {
      this.#checkFits(bytes)
      digest.check()
      stage()
    }
    this.#admission.wait({ bytes, admit, reject, signal: options?.signal }, lastTimestamp)
  }

  #checkFits(bytes: number): void {
    const refusal = this.#sink.refusal(bytes)
    if (refusal !== undefined) throw refusal
  }
}
