import type { Admission } from './admission.ts'
import type { CommitLoop } from './commit-loop.ts'
import type { Metrics } from './metrics.ts'
import type { Staging } from './staging.ts'
import { changeBytesMax, checkCheckpointList, checkFloor, type Control } from './state-book.ts'
import { Waiters } from './waiters.ts'

type Resolve = () => void
type Reject = (error: unknown) => void

/**
 * Takes changes of the log's state. They go the way of the records, through the same door and into the same queue, so
 * that none overtakes what was called before it.
 */
export class StateChanges {
  readonly #staging: Staging
  readonly #loop: CommitLoop
  readonly #admission: Admission
  readonly #metrics: Metrics
  readonly #checkOpen: () => void
  /** By the numbers of the changes. */
  readonly #waiters: Waiters = new Waiters()

  constructor(staging: Staging, loop: CommitLoop, admission: Admission, metrics: Metrics, checkOpen: () => void) {
    this.#staging = staging
    this.#loop = loop
    this.#admission = admission
    this.#metrics = metrics
    this.#checkOpen = checkOpen
  }

  /** Promises nothing below `before` any more. Calls one of the two when that is durable. */
  archive(before: number, resolve: Resolve, reject: Reject): void {
    this.#checkOpen()
    checkFloor(before, this.#staging.lastSequence)
    const { book } = this.#staging
    const raise = (): readonly Control[] => (before > book.staged.floor ? book.raiseFloor(before) : [])
    this.#change(raise, this.#telling(before, resolve), reject)
  }

  /** States the present floor, and what belongs to it, once more. */
  restateFloor(resolve: Resolve, reject: Reject): void {
    this.#checkOpen()
    const { book } = this.#staging
    this.#change(() => book.raiseFloor(book.staged.floor), resolve, reject)
  }

  /** Keeps another list of checkpoints. */
  recordCheckpoints(list: Uint8Array, resolve: Resolve, reject: Reject): void {
    this.#checkOpen()
    checkCheckpointList(list)
    const copy = list.slice()
    this.#change(() => this.#staging.book.keepCheckpoints(copy), resolve, reject)
  }

  /** Calls one of the two when every change that was accepted before is durable. */
  settle(resolve: Resolve, reject: Reject): void {
    this.#checkOpen()
    this.#change(() => [], resolve, reject)
  }

  /** More is durable than before. */
  progressed(): void {
    this.#waiters.reached(this.#staging.book.durableChanges)
  }

  failed(error: unknown): void {
    this.#waiters.failed(error)
  }

  /** Without an observer, and where the floor stays where it is, there is nothing to tell. */
  #telling(floor: number, resolve: Resolve): Resolve {
    const { observation } = this.#metrics
    if (observation === undefined || floor <= this.#staging.book.staged.floor) return resolve
    return () => {
      observation.tell({ kind: 'archived', floor })
      resolve()
    }
  }

  /** Stages what `make` makes when its turn comes, and calls one of the two when all changes until then are durable. */
  #change(make: () => readonly Control[], resolve: Resolve, reject: Reject): void {
    const admit = (): void => {
      const controls = make()
      if (controls.length > 0) {
        this.#loop.noteArrival()
        this.#staging.stageControls(controls)
      }
      const { durableChanges, stagedChanges } = this.#staging.book
      if (stagedChanges <= durableChanges) resolve()
      else this.#waiters.add(stagedChanges, resolve, reject)
      this.#loop.kick()
    }
    if (this.#admission.isFull(changeBytesMax)) this.#admission.wait({ bytes: changeBytesMax, admit, reject })
    else admit()
  }
}
