import type { MaybePromise } from '../contract.ts'
import { Execution } from './execution.ts'
import { createGate } from './gate.ts'
import type { Procedure, Suspension } from './procedure.ts'
import type { Gate, Runtime, Task } from './runtime.ts'

/** Where a scheduled run gets its choices from. */
export interface ScheduleSource {
  /** A whole number from 0 to `alternatives - 1`. Asked only when there are at least two. */
  choose(alternatives: number): number
  /** Fills `target` with bytes that depend on nothing but the source. */
  random(target: Uint8Array<ArrayBuffer>): void
}

/** A runtime without an event loop: nothing moves until it is told to, and what moves next is the source's choice. */
export interface ScheduledRuntime extends Runtime {
  /** Adds something that may happen next, such as the end of an operation of a simulated storage. */
  offer(step: () => void): void
  /** Takes one step of all that could happen now. False when nothing could, not even the clock. */
  step(): boolean
  /** Takes steps until `done`, or until nothing can happen. */
  runUntil(done: () => boolean): void
}

interface Timer {
  readonly due: number
  readonly task: () => void
}

/** The driver of the simulator: deterministic, with a virtual clock that moves when nothing else can. */
export function scheduledRuntime(source: ScheduleSource): ScheduledRuntime {
  const ready: (() => void)[] = []
  const timers: Timer[] = []
  let clock = 0

  const offer = (step: () => void): void => { ready.push(step) }

  function suspend(execution: Execution<never>, suspension: Suspension): void {
    switch (suspension.on) {
      case 'promise':
        suspension.promise.then(
          (value) => { offer(() => { execution.resume({ ok: true, value }) }) },
          (error: unknown) => { offer(() => { execution.resume({ ok: false, error }) }) },
        )
        return
      case 'gate':
        suspension.gate.onOpen(() => { execution.resume({ ok: true, value: undefined }) })
        return
      case 'turn':
        offer(() => { execution.resume({ ok: true, value: undefined }) })
    }
  }

  const gate = (): Gate => createGate(offer)

  function begin<T>(procedure: Procedure<T>): Execution<T> {
    const execution = new Execution<T>(procedure, suspend as never, gate)
    offer(() => { execution.start() })
    return execution
  }

  function pick(alternatives: number): number {
    return alternatives > 1 ? source.choose(alternatives) : 0
  }

  function step(): boolean {
    if (ready.length > 0) {
      const [next] = ready.splice(pick(ready.length), 1)
      next?.()
      return true
    }
    if (timers.length === 0) return false
    const due = Math.min(...timers.map((timer) => timer.due))
    const candidates = timers.filter((timer) => timer.due === due)
    const chosen = candidates[pick(candidates.length)] as Timer
    timers.splice(timers.indexOf(chosen), 1)
    clock = due
    chosen.task()
    return true
  }

  function runUntil(done: () => boolean): void {
    while (!done() && step());
  }

  return {
    kind: 'scheduled',
    now: () => clock,
    random: (target) => { source.random(target) },
    later: offer,
    after(delayMs, task) {
      const timer: Timer = { due: clock + delayMs, task }
      timers.push(timer)
      return () => {
        const index = timers.indexOf(timer)
        if (index >= 0) timers.splice(index, 1)
      }
    },
    run<T>(procedure: Procedure<T>): MaybePromise<T> {
      const execution = begin(procedure)
      runUntil(() => execution.settled)
      return execution.result()
    },
    spawn: <T>(procedure: Procedure<T>): Task<T> => begin(procedure),
    gate,
    *turn(): Procedure<void> {
      yield { on: 'turn' }
    },
    offer,
    step,
    runUntil,
  }
}
