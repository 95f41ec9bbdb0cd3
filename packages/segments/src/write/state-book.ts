import { controlType, frameBytes, VarveError } from '@varve/codec'
import { encodeFloor } from '../format/floor.ts'
import { checkpointListBytesMax } from '../format/geometry.ts'

/** What the whole log promises, beside its records. */
export interface LogState {
  /** Oldest sequence number still promised, from 1. */
  readonly floor: number
  /** The payload of the last CHECKPOINT record; empty when there was none. */
  readonly checkpoints: Uint8Array<ArrayBuffer>
}

/** A control record to be staged. */
export interface Control {
  readonly type: number
  readonly payload: Uint8Array<ArrayBuffer>
}

/** The most that one change stages, in bytes of frames: a list of checkpoints and a FLOOR. */
export const changeBytesMax: number = frameBytes(checkpointListBytesMax) + frameBytes(8)

export const noState: LogState = { floor: 1, checkpoints: new Uint8Array(0) }

/** One change of the state on its way. */
interface Change {
  readonly state: LogState
  readonly statesFloor: boolean
}

/**
 * Knows how far each change of the log's state has got: staged, written, durable. Changes are numbered from 1 and go
 * the same way as records, so none overtakes another.
 *
 * A FLOOR is always preceded, in its own segment, by the list of checkpoints: recovery looks no further back than the
 * floor, so a segment that states the one has to state the other.
 */
export class StateBook {
  /** As it will be when everything accepted is written. */
  staged: LogState
  /** As the segments that were written say; what a SEAL repeats. */
  written: LogState
  /** As a successful sync covers it; what readers and removals go by. */
  durable: LogState
  /** Number of the last change that was accepted, and that is durable. */
  stagedChanges = 0
  durableChanges = 0
  /** Whether everything can be learnt from the active segment, durably: then the one before it may go. */
  standsAlone: boolean
  #writtenChanges = 0
  #isFloorWritten = false
  #pending: Change[] = []

  constructor(state: LogState = noState, standsAlone = true) {
    this.staged = state
    this.written = state
    this.durable = state
    this.standsAlone = standsAlone
  }

  get isSettled(): boolean {
    return this.durableChanges === this.stagedChanges
  }

  /** Promises nothing below `floor` any more. Returns what has to be staged, together. */
  raiseFloor(floor: number): readonly Control[] {
    const state = { ...this.staged, floor }
    this.#note({ state, statesFloor: true })
    const floorRecord = { type: controlType.floor, payload: encodeFloor(floor) }
    if (state.checkpoints.length === 0) return [floorRecord]
    return [{ type: controlType.checkpoint, payload: state.checkpoints }, floorRecord]
  }

  /** Keeps another list of checkpoints. Returns what has to be staged. */
  keepCheckpoints(list: Uint8Array): readonly Control[] {
    const checkpoints = new Uint8Array(list)
    this.#note({ state: { ...this.staged, checkpoints }, statesFloor: false })
    return [{ type: controlType.checkpoint, payload: checkpoints }]
  }

  /** The next `changes` have been handed to the operating system. */
  wrote(changes: number): void {
    if (changes === 0) return
    for (const { state, statesFloor } of this.#pending.splice(0, changes)) {
      this.written = state
      this.#isFloorWritten ||= statesFloor
    }
    this.#writtenChanges += changes
  }

  /** A sync has covered everything written. */
  synced(): void {
    this.durable = this.written
    this.durableChanges = this.#writtenChanges
    this.standsAlone ||= this.#isFloorWritten
  }

  /** A segment was begun that states nothing yet; the SEAL before it states everything. */
  rotated(): void {
    this.#isFloorWritten = false
    this.standsAlone = false
  }

  #note(change: Change): void {
    this.stagedChanges += 1
    this.staged = change.state
    this.#pending.push(change)
  }
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkFloor(before: number, lastSequence: number): void {
  if (Number.isSafeInteger(before) && before >= 1 && before <= lastSequence + 1) return
  throw new VarveError(
    'INVALID_ARGUMENT',
    `${before} cannot be the floor; it is the oldest sequence number to keep, from 1 to ${lastSequence + 1}`,
    { before, lastSequence },
  )
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkCheckpointList(list: Uint8Array): void {
  if (list instanceof Uint8Array && list.length >= 1 && list.length <= checkpointListBytesMax) return
  throw new VarveError(
    'INVALID_ARGUMENT',
    `a list of checkpoints is a Uint8Array of 1 to ${checkpointListBytesMax} bytes`,
    { bytesMax: checkpointListBytesMax },
  )
}
