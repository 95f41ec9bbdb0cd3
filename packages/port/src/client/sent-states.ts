import type { CheckpointState } from '@varve/checkpoint'
import { VarveError } from '@varve/codec'
import { ignore } from '../deferred.ts'
import { letGo } from '../wire/losses.ts'

/** Bytes of a state in one message, at most. */
const chunkBytes = 131_072

type Pieces = Iterator<Uint8Array> | AsyncIterator<Uint8Array>

/** What a program threw, kept for the caller: across the port goes only what a message can carry. */
export interface Thrown {
  readonly error: unknown
}

/** A state on its way to the other side. Pieces of any length go in, chunks of a bounded length come out. */
class SentState {
  thrown: Thrown | undefined
  readonly #state: CheckpointState
  #pieces: Pieces | undefined
  /** What is left of the piece that was taken last. */
  #rest = new Uint8Array(0)
  #isOver = false

  constructor(state: CheckpointState) {
    this.#state = state
  }

  /** The next chunk; undefined at the end. It is a copy, for the state may use its buffers again. */
  async chunk(): Promise<Uint8Array | undefined> {
    const chunk = new Uint8Array(chunkBytes)
    let length = 0
    while (length < chunkBytes && (await this.#fill())) {
      const part = this.#rest.subarray(0, chunkBytes - length)
      chunk.set(part, length)
      length += part.length
      this.#rest = this.#rest.subarray(part.length)
    }
    return length === 0 ? undefined : chunk.subarray(0, length)
  }

  /** No more of it is wanted. */
  async giveUp(): Promise<void> {
    const pieces = this.#pieces
    this.#pieces = undefined
    this.#isOver = true
    await pieces?.return?.()
  }

  /** Whether there are bytes in the rest. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#isOver) {
      try {
        const pieces = (this.#pieces ??= begin(this.#state))
        const step = await pieces.next()
        if (step.done === true) this.#end()
        else this.#rest = checked(step.value)
      } catch (error) {
        this.#end()
        this.thrown = { error }
        throw error
      }
    }
    return this.#rest.length > 0
  }

  #end(): void {
    this.#isOver = true
    this.#pieces = undefined
  }
}

/** The states that this side is publishing, by number. */
export class SentStates {
  readonly #states = new Map<number, SentState>()
  #count = 0

  /** Offers `state` while `publish` runs. What the state threw is what the caller hears of. */
  async offer<T>(state: CheckpointState, publish: (of: number) => Promise<T>): Promise<T> {
    checkState(state)
    this.#count += 1
    const of = this.#count
    const sent = new SentState(state)
    this.#states.set(of, sent)
    try {
      return await publish(of)
    } catch (error) {
      if (sent.thrown !== undefined) throw sent.thrown.error
      throw error
    } finally {
      this.#states.delete(of)
      // A state that will not be asked again is told, and has nothing to say to that; nobody waits for it.
      void sent.giveUp().catch(ignore)
    }
  }

  async chunk(of: number): Promise<Uint8Array | undefined> {
    const state = this.#states.get(of)
    if (state === undefined) throw letGo('the state')
    return await state.chunk()
  }
}

/** @throws VarveError `INVALID_ARGUMENT` */
function checkState(state: unknown): void {
  const isIterable =
    typeof state === 'object' && state !== null && (Symbol.iterator in state || Symbol.asyncIterator in state)
  if (isIterable) return
  throw new VarveError('INVALID_ARGUMENT', 'a state is a Uint8Array, or an iterable of them')
}

function begin(state: CheckpointState): Pieces {
  if (state instanceof Uint8Array) return [state][Symbol.iterator]()
  return Symbol.asyncIterator in state ? state[Symbol.asyncIterator]() : state[Symbol.iterator]()
}

function checked(piece: unknown): Uint8Array<ArrayBuffer> {
  if (piece instanceof Uint8Array) return piece as Uint8Array<ArrayBuffer>
  throw new VarveError('INVALID_ARGUMENT', `a piece of a state is a Uint8Array, not ${typeof piece}`)
}
