import type { MaybePromise } from '../contract.ts'
import { Execution } from './execution.ts'
import { createGate } from './gate.ts'
import type { Procedure, Suspension } from './procedure.ts'
import type { Gate, Runtime, Task } from './runtime.ts'

/** The part of the platform that this driver uses; the same in Node, Bun, Deno and browsers. */
interface Platform {
  readonly performance: { now(): number }
  readonly crypto: { getRandomValues(target: Uint8Array<ArrayBuffer>): unknown }
  readonly queueMicrotask: (task: () => void) => void
  readonly setTimeout: (task: () => void, delayMs: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
  readonly setImmediate?: (task: () => void) => unknown
}

/**
 * Longest stretch of work, in milliseconds, before the event loop gets a turn. What is under way then takes a moment
 * more, and so may a garbage collection: no turn should be longer than 10.
 */
const turnMs = 6

/** The driver for programs with an event loop: waits are promises, gates wake in a microtask. */
export function asynchronousRuntime(platform: Platform = globalThis as unknown as Platform): Runtime {
  const immediately = platform.setImmediate ?? ((task: () => void): unknown => platform.setTimeout(task, 0))
  let turnBegan = platform.performance.now()

  function suspend(execution: Execution<never>, suspension: Suspension): void {
    switch (suspension.on) {
      case 'promise':
        suspension.promise.then(
          (value) => { execution.resume({ ok: true, value }) },
          (error: unknown) => { execution.resume({ ok: false, error }) },
        )
        return
      case 'gate':
        suspension.gate.onOpen(() => { execution.resume({ ok: true, value: undefined }) })
        return
      case 'turn':
        immediately(() => {
          turnBegan = platform.performance.now()
          execution.resume({ ok: true, value: undefined })
        })
    }
  }

  const gate = (): Gate => createGate((resume) => { platform.queueMicrotask(resume) })

  function start<T>(procedure: Procedure<T>): Execution<T> {
    const execution = new Execution<T>(procedure, suspend as never, gate)
    execution.start()
    return execution
  }

  return {
    kind: 'asynchronous',
    now: () => platform.performance.now(),
    random: (target) => { platform.crypto.getRandomValues(target) },
    later: (task) => { platform.queueMicrotask(task) },
    after(delayMs, task) {
      const timer = platform.setTimeout(task, delayMs)
      return () => { platform.clearTimeout(timer) }
    },
    run<T>(procedure: Procedure<T>): MaybePromise<T> {
      const execution = start(procedure)
      if (execution.settled) return execution.result()
      return new Promise<void>((resolve) => { execution.onEnd(resolve) }).then(() => execution.result())
    },
    spawn: <T>(procedure: Procedure<T>): Task<T> => start(procedure),
    gate,
    *turn(): Procedure<void> {
      if (platform.performance.now() - turnBegan >= turnMs) yield { on: 'turn' }
    },
  }
}
