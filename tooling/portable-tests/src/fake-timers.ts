type Callback = () => void

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }

/** Callbacks by the number that stands for their timer. */
const waiting = new Map<number, { readonly callback: Callback; readonly dueMs: number }>()
let made = 0
let nowMs = 0

/** Between this and {@link useRealTimers} no timeout elapses by itself. Other timers and clocks stay real. */
export function useFakeTimers(): void {
  const fakes = {
    setTimeout: (callback: Callback, ms = 0): number => {
      made += 1
      waiting.set(made, { callback, dueMs: nowMs + ms })
      return made
    },
    clearTimeout: (timer: number | undefined): void => { waiting.delete(timer ?? 0) },
  }
  Object.assign(globalThis, fakes)
}

export function useRealTimers(): void {
  Object.assign(globalThis, real)
  waiting.clear()
}

/** Lets all timeouts elapse in the order in which they are due, those included that are made on the way. */
export function runAllTimers(): void {
  for (;;) {
    const [next] = [...waiting].sort(([, one], [, other]) => one.dueMs - other.dueMs)
    if (next === undefined) return
    const [timer, { callback, dueMs }] = next
    waiting.delete(timer)
    nowMs = dueMs
    callback()
  }
}
