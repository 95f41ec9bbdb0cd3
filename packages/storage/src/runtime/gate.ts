import type { Procedure } from './procedure.ts'
import type { Gate } from './runtime.ts'

/** A gate resumes its waiters through `wake`, which is where the drivers differ. */
export function createGate(wake: (resume: () => void) => void): Gate {
  let waiting: (() => void)[] = []
  return {
    isOpen: false,
    open(this: { isOpen: boolean }): void {
      this.isOpen = true
      const passing = waiting
      waiting = []
      for (const resume of passing) wake(resume)
    },
    shut(this: { isOpen: boolean }): void {
      this.isOpen = false
    },
    onOpen(resume: () => void): void {
      waiting.push(resume)
    },
    *wait(): Procedure<void> {
      if (!this.isOpen) yield { on: 'gate', gate: this }
    },
  } satisfies Gate
}
