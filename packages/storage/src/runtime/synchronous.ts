import { VarveError } from '@varve/codec'
import type { Gate, Runtime, Task } from './runtime.ts'
import { Execution } from './execution.ts'
import { createGate } from './gate.ts'
import type { Procedure, Suspension } from './procedure.ts'

/** The part of the platform that this driver uses. */
interface Platform {
  readonly performance: { now(): number }
  readonly crypto: { getRandomValues(target: Uint8Array<ArrayBuffer>): unknown }
}

/**
 * The driver for programs without an event loop: a procedure runs to its end within the call. What was put off with
 * `later`, `spawn` or `after` runs when the procedure under way waits for it, and at the latest before `run` returns.
 * A delay is not waited for: nobody can come meanwhile.
 */
export function synchronousRuntime(platform: Platform = globalThis as unknown as Platform): Runtime {
  const putOff: (() => void)[] = []
  let running = 0

  function suspend(execution: Execution<never>, suspension: Suspension): void {
    switch (suspension.on) {
      case 'promise':
        // Nobody will look at it any more; without a handler its failure would end the process.
        suspension.promise.then(undefined, () => undefined)
        execution.resume({ ok: false, error: promiseAppeared() })
        return
      case 'gate':
        suspension.gate.onOpen(() => { execution.resume({ ok: true, value: undefined }) })
        return
      case 'turn':
        execution.resume({ ok: true, value: undefined })
    }
  }

  const newGate = (): Gate => createGate((resume) => { resume() })

  function start<T>(procedure: Procedure<T>): Execution<T> {
    const execution = new Execution<T>(procedure, suspend as never, newGate)
    execution.start()
    return execution
  }

  function drain(until: () => boolean): void {
    while (!until()) {
      const task = putOff.shift()
      if (task === undefined) return
      task()
    }
  }

  const runtime: Runtime = {
    kind: 'synchronous',
    now: () => platform.performance.now(),
    random: (target) => { platform.crypto.getRandomValues(target) },
    later(task) {
      putOff.push(task)
      if (running === 0) drain(() => false)
    },
    after(_delayMs, task) {
      const run = (): void => { task() }
      putOff.push(run)
      return () => {
        const index = putOff.indexOf(run)
        if (index >= 0) putOff.splice(index, 1)
      }
    },
    run<T>(procedure: Procedure<T>): T {
      running += 1
      try {
        const execution = start(procedure)
        drain(() => execution.settled)
        if (!execution.settled) throw waitsForEver()
        if (running === 1) drain(() => false)
        return execution.result()
      } finally {
        running -= 1
      }
    },
    spawn: <T>(procedure: Procedure<T>): Task<T> => start(procedure),
    gate: newGate,
    // There is no event loop to give a turn to.
    *turn(): Procedure<void> {},
  }
  return runtime
}

function promiseAppeared(): VarveError {
  return new VarveError(
    'STORAGE_IS_ASYNC',
    'the storage returned a promise although its capabilities say synchronous; open the log asynchronously',
  )
}

function waitsForEver(): VarveError {
  return new VarveError('UNSUPPORTED', 'a synchronous call waits for something that only another call could bring')
}
