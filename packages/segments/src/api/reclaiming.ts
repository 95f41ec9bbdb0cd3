import type { Gate, Procedure, Runtime } from '@varve/storage'
import type { ReclaimReport } from '../write/retention.ts'
import { retentionOf, writerOf, type Session } from './session.ts'

/** Where a waiter is filed: one of the two is called when it is over. */
export type Register = (resolve: () => void, reject: (error: unknown) => void) => void

/**
 * Waits until one of the two that `register` is given is called, and throws what the second is called with. It is
 * registered at the call, so that a log which fails before this is run says so.
 */
export function until(runtime: Runtime, register: Register): Procedure<void> {
  const gate = runtime.gate()
  const failures: unknown[] = []
  const reject = (error: unknown): void => {
    failures.push(error)
    gate.open()
  }
  register(() => { gate.open() }, reject)
  return outcomeOf(gate, failures)
}

function* outcomeOf(gate: Gate, failures: readonly unknown[]): Procedure<void> {
  yield* gate.wait()
  if (failures.length > 0) throw failures[0]
}

/** Removes what lies wholly below the durable floor, once it was `raised`. */
export function* removeArchived(session: Session, raised: Procedure<void>): Procedure<ReclaimReport> {
  yield* raised
  const retention = retentionOf(session)
  const writer = writerOf(session)
  if (retention.needsRestating) {
    yield* until(session.settings.runtime, (resolve, reject) => { writer.changes.restateFloor(resolve, reject) })
  }
  const report = yield* retention.reclaim(() => { writer.checkOpen() })
  const { floor, removed, bytes } = report
  session.observation?.tell({ kind: 'reclaimed', floor, removed, bytes })
  return report
}
