import type { Gate, Procedure, Runtime } from '@varve/storage'

/** Who is told of what happens to a log. None of it may take long: it is called in the middle of a commit. */
export interface PulseListener {
  /** More may be visible. */
  moved(): void
  /** The writer begins a commit, and will wait for its storage in a moment. */
  commits(): void
  /** Nothing more will come: the log has failed or was closed. */
  ended(): void
}

/**
 * Wakes all who wait at this moment, through one gate: however many there are, telling them is one call. Who looks
 * first and waits then, without waiting for anything in between, misses nothing.
 */
export class Pulse {
  readonly #gate: Gate
  readonly #listeners: PulseListener[] = []

  constructor(runtime: Runtime) {
    this.#gate = runtime.gate()
  }

  listen(listener: PulseListener): void {
    this.#listeners.push(listener)
  }

  tell(): void {
    this.#wake()
    if (this.#listeners.length === 0) return
    for (const listener of this.#listeners) listener.moved()
  }

  begin(): void {
    if (this.#listeners.length === 0) return
    for (const listener of this.#listeners) listener.commits()
  }

  end(): void {
    this.#wake()
    for (const listener of this.#listeners) listener.ended()
  }

  *wait(): Procedure<void> {
    yield* this.#gate.wait()
  }

  #wake(): void {
    this.#gate.open()
    this.#gate.shut()
  }
}
