import type { Gate, Procedure, Runtime } from '@varve/storage'

/** Runs one procedure at a time: who comes meanwhile waits. */
export class Exclusive {
  readonly #idle: Gate
  #isBusy = false

  constructor(runtime: Runtime) {
    this.#idle = runtime.gate()
    this.#idle.open()
  }

  *run<T>(step: () => Procedure<T>): Procedure<T> {
    while (this.#isBusy) yield* this.#idle.wait()
    this.#isBusy = true
    this.#idle.shut()
    try {
      return yield* step()
    } finally {
      this.#isBusy = false
      this.#idle.open()
    }
  }
}
