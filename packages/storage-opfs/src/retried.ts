import { isVarveError } from '@varve/codec'
import type { Procedure, Runtime } from '@varve/storage'

/** How often it is tried again, in milliseconds. */
const retryMs = 10

/** Tries `attempt` again for up to `waitMs` while somebody else has what it wants: a worker that ends gives it up. */
export function* retried<T>(
  runtime: Runtime,
  waitMs: number,
  attempt: () => Procedure<T>,
): Procedure<T> {
  const began = runtime.now()
  for (;;) {
    try {
      return yield* attempt()
    } catch (error) {
      if (!isVarveError(error, 'LOCKED') || runtime.now() - began >= waitMs) throw error
    }
    yield* pause(runtime)
  }
}

function* pause(runtime: Runtime): Procedure<void> {
  const gate = runtime.gate()
  runtime.after(retryMs, () => { gate.open() })
  yield* gate.wait()
}
