import { asynchronousRuntime, type Runtime } from '@varve/storage'

/** A runtime with promises as usual and a clock that only a test moves. */
export interface ManualClock {
  readonly runtime: Runtime
  /** Milliseconds since the beginning. */
  readonly now: number
  /** Timers that wait. */
  readonly timers: number
  /** Moves the clock and runs what has become due, each followed by whatever it sets off. */
  advance(ms: number): Promise<void>
}

interface Timer {
  readonly due: number
  readonly task: () => void
}

export function manualClock(): ManualClock {
  let now = 0
  const timers: Timer[] = []
  const runtime = asynchronousRuntime({
    performance: { now: () => now },
    crypto: globalThis.crypto,
    queueMicrotask: (task) => { queueMicrotask(task) },
    setImmediate: (task) => setImmediate(task),
    setTimeout(task, delayMs) {
      const timer = { due: now + delayMs, task }
      timers.push(timer)
      return timer
    },
    clearTimeout(timer) {
      const at = timers.indexOf(timer as Timer)
      if (at >= 0) timers.splice(at, 1)
    },
  })
  return {
    runtime,
    get now() { return now },
    get timers() { return timers.length },
    async advance(ms) {
      const end = now + ms
      for (;;) {
        await quiet()
        const next = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
        if (next === undefined) break
        now = next.due
        timers.splice(timers.indexOf(next), 1)
        next.task()
      }
      now = end
      await quiet()
    },
  }
}

/** Resolves when everything that could happen without the clock or a held call has happened. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
