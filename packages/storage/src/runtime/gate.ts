import type { Procedure } from './procedure.ts'
import type { Gate } from './runtime.ts'

/** A gate that is shut, and resumes its waiters through `wake`, which is where the drivers differ. */
export function createGate(wake: (resume: () => void) => void): Gate {
  return new WakingGate(wake)
}

/** A class, and no array where nobody waits: each procedure under way and each commit opens some. */
class WakingGate implements Gate {
  isOpen = false
  readonly #wake: (resume: () => void) => void
  #waiting: (() => void)[] | undefined

  constructor(wake: (resume: () => void) => void) {
    this.#wake = wake
  }

  open(): void {
    this.isOpen = true
    const passing = this.#waiting
    if (passing === undefined) return
    this.#waiting = undefined
    for (const resume of passing) this.#wake(resume)
  }

  shut(): void {
    this.isOpen = false
  }

  onOpen(resume: () => void): void {
    this.#waiting ??= []
    this.#waiting.push(resume)
  }

  *wait(): Procedure<void> {
    if (!this.isOpen) yield { on: 'gate', gate: this }
  }
}
