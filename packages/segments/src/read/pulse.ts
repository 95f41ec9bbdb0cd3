import type { Gate, Procedure, Runtime } from '@varve/storage'

/**
 * Wakes all who wait at this moment, through one gate: however many there are, telling them is one call. Who looks
 * first and waits then, without waiting for anything in between, misses nothing.
 */
export class Pulse {
  readonly #gate: Gate

  constructor(runtime: Runtime) {
    this.#gate = runtime.gate()
  }

  tell(): void {
    this.#gate.open()
    this.#gate.shut()
  }

  *wait(): Procedure<void> {
    yield* this.#gate.wait()
  }
}
