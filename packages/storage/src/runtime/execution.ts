import type { Procedure, Suspension } from './procedure.ts'
import type { Gate, Task } from './runtime.ts'

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

const begin: Outcome<undefined> = { ok: true, value: undefined }

/** One procedure under way: advances until it suspends, hands the suspension to the driver, is resumed by it. */
export class Execution<T> implements Task<T> {
  outcome: Outcome<T> | undefined
  readonly #procedure: Procedure<T>
  readonly #suspend: (execution: Execution<T>, suspension: Suspension) => void
  readonly #gate: () => Gate
  /** Opened at the end; there only if somebody waits for that. */
  #ended: Gate | undefined

  constructor(
    procedure: Procedure<T>,
    suspend: (execution: Execution<T>, suspension: Suspension) => void,
    gate: () => Gate,
  ) {
    this.#procedure = procedure
    this.#suspend = suspend
    this.#gate = gate
  }

  get settled(): boolean {
    return this.outcome !== undefined
  }

  start(): void {
    this.resume(begin)
  }

  resume(input: Outcome<unknown>): void {
    let step: IteratorResult<Suspension, T>
    try {
      step = input.ok ? this.#procedure.next(input.value) : this.#procedure.throw(input.error)
    } catch (error) {
      this.#end({ ok: false, error })
      return
    }
    if (step.done === true) this.#end({ ok: true, value: step.value })
    else this.#suspend(this, step.value)
  }

  *join(): Procedure<T> {
    if (!this.settled) yield* this.#untilEnded().wait()
    return this.result()
  }

  /** The value, or throws the failure. Only after the end. */
  result(): T {
    const outcome = this.outcome
    if (outcome === undefined) throw new Error('a procedure was asked for its result before it had one')
    if (!outcome.ok) throw outcome.error
    return outcome.value
  }

  /** Calls `done` at the end, which has not come yet. */
  onEnd(done: () => void): void {
    this.#untilEnded().onOpen(done)
  }

  #untilEnded(): Gate {
    this.#ended ??= this.#gate()
    return this.#ended
  }

  #end(outcome: Outcome<T>): void {
    this.outcome = outcome
    this.#ended?.open()
  }
}
