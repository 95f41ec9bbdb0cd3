import { frameBytes } from '@varve/codec'
import type { LogSettings } from '../api/options.ts'
import type { Admission } from './admission.ts'
import type { CommitLoop } from './commit-loop.ts'
import { checkBatch, checkRecord, type BatchEntry, type CheckedBatch, type Entry } from './entry.ts'
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
  readonly #checkOpen: () => void

  constructor(
    settings: LogSettings,
    staging: Staging,
    sink: Sink,
    loop: CommitLoop,
    admission: Admission,
    checkOpen: () => void,
  ) {
    this.#settings = settings
    this.#staging = staging
    this.#sink = sink
    this.#loop = loop
    this.#admission = admission
    this.#checkOpen = checkOpen
  }

  /** @throws VarveError `INVALID_ARGUMENT`, `RECORD_TOO_LARGE`, `NO_SPACE`. Nothing is changed. */
  check(payload: Uint8Array, options: RecordOptions | Entry | undefined): void {
    checkRecord(payload, options, this.#admission.lastTimestamp, this.#settings.maxRecordBytes)
    this.#checkFits(frameBytes(payload.length))
  }

  /** As {@link check}, for a batch. */
  checkBatch(batch: readonly (BatchEntry | Entry | Uint8Array)[]): CheckedBatch {
    const checked = checkBatch(batch, this.#admission.lastTimestamp, this.#settings.maxRecordBytes)
    this.#checkFits(checked.bytes)
    return checked
  }

  /** Copies a record that was checked. Returns its number. Throws what {@link stageBatch} throws. */
  stage(payload: Uint8Array, options: RecordOptions | Entry | undefined): number {
    if (this.#arrive(frameBytes(payload.length))) this.check(payload, options)
    return this.#staging.stage(payload, options)
  }

  /** @throws VarveError `POISONED` if making way for the batch failed. Then nothing of it is staged. */
  stageBatch({ entries, bytes }: CheckedBatch): SequenceRange {
    if (this.#arrive(bytes)) this.checkBatch(entries)
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

  /** Whether others may have been called meanwhile: then what was checked before holds no more. */
  #arrive(bytes: number): boolean {
    this.#loop.noteArrival()
    if (!this.#staging.isSlabFull(bytes)) return false
    this.#loop.makeWay()
    this.#checkOpen()
    // Whoever hears of a commit is called within it only where nothing can be put off.
    if (this.#settings.runtime.kind !== 'synchronous') return false
    if (this.#admission.isFull(bytes)) throw this.#admission.refusal()
    return true
  }

  #checkFits(bytes: number): void {
    const refusal = this.#sink.refusal(bytes)
    if (refusal !== undefined) throw refusal
  }
}
