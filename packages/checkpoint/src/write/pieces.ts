import { VarveError } from '@varve/codec'
import { callOut, type Procedure } from '@varve/storage'

/**
 * A state, in one piece or in any number of pieces of any length. It may be larger than memory. A piece is copied when
 * it is taken, so its buffer may be used again when the next one is asked for.
 */
export type CheckpointState = SynchronousCheckpointState | AsyncIterable<Uint8Array>

/** A state whose pieces are there when they are asked for. */
export type SynchronousCheckpointState = Uint8Array | Iterable<Uint8Array>

/** @throws VarveError `INVALID_ARGUMENT` */
export function checkState(state: CheckpointState): void {
  if (state instanceof Uint8Array || isIterable(state) || isAsyncIterable(state)) return
  throw new VarveError('INVALID_ARGUMENT', 'a state is a Uint8Array, or an iterable of them')
}

export function isAsyncIterable(state: unknown): state is AsyncIterable<Uint8Array> {
  return typeof state === 'object' && state !== null && Symbol.asyncIterator in state
}

function isIterable(state: unknown): boolean {
  return typeof state === 'object' && state !== null && Symbol.iterator in state
}

/** Takes the pieces of a state, one after the other. What the state throws passes through as it is. */
export class Pieces {
  readonly #state: CheckpointState
  #iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array> | undefined

  constructor(state: CheckpointState) {
    this.#state = state
  }

  /** The next piece; undefined at the end. */
  *next(): Procedure<Uint8Array | undefined> {
    const iterator = (this.#iterator ??= begin(this.#state))
    let step: IteratorResult<Uint8Array>
    try {
      step = yield* callOut<IteratorResult<Uint8Array>>(() => iterator.next())
    } catch (error) {
      this.#iterator = undefined
      throw error
    }
    if (step.done !== true) return checked(step.value)
    this.#iterator = undefined
    return undefined
  }

  /** Tells the state that no more of it is wanted. What it says to that is not what the caller must hear of. */
  *giveUp(): Procedure<void> {
    try {
      yield* callOut<unknown>(() => this.#iterator?.return?.())
    } catch {
      // Something else has failed before, and is on its way.
    }
  }
}

function begin(state: CheckpointState): Iterator<Uint8Array> | AsyncIterator<Uint8Array> {
  if (state instanceof Uint8Array) return [state][Symbol.iterator]()
  return isAsyncIterable(state) ? state[Symbol.asyncIterator]() : state[Symbol.iterator]()
}

function checked(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new VarveError('INVALID_ARGUMENT', `a piece of a state is a Uint8Array, not ${typeof piece}`)
}
