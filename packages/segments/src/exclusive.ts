import type { Gate, Procedure, Runtime } from '@varve/storage'

/** Runs one procedure at a time, in the order in which they came: who waits is not overtaken by who comes later. */
export class Exclusive {
  readonly #moved: Gate
  /** Numbers of the next one to come, and of the one whose turn it is. */
  #arrivals = 0
  #turn = 0

  constructor(runtime: Runtime) {
    this.#moved = runtime.gate()
  }

  *run<T>(step: () => Procedure<T>): Procedure<T> {
    const own = this.#arrivals
    this.#arrivals += 1
    while (this.#turn !== own) yield* this.#moved.wait()
    try {
      return yield* step()
    } finally {
      this.#turn += 1
      this.#moved.open()
      this.#moved.shut()
    }
  }
}
