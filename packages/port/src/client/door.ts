import type { CancelSignal } from '@varve/segments'
import { tooMuch } from '../limits.ts'
import { callAborted } from './arguments.ts'

/** A call that wants to be sent. It is admitted or rejected, once; what `admit` throws it is rejected with. */
export interface Arrival {
  /** Payload bytes. */
  readonly bytes: number
  readonly admit: () => void
  readonly reject: (error: unknown) => void
  readonly signal: CancelSignal | undefined
  /** What must still hold when its turn comes; made only when it has to wait, and throws if it does not. */
  readonly held: (() => () => void) | undefined
  /** Whether it is refused in place of waiting. */
  readonly isRefused: boolean
}

interface Place extends Arrival {
  readonly abort: () => void
  readonly check: (() => void) | undefined
}

/**
 * The window of calls in flight. Who comes when it is full, or when others wait already, waits outside: first come,
 * first served, not sent and not copied. So what is in flight never exceeds the window, whoever calls how often.
 */
export class Door {
  readonly #maxBytes: number
  readonly #maxCalls: number
  readonly #places = new Set<Place>()
  #bytes = 0
  #calls = 0

  constructor(maxBytes: number, maxCalls: number) {
    this.#maxBytes = maxBytes
    this.#maxCalls = maxCalls
  }

  /** Whether so many bytes cannot be sent now. One call above the window goes when no other bytes are in flight. */
  isFull(bytes: number): boolean {
    return this.#places.size > 0 || !this.#hasRoom(bytes)
  }

  enter(arrival: Arrival): void {
    if (!this.isFull(arrival.bytes)) this.#admit(arrival)
    else if (arrival.isRefused) arrival.reject(tooMuch('what this client has', this.#maxBytes))
    else this.#wait(arrival)
  }

  /** One that was admitted is not in flight any more. */
  leave(bytes: number): void {
    this.#calls -= 1
    this.#bytes -= bytes
    this.#serve()
  }

  /** Rejects all who wait. */
  fail(error: unknown): void {
    for (const place of this.#places) {
      this.#forget(place)
      place.reject(error)
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#calls < this.#maxCalls && (this.#bytes === 0 || this.#bytes + bytes <= this.#maxBytes)
  }

  #admit({ bytes, admit, reject }: Arrival): void {
    this.#calls += 1
    this.#bytes += bytes
    try {
      admit()
    } catch (error) {
      this.#calls -= 1
      this.#bytes -= bytes
      reject(error)
    }
  }

  #wait(arrival: Arrival): void {
    const { signal, held } = arrival
    const place: Place = { ...arrival, check: held?.(), abort: () => { this.#abort(place) } }
    this.#places.add(place)
    signal?.addEventListener('abort', place.abort)
  }

  #serve(): void {
    for (const place of this.#places) {
      if (!this.#hasRoom(place.bytes)) return
      this.#forget(place)
      try {
        place.check?.()
      } catch (error) {
        place.reject(error)
        continue
      }
      this.#admit(place)
    }
  }

  #abort(place: Place): void {
    this.#forget(place)
    place.reject(callAborted(place.signal?.reason))
    // It may have been the one for whom there was no room.
    this.#serve()
  }

  #forget(place: Place): void {
    this.#places.delete(place)
    place.signal?.removeEventListener('abort', place.abort)
  }
}
