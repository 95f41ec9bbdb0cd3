import type { Procedure, Runtime } from '@varve/storage'
import type { ReclaimReport } from '../write/retention.ts'
import { retentionOf, writerOf, type Session } from './session.ts'

type Register = (resolve: () => void, reject: (error: unknown) => void) => void

/** Waits until one of the two that `register` is given is called, and throws what the second is called with. */
export function* until(runtime: Runtime, register: Register): Procedure<void> {
  const gate = runtime.gate()
  const failures: unknown[] = []
  const reject = (error: unknown): void => {
    failures.push(error)
    gate.open()
  }
  register(() => { gate.open() }, reject)
  yield* gate.wait()
  if (failures.length > 0) throw failures[0]
}

/** Removes what lies wholly below the durable floor. */
export function* removeArchived(session: Session): Procedure<ReclaimReport> {
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
