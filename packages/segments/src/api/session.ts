import { VarveError } from '@varve/codec'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import type { LogView } from '../read/view.ts'
import { WriterView } from '../read/writer-view.ts'
import { openLog, type OpenedLog } from '../recover/open-log.ts'
import { openReadOnly } from '../recover/open-read-only.ts'
import type { RecoveryReport } from '../recover/report.ts'
import { Committer } from '../write/committer.ts'
import { Metrics } from '../write/metrics.ts'
import { Spares } from '../write/spares.ts'
import { Staging } from '../write/staging.ts'
import { Writer } from '../write/writer.ts'
import type { LogSettings } from './options.ts'

/** An open log, before it has an asynchronous or a synchronous face. */
export interface Session {
  readonly settings: LogSettings
  readonly view: LogView
  readonly recovery: RecoveryReport
  /** Absent when the log was opened for reading. */
  readonly writer: Writer | undefined
}

/** Opens a log. If that fails, the lock is given back. */
export function* openSession(settings: LogSettings): Procedure<Session> {
  if (settings.readOnly) {
    const view = yield* openReadOnly(settings)
    return { settings, view, recovery: view.report, writer: undefined }
  }
  const lock = yield* io('take the lock', () => settings.storage.lock())
  try {
    const opened = yield* openLog(settings, lock)
    return { settings, recovery: opened.report, ...writing(settings, opened, lock) }
  } catch (error) {
    yield* releaseAfter(() => lock.release())
    throw error
  }
}

function writing(settings: LogSettings, opened: OpenedLog, lock: StorageLock): { view: LogView; writer: Writer } {
  const { lastSequence, lastTimestamp } = opened.active.writer
  const staging = new Staging(settings, lastSequence, lastTimestamp)
  const metrics = new Metrics()
  const sink = new Committer(opened.lineage, opened, staging, metrics, new Spares(opened.lineage))
  const writer = new Writer({ settings, staging, sink, metrics, lock })
  poisonWhenLost(writer, lock)
  return { view: new WriterView(settings, sink), writer }
}

/** Without the lock somebody else may be writing. */
export function poisonWhenLost(writer: Writer, lock: StorageLock): void {
  lock.lost?.then((reason) => {
    writer.poison(new VarveError('LOCKED', `the lock was lost: ${String(reason)}`, { holder: lock.holder }))
  })
}

/** The failure that ended the open is what the caller must hear of, not that of giving the lock back. */
function* releaseAfter(release: () => PromiseLike<void> | void): Procedure<void> {
  try {
    yield* io('release the lock', release)
  } catch {
    // The lock dies with its process.
  }
}

/** The writer, or the error of a log that has none. */
export function writerOf(session: Session): Writer {
  if (session.writer !== undefined) return session.writer
  throw new VarveError('READ_ONLY', 'the log was opened with readOnly; open it for writing to append')
}
